//! Group membership, all pages of it.

use model::Group;
use serde::Deserialize;
use url::Url;

use super::{Directory, DirectoryError};

/// 100,000 groups; nobody has as many, a list that goes round in circles has more.
const MOST_PAGES: usize = 101;

#[derive(Deserialize)]
struct Page {
    value: Vec<Entry>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    #[serde(rename = "displayName")]
    display_name: Option<String>,
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
}

pub(super) async fn all(directory: &Directory, token: &str) -> Result<Vec<Group>, DirectoryError> {
    let first_page = |path: &[&str]| {
        let mut url = directory.url(path);
        url.query_pairs_mut().append_pair("$select", "id,displayName").append_pair("$top", "999");
        url
    };
    let mut url = first_page(&["me", "transitiveMemberOf", "microsoft.graph.group"]);
    let mut groups = Vec::new();
    for page_number in 0..MOST_PAGES {
        let page: Page = match directory.get_json(url, token).await {
            // Some directories take the cast for an advanced query. Those read from an index that lags behind; the
            // plain list, sorted out here, does not.
            Err(DirectoryError::Refused { status: 400, .. }) if page_number == 0 => {
                directory.get_json(first_page(&["me", "transitiveMemberOf"]), token).await?
            }
            page => page?,
        };
        // The cast asks for groups only; what else comes along, such as roles, is no group.
        let is_group = |entry: &Entry| entry.kind.as_deref().is_none_or(|kind| kind == "#microsoft.graph.group");
        let entries = page.value.into_iter().filter(is_group);
        groups.extend(entries.map(|entry| Group { id: entry.id, name: entry.display_name }));
        match page.next_link {
            // A page may be empty and still have a next one.
            Some(link) => url = own_link(directory, &link)?,
            None => {
                groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
                return Ok(groups);
            }
        }
    }
    Err(DirectoryError::EndlessGroups)
}

pub(super) async fn name(directory: &Directory, token: &str, id: &str) -> Result<Option<String>, DirectoryError> {
    let mut url = directory.url(&["groups", id]);
    url.query_pairs_mut().append_pair("$select", "id,displayName");
    let group: Entry = directory.get_json(url, token).await?;
    Ok(group.display_name)
}

/// Links come from the answer: the token follows them within the directory only.
fn own_link(directory: &Directory, link: &str) -> Result<Url, DirectoryError> {
    let url = Url::parse(link).map_err(|_| DirectoryError::ForeignLink)?;
    if url.origin() == directory.base_url.origin() { Ok(url) } else { Err(DirectoryError::ForeignLink) }
}
