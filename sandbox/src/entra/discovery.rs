//! Discovery documents, the key set and instance discovery.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::reply;
use super::tenant::Authority;
use crate::constants::TENANT_ID;
use crate::error::Error;
use crate::faults::Target;
use crate::http::{Origin, json_response};
use crate::state::Shared;

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`
pub async fn v2(State(state): State<Shared>, Path(tenant): Path<String>, origin: Origin) -> Response {
    if let Some(down) = down(&state, "discovery_down", "openid-configuration") {
        return down;
    }
    let mut body = match Authority::parse(&tenant) {
        Ok(authority) => v2_document(authority, &origin),
        Err(response) => return *response,
    };
    let target = Target { path: "openid-configuration", method: "GET", ..Target::default() };
    if let Some(fault) = state.faults.take("entra", &["discovery"], &target)
        && let (Some(body), Some(Value::Object(changes))) = (body.as_object_mut(), fault.params.get("document"))
    {
        body.extend(changes.clone());
        body.retain(|_, value| !value.is_null());
    }
    document(&body)
}

/// `GET /{tenant}/.well-known/openid-configuration`, which validators of v1 access tokens read.
pub async fn v1(Path(tenant): Path<String>, origin: Origin) -> Response {
    let authority = match Authority::parse(&tenant) {
        Ok(authority) => authority,
        Err(response) => return *response,
    };
    let mut body = v2_document(authority, &origin);
    let tenant = match authority {
        Authority::Tenant => TENANT_ID,
        _ => "{tenantid}",
    };
    body["issuer"] = v1_issuer_of(tenant).into();
    let segment = authority.segment();
    body["jwks_uri"] = format!("{}/{segment}/discovery/keys", origin.0).into();
    document(&body)
}

/// v1 issuers never name the host the token came from.
pub fn v1_issuer_of(tenant: &str) -> String {
    format!("https://sts.windows.net/{tenant}/")
}

fn v2_document(authority: Authority, origin: &Origin) -> Value {
    let segment = authority.segment();
    let base = format!("{}/{segment}", origin.0);
    let region = match authority {
        Authority::Tenant => json!("EU"),
        _ => Value::Null,
    };
    json!({
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": authority.issuer(origin),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{}/graph/oidc/userinfo", origin.0),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
        "claims_supported": ["sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
        "kerberos_endpoint": format!("{base}/kerberos"),
        "tenant_region_scope": region,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    })
}

/// `GET /{tenant}/discovery/v2.0/keys`
pub async fn keys(State(state): State<Shared>, Path(tenant): Path<String>, origin: Origin) -> Response {
    if let Some(down) = down(&state, "jwks_down", "keys") {
        return down;
    }
    let authority = match Authority::parse(&tenant) {
        Ok(authority) => authority,
        Err(response) => return *response,
    };
    let issuer = authority.issuer(&origin);
    let target = Target { path: "keys", method: "GET", ..Target::default() };
    let single = state.faults.take("entra", &["single_key"], &target).is_some();
    let keys = if single { state.keys.current().map(|key| vec![key]) } else { state.keys.published() };
    match keys {
        Ok(keys) => {
            let keys: Vec<Value> = keys.iter().map(|key| key.jwk(&issuer)).collect();
            document(&json!({ "keys": keys }))
        }
        Err(error) => broken(&error),
    }
}

/// `GET /common/discovery/instance`, which only Microsoft's own libraries ask for.
pub async fn instance(
    Path(_tenant): Path<String>,
    Query(query): Query<std::collections::HashMap<String, String>>,
    origin: Origin,
) -> Response {
    let host = origin.0.split_once("://").map_or("", |(_, host)| host).to_owned();
    let endpoint = query.get("authorization_endpoint").map(String::as_str).unwrap_or_default();
    if !endpoint.contains(&format!("://{host}/")) {
        return super::errors::TokenError::new("invalid_instance", 50049, "Unknown or invalid instance.")
            .into_response_at(&origin.0);
    }
    document(&json!({
        "tenant_discovery_endpoint": format!("{}/{TENANT_ID}/v2.0/.well-known/openid-configuration", origin.0),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
}

fn document(body: &Value) -> Response {
    reply::document_headers(json_response(StatusCode::OK, body.clone()))
}

fn down(state: &Shared, kind: &str, path: &str) -> Option<Response> {
    let target = Target { path, method: "GET", ..Target::default() };
    state.faults.take("entra", &[kind, "down"], &target)?;
    Some(unavailable())
}

pub fn unavailable() -> Response {
    let body = "<html><body><h1>Service Unavailable</h1></body></html>".to_owned();
    crate::http::html(StatusCode::SERVICE_UNAVAILABLE, body)
}

pub fn broken(error: &Error) -> Response {
    json_response(
        StatusCode::INTERNAL_SERVER_ERROR,
        json!({"error": "sandbox", "error_description": error.to_string()}),
    )
}
