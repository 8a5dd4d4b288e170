//! One group, asked for by its id.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::auth::Asked;
use super::groups;
use super::odata::Query;
use super::reply::bad_request;
use crate::personas::{self, Group};
use crate::state::Shared;

/// `GET /groups/{id}?$select=…`
pub async fn get(asked: Asked, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    match respond(&asked, &id, &query.unwrap_or_default()) {
        Ok(response) => response,
        Err(response) => *response,
    }
}

fn respond(asked: &Asked, id: &str, query: &str) -> Result<Response, Box<Response>> {
    let ids = &asked.ids;
    if !asked.caller.may_see_group_names() {
        return Err(ids.denied());
    }
    if Uuid::parse_str(id).is_err() {
        return Err(bad_request(ids, &format!("Invalid object identifier '{id}'.")));
    }
    let group = find(&asked.state, id).ok_or_else(|| ids.missing(id))?;
    let select = Query::parse(query).select();
    let columns = select.as_ref().map_or_else(String::new, |names| format!("({})", names.join(",")));
    let properties = groups::entry("", &group, false, true, select.as_deref());
    let mut body = Map::new();
    let context = format!("{}/graph/v1.0/$metadata#groups{columns}/$entity", asked.origin.0);
    body.insert("@odata.context".into(), json!(context));
    match properties.map_err(|message| bad_request(ids, &message))? {
        Value::Object(properties) => body.extend(properties),
        _ => return Err(ids.missing(id)),
    }
    Ok(ids.ok(Value::Object(body)))
}

/// The groups there are: those that somebody is in, and the two the application knows.
fn find(state: &Shared, id: &str) -> Option<Group> {
    let directory = state.directory();
    let held = directory.personas.iter().flat_map(|persona| persona.groups.iter().cloned());
    let mut all = held.chain([personas::allowed_group(), personas::admin_group()]);
    all.find(|group| group.id.eq_ignore_ascii_case(id))
}
