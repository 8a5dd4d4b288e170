//! `checkMemberGroups`, `getMemberGroups` and `getMemberObjects`: ids only, all transitive.

use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::About;
use super::reply::bad_request;

const MAX_CHECKED: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    group_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Get {
    #[expect(dead_code, reason = "required by the operation; all groups here are security groups")]
    security_enabled_only: bool,
}

pub async fn check_member_groups(about: About, body: Bytes) -> Response {
    let Ok(check) = serde_json::from_slice::<Check>(&body) else {
        return *bad_request(&about.ids, "Unable to read JSON request payload.");
    };
    if check.group_ids.len() > MAX_CHECKED {
        return *bad_request(&about.ids, "The number of group ids exceeds the maximum allowed limit of 20.");
    }
    let held: Vec<&String> = check.group_ids.iter().filter(|id| about.person.is_in(id)).collect();
    collection(&about, json!(held))
}

pub async fn get_member_groups(about: About, body: Bytes) -> Response {
    if serde_json::from_slice::<Get>(&body).is_err() {
        return *bad_request(&about.ids, "Unable to read JSON request payload.");
    }
    let ids: Vec<&str> = about.person.groups.iter().map(|g| g.id.as_str()).collect();
    collection(&about, json!(ids))
}

/// Groups, directory roles and administrative units.
pub async fn get_member_objects(about: About, body: Bytes) -> Response {
    if serde_json::from_slice::<Get>(&body).is_err() {
        return *bad_request(&about.ids, "Unable to read JSON request payload.");
    }
    let mut ids: Vec<&str> = about.person.groups.iter().map(|g| g.id.as_str()).collect();
    ids.push("d0000000-0000-4000-8000-000000000001");
    ids.push("d0000000-0000-4000-8000-000000000002");
    collection(&about, json!(ids))
}

fn collection(about: &About, value: Value) -> Response {
    about.ids.ok(json!({
        "@odata.context": format!("{}/graph/v1.0/$metadata#Collection(Edm.String)", about.origin.0),
        "value": value,
    }))
}
