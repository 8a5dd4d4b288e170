//! The permissions that the app uses on behalf of people, one by one, as far as they can be read without a person.

use std::{collections::BTreeSet, sync::Arc};

use serde::Deserialize;
use url::Url;

use super::{Check, Doctor, Outcome, directory::Answer};
use crate::identity::SCOPES;

/// Microsoft Graph's application id, the same in every tenant.
const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";
const SUBJECT: &str = "delegated permissions";
/// Grants to single people are among them, one each.
const MOST_PAGES: usize = 20;

/// <https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Grant {
    consent_type: String,
    resource_id: String,
    #[serde(default)]
    scope: String,
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Grant>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<Url>,
}

pub(super) async fn examine(doctor: Arc<Doctor>) -> Vec<Check> {
    match for_everybody(&doctor).await {
        Ok(granted) => {
            let scopes = ["openid"].into_iter().chain(SCOPES);
            scopes.map(|scope| permission(scope, &granted).of(format!("permission {scope}"))).collect()
        }
        Err(outcome) => vec![outcome.of(SUBJECT)],
    }
}

fn permission(scope: &str, granted: &BTreeSet<String>) -> Outcome {
    if granted.contains(&scope.to_ascii_lowercase()) {
        return Outcome::ok("granted for everybody in the organisation");
    }
    let remedy = format!(
        "Entra admin centre, app registration, \"API permissions\": add {scope} (Microsoft Graph, delegated), then \
         \"Grant admin consent\"."
    );
    // What shows other people's data or all groups is an administrator's to grant.
    if scope.ends_with(".All") {
        Outcome::wrong("It is not granted; people see \"Need admin approval\" when they sign in.", remedy)
    } else {
        Outcome::warning(
            "It is not granted for everybody; people are asked for it one by one, if they may decide.",
            remedy,
        )
    }
}

/// The scopes of Graph that an administrator granted for all people, in small letters.
async fn for_everybody(doctor: &Doctor) -> Result<BTreeSet<String>, Outcome> {
    let client_id = &doctor.config().identity.client_id;
    let application = |id: &str| format!("servicePrincipals(appId='{id}')");
    let mut url = doctor.graph_url(&[&application(client_id), "oauth2PermissionGrants"]);
    let mut grants = Vec::new();
    for _ in 0..MOST_PAGES {
        let page: Page = match doctor.ask_graph(url).await? {
            Answer::Found(page) => serde_json::from_value(page).map_err(|_| unreadable())?,
            Answer::Denied => return Err(unknown()),
            Answer::Missing => return Err(unused(client_id)),
        };
        grants.extend(page.value);
        match page.next_link {
            // The token follows links within the directory only.
            Some(next) if next.origin() == doctor.config().graph_base_url.origin() => url = next,
            _ => break,
        }
    }
    let graph = match doctor.ask_graph(doctor.graph_url(&[&application(GRAPH_APP_ID)])).await? {
        Answer::Found(graph) => graph["id"].as_str().ok_or_else(unreadable)?.to_owned(),
        Answer::Denied | Answer::Missing => return Err(unknown()),
    };
    let for_all = grants.iter().filter(|grant| grant.consent_type == "AllPrincipals" && grant.resource_id == graph);
    Ok(for_all.flat_map(|grant| grant.scope.split_whitespace().map(str::to_ascii_lowercase)).collect())
}

fn unknown() -> Outcome {
    Outcome::skipped(format!(
        "openid, {}: cannot be told without a person, whose sign-in shows it. An app with the application permission \
         Directory.Read.All could read it here",
        SCOPES.join(", ")
    ))
}

fn unused(client_id: &str) -> Outcome {
    Outcome::wrong(
        format!("The application {client_id} is not in use in this tenant: nothing was granted to it."),
        "Entra admin centre, app registration, \"API permissions\": \"Grant admin consent\".",
    )
}

fn unreadable() -> Outcome {
    Outcome::skipped("the directory's answer cannot be read")
}
