//! Lists of models.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{auth, errors};
use crate::http::json_response;
use crate::state::Shared;

fn described(id: &str) -> Value {
    json!({
        "id": id, "object": "model", "created": 1_754_524_800, "owned_by": "azure-openai",
        "status": "succeeded", "lifecycle_status": "generally-available",
        "capabilities": {"chat_completion": true, "completion": false, "embeddings": false, "fine_tune": false, "inference": true},
    })
}

/// `GET /openai/v1/models`
pub async fn v1(State(state): State<Shared>, headers: HeaderMap) -> Response {
    list(&state, &headers, true)
}

/// `GET /openai/models?api-version=…`
pub async fn dated(
    State(state): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if !query.contains_key("api-version") {
        return errors::not_found();
    }
    list(&state, &headers, false)
}

fn list(state: &Shared, headers: &HeaderMap, v1: bool) -> Response {
    if let Err(response) = auth::check(state, headers, v1) {
        return *response;
    }
    let data: Vec<Value> = state.options.deployments.iter().map(|d| described(d)).collect();
    errors::stamp(json_response(StatusCode::OK, json!({"object": "list", "data": data})), "")
}

/// `GET /openai/v1/models/{id}`
pub async fn one(State(state): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(response) = auth::check(&state, &headers, true) {
        return *response;
    }
    if state.options.deployments.contains(&id) {
        json_response(StatusCode::OK, described(&id))
    } else {
        errors::not_found()
    }
}
