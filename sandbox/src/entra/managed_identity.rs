//! The managed identity endpoint of App Service and Container Apps (`IDENTITY_ENDPOINT`, `IDENTITY_HEADER`).

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::mint::{self, Proof};
use super::scopes::Scopes;
use crate::clock;
use crate::constants::CLIENT_ID;
use crate::http::{Origin, header_str, json_response};
use crate::state::Shared;

/// The value of `IDENTITY_HEADER`.
pub const IDENTITY_HEADER: &str = "sandbox-identity-header";

/// `GET /msi/token?resource=…&api-version=2019-08-01`. All values are strings, the expiry an epoch.
pub async fn app_service(
    State(state): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    let refused = |text: &str| {
        json_response(StatusCode::BAD_REQUEST, json!({"error": "invalid_request", "error_description": text}))
    };
    if header_str(&headers, "x-identity-header") != Some(IDENTITY_HEADER) {
        return refused("The X-IDENTITY-HEADER header is missing or wrong.");
    }
    if query.get("api-version").map(String::as_str) != Some("2019-08-01") {
        return refused("The api-version is not supported.");
    }
    let id = query.get("client_id").map_or(CLIENT_ID, String::as_str);
    let Some(client) = state.client(id) else {
        return refused("Identity not found.");
    };
    let resource = query.get("resource").map_or("", String::as_str);
    let scope = format!("{}/.default", resource.trim_end_matches('/'));
    let parsed = Scopes::parse(&scope).and_then(|scopes| scopes.single_resource());
    let Ok(resource_kind) = parsed else {
        return refused("The resource is unknown.");
    };
    match mint::app_only(&state, &origin.0, &client, resource_kind, Proof::Assertion) {
        Ok((token, lifetime)) => json_response(
            StatusCode::OK,
            json!({
                "access_token": token,
                "expires_on": (clock::unix_secs() + lifetime).to_string(),
                "resource": resource,
                "token_type": "Bearer",
                "client_id": client.id,
            }),
        ),
        Err(error) => super::discovery::broken(&error),
    }
}
