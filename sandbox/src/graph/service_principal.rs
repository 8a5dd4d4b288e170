//! Applications as the directory knows them, and what was consented to for them.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::auth::Asked;
use super::reply::Ids;
use crate::constants::{CLIENT_ID, GRAPH_CLIENT_ID, GRAPH_PRINCIPAL_ID};

/// `GET /servicePrincipals(appId='…')`
pub async fn get(asked: Asked, Path(resource): Path<String>) -> Response {
    let Some(app_id) = app_id(&resource) else {
        return unknown_segment(&asked.ids, &resource);
    };
    if !asked.caller.may(&["Application.Read.All", "Directory.Read.All"]) {
        return *asked.ids.denied();
    }
    let client = asked.state.client(app_id).map(|client| (client.principal_id, client.name));
    let graph = (app_id == GRAPH_CLIENT_ID).then(|| (GRAPH_PRINCIPAL_ID.to_owned(), "Microsoft Graph".to_owned()));
    match client.or(graph) {
        Some((id, name)) => asked.ids.ok(json!({"id": id, "appId": app_id, "displayName": name})),
        None => *asked.ids.missing(app_id),
    }
}

/// `GET /servicePrincipals(appId='…')/oauth2PermissionGrants`: an administrator's consent for everybody.
pub async fn grants(asked: Asked, Path(resource): Path<String>) -> Response {
    let Some(app_id) = app_id(&resource) else {
        return unknown_segment(&asked.ids, &resource);
    };
    if !asked.caller.may(&["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"]) {
        return *asked.ids.denied();
    }
    let Some(client) = asked.state.client(app_id) else {
        return *asked.ids.missing(app_id);
    };
    let openid: &[&str] = if client.id == CLIENT_ID { &["openid", "profile", "email", "offline_access"] } else { &[] };
    let scopes: Vec<&str> = openid.iter().copied().chain(client.graph_scopes.iter().map(String::as_str)).collect();
    let grant = json!({
        "id": format!("{}-graph", client.principal_id),
        "clientId": client.principal_id,
        "consentType": "AllPrincipals",
        "principalId": null,
        "resourceId": GRAPH_PRINCIPAL_ID,
        "scope": scopes.join(" "),
    });
    let value = if scopes.is_empty() { json!([]) } else { json!([grant]) };
    asked.ids.ok(json!({
        "@odata.context": format!("{}/graph/v1.0/$metadata#oauth2PermissionGrants", asked.origin.0),
        "value": value,
    }))
}

/// From `servicePrincipals(appId='…')`.
fn app_id(resource: &str) -> Option<&str> {
    resource.strip_prefix("servicePrincipals(appId='")?.strip_suffix("')")
}

fn unknown_segment(ids: &Ids, segment: &str) -> Response {
    let message = format!("Resource not found for the segment '{segment}'.");
    ids.error(StatusCode::BAD_REQUEST, "BadRequest", &message)
}
