//! Looking at and changing the people of the directory.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::refused;
use crate::http::json_response;
use crate::personas::{Group, Persona};
use crate::state::Shared;

pub async fn list(State(state): State<Shared>) -> Response {
    let personas = state.directory().personas.clone();
    json_response(StatusCode::OK, json!({"personas": personas}))
}

/// Members of the persona as listed, plus `add_groups` and `remove_groups` (ids) and `revoke_sessions: true`.
pub async fn change(State(state): State<Shared>, Path(oid): Path<String>, body: Bytes) -> Response {
    let patch: Map<String, Value> = match serde_json::from_slice(&body) {
        Ok(patch) => patch,
        Err(error) => return refused(&error.to_string()),
    };
    let mut directory = state.directory();
    let Some(persona) = directory.personas.iter_mut().find(|p| p.oid == oid || p.name == oid) else {
        return json_response(StatusCode::NOT_FOUND, json!({"error": "no such persona"}));
    };
    match changed(persona, patch) {
        Ok(new) => {
            *persona = new.clone();
            json_response(StatusCode::OK, json!(new))
        }
        Err(message) => refused(&message),
    }
}

fn changed(persona: &Persona, patch: Map<String, Value>) -> Result<Persona, String> {
    let mut value = json!(persona);
    let mut add = Vec::new();
    let mut remove = Vec::new();
    let mut revoke = false;
    for (name, new) in patch {
        match name.as_str() {
            "add_groups" => add = groups(&new)?,
            "remove_groups" => remove = groups(&new)?,
            "revoke_sessions" => revoke = new == Value::Bool(true),
            "groups" => value["groups"] = json!(groups(&new)?),
            "oid" => return Err("the object id never changes".into()),
            _ if value.get(&name).is_some() => value[&name] = new,
            _ => return Err(format!("a persona has no member {name:?}")),
        }
    }
    let mut new: Persona = serde_json::from_value(value).map_err(|error| error.to_string())?;
    new.groups.retain(|group| !remove.iter().any(|r| r.id == group.id));
    new.groups.extend(add);
    if revoke {
        new.revocations += 1;
    }
    Ok(new)
}

/// Ids, or objects with `id` and `displayName`.
fn groups(value: &Value) -> Result<Vec<Group>, String> {
    let list = value.as_array().ok_or("groups are a list")?;
    list.iter()
        .map(|entry| match entry {
            Value::String(id) => Ok(named(id)),
            other => serde_json::from_value(other.clone()).map_err(|error| error.to_string()),
        })
        .collect()
}

fn named(id: &str) -> Group {
    [crate::personas::allowed_group(), crate::personas::admin_group()]
        .into_iter()
        .find(|group| group.id == id)
        .unwrap_or_else(|| Group { id: id.to_owned(), name: format!("Group {}", id.get(..8).unwrap_or(id)) })
}
