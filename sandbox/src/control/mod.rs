//! The control endpoints below `/_sandbox/`. Meant for tests; never authenticated.

pub mod clients;
pub mod faults;
pub mod index;
pub mod people;
pub mod tokens;

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use serde_json::json;

use crate::constants::{CLIENT_ID, TENANT_ID};
use crate::http::{Origin, json_response};
use crate::state::Shared;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(index::page))
        .route("/_sandbox/health", get(health))
        .route("/_sandbox/ca.pem", get(ca))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/requests", get(requests).delete(forget_requests))
        .route("/_sandbox/keys/roll", post(roll))
        .route("/_sandbox/faults", get(faults::list).post(faults::add).delete(faults::clear))
        .route("/_sandbox/personas", get(people::list))
        .route("/_sandbox/personas/{oid}", patch(people::change))
        .route("/_sandbox/clients", get(clients::list))
        .route("/_sandbox/clients/{id}", patch(clients::change))
        .route(
            "/_sandbox/clients/{id}/certificates",
            post(clients::add_certificate).delete(clients::remove_certificates),
        )
        .route("/_sandbox/clients/{id}/federated", post(clients::add_federated).delete(clients::remove_federated))
        .route("/_sandbox/federated-token", post(tokens::federated))
        .route("/_sandbox/tokens", post(tokens::mint))
        .route("/_sandbox/sessions", delete(end_sessions))
}

/// A request to a control endpoint that makes no sense: 400 with a sentence.
pub fn refused(message: &str) -> Response {
    json_response(StatusCode::BAD_REQUEST, json!({"error": message}))
}

async fn health(origin: Origin) -> Response {
    json_response(
        StatusCode::OK,
        json!({"status": "ok", "issuer": format!("{}/{TENANT_ID}/v2.0", origin.0), "client_id": CLIENT_ID}),
    )
}

async fn ca(State(state): State<Shared>) -> Response {
    match &state.ca_pem {
        Some(pem) => ([(header::CONTENT_TYPE, "application/x-pem-file")], pem.clone()).into_response(),
        None => json_response(StatusCode::NOT_FOUND, json!({"error": "this instance serves no TLS"})),
    }
}

async fn reset(State(state): State<Shared>) -> StatusCode {
    state.reset();
    StatusCode::NO_CONTENT
}

async fn requests(State(state): State<Shared>, Query(query): Query<HashMap<String, String>>) -> Response {
    let mut records = state.recordings.list(query.get("service").map(String::as_str));
    if let Some(path) = query.get("path") {
        records.retain(|record| record.path.contains(path.as_str()));
    }
    json_response(StatusCode::OK, json!({"requests": records}))
}

async fn forget_requests(State(state): State<Shared>) -> StatusCode {
    state.recordings.clear();
    StatusCode::NO_CONTENT
}

async fn roll(State(state): State<Shared>) -> Response {
    match state.keys.roll() {
        Ok(kid) => json_response(StatusCode::OK, json!({"kid": kid})),
        Err(error) => refused(&error.to_string()),
    }
}

async fn end_sessions(State(state): State<Shared>) -> StatusCode {
    state.directory().browsers.clear();
    StatusCode::NO_CONTENT
}
