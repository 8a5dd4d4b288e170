//! Ordering, listing and clearing faults.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;

use super::refused;
use crate::faults::Fault;
use crate::http::json_response;
use crate::state::Shared;

pub async fn list(State(state): State<Shared>) -> Response {
    json_response(StatusCode::OK, json!({"faults": state.faults.list()}))
}

/// `{"service", "kind", "times": N|null, "match": {…}, …}`; answers 201 with the id.
pub async fn add(State(state): State<Shared>, body: Bytes) -> Response {
    let fault: Fault = match serde_json::from_slice(&body) {
        Ok(fault) => fault,
        Err(error) => return refused(&error.to_string()),
    };
    match state.faults.add(fault) {
        Ok(id) => json_response(StatusCode::CREATED, json!({"id": id})),
        Err(message) => refused(&message),
    }
}

pub async fn clear(State(state): State<Shared>) -> StatusCode {
    state.faults.clear();
    StatusCode::NO_CONTENT
}
