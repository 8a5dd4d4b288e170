//! `transitiveMemberOf` and `memberOf`: pages, casts, counts and filters.

use std::collections::HashMap;

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::auth::About;
use super::odata::Query;
use super::reply::bad_request;
use crate::faults::Target;
use crate::http::header_str;
use crate::personas::{Group, Persona};

const GROUP: &str = "#microsoft.graph.group";
const ROLE: &str = "#microsoft.graph.directoryRole";
const UNIT: &str = "#microsoft.graph.administrativeUnit";
const DEFAULT_PAGE: usize = 100;
const MAX_PAGE: usize = 999;

/// `GET /me/transitiveMemberOf[/microsoft.graph.group]`
pub async fn member_of(
    about: About,
    Path(path): Path<HashMap<String, String>>,
    RawQuery(query): RawQuery,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let cast = path.get("cast").map(String::as_str);
    match page(&about, cast, &Query::parse(&query), uri.path(), &headers) {
        Ok(response) => response,
        Err(response) => *response,
    }
}

fn page(
    about: &About,
    cast: Option<&str>,
    query: &Query,
    path: &str,
    headers: &HeaderMap,
) -> Result<Response, Box<Response>> {
    let ids = &about.ids;
    require_consistency(about, query, headers)?;
    let wanted = match cast {
        None => None,
        Some("microsoft.graph.group") => Some(GROUP),
        Some("microsoft.graph.directoryRole") => Some(ROLE),
        Some("microsoft.graph.administrativeUnit") => Some(UNIT),
        Some(other) => {
            return Err(bad_request(ids, &format!("The type '{other}' is not a known type.")));
        }
    };
    let mut entries: Vec<(&str, Group)> = memberships(&about.person)
        .into_iter()
        .filter(|(kind, _)| wanted.is_none_or(|wanted| wanted == *kind))
        .collect();
    if let Some(filter) = query.get("filter") {
        let keep = parse_filter(filter).ok_or_else(|| {
            Box::new(ids.error(
                StatusCode::BAD_REQUEST,
                "Request_UnsupportedQuery",
                "The specified filter to the reference property query is currently not supported.",
            ))
        })?;
        entries.retain(|(_, group)| keep.matches(group));
    }
    let size = match query.get("top").map(str::parse::<usize>) {
        None => DEFAULT_PAGE,
        Some(Ok(top)) if (1..=MAX_PAGE).contains(&top) => top,
        Some(_) => {
            return Err(bad_request(ids, "Invalid page size specified: must be between 1 and 999 inclusive."));
        }
    }
    .min(about.state.options.graph_page_size);
    let position = match query.get("skiptoken") {
        None => Position { start: 0, empty: false },
        Some(token) => {
            Position::parse(token).ok_or_else(|| bad_request(ids, "The specified skip token is invalid."))?
        }
    };
    let total = entries.len();
    let shown: Vec<(&str, Group)> =
        if position.empty { Vec::new() } else { entries.into_iter().skip(position.start).take(size).collect() };
    let next = position.next(size, shown.len(), total);
    let select = query.select();
    let mut body = Map::new();
    body.insert("@odata.context".into(), context(about, wanted, select.as_deref()).into());
    if query.get("count") == Some("true") && query.get("skiptoken").is_none() {
        body.insert("@odata.count".into(), total.into());
    }
    if let Some(next) = next {
        let link = format!("{}{path}?{}", about.origin.0, query.with_skip_token(&next.token()));
        body.insert("@odata.nextLink".into(), link.into());
    }
    let target = Target { path, method: "GET", persona: Some(&about.person), ..Target::default() };
    let hidden = about.state.faults.take("graph", &["names_null"], &target).is_some();
    let names = about.caller.may_see_group_names() && !hidden;
    let value: Result<Vec<Value>, String> =
        shown.iter().map(|(kind, group)| entry(kind, group, wanted.is_none(), names, select.as_deref())).collect();
    let value = value.map_err(|message| bad_request(ids, &message))?;
    body.insert("value".into(), Value::Array(value));
    Ok(ids.ok(Value::Object(body)))
}

/// `$count`, `$filter`, `$orderby` and `$search` are answered by an index that must be asked for.
fn require_consistency(about: &About, query: &Query, headers: &HeaderMap) -> Result<(), Box<Response>> {
    let eventual = header_str(headers, "consistencylevel").is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
    if eventual {
        return Ok(());
    }
    if query.get("filter").is_some() {
        return Err(Box::new(about.ids.error(
            StatusCode::BAD_REQUEST,
            "Request_UnsupportedQuery",
            "The specified filter to the reference property query is currently not supported.",
        )));
    }
    for option in ["count", "orderby", "search"] {
        if query.get(option).is_some_and(|value| value != "false") {
            return Err(bad_request(&about.ids, &format!("${option} is not currently supported.")));
        }
    }
    Ok(())
}

/// Everyone also has a directory role and an administrative unit, which a listing without a cast mixes in.
fn memberships(person: &Persona) -> Vec<(&'static str, Group)> {
    let other = |id: &str, name: &str| Group { id: id.into(), name: name.into() };
    let mut all: Vec<_> = person.groups.iter().map(|g| (GROUP, g.clone())).collect();
    let role = other("d0000000-0000-4000-8000-000000000001", "Directory Readers");
    let unit = other("d0000000-0000-4000-8000-000000000002", "Headquarters");
    all.insert(all.len().min(1), (ROLE, role));
    all.push((UNIT, unit));
    all
}

fn context(about: &About, wanted: Option<&str>, select: Option<&[String]>) -> String {
    let set = match wanted {
        None => "directoryObjects",
        Some(GROUP) => "groups",
        Some(ROLE) => "directoryRoles",
        Some(_) => "administrativeUnits",
    };
    let columns = select.map_or_else(String::new, |names| format!("({})", names.join(",")));
    format!("{}/graph/v1.0/$metadata#{set}{columns}", about.origin.0)
}

/// Without permission to read groups everything but the id is null.
pub fn entry(kind: &str, group: &Group, typed: bool, names: bool, select: Option<&[String]>) -> Result<Value, String> {
    let readable = |value: Value| if names { value } else { Value::Null };
    let all = [
        ("id", json!(group.id)),
        ("displayName", readable(json!(group.name))),
        ("description", Value::Null),
        ("mail", Value::Null),
        ("mailEnabled", readable(json!(false))),
        ("securityEnabled", readable(json!(true))),
        ("groupTypes", readable(json!([]))),
        ("createdDateTime", readable(json!("2021-03-01T08:00:00Z"))),
        ("visibility", Value::Null),
    ];
    let mut object = Map::new();
    if typed {
        object.insert("@odata.type".into(), kind.into());
    }
    match select {
        None => object.extend(all.into_iter().map(|(name, value)| (name.to_owned(), value))),
        Some(select) => {
            for name in select {
                let (name, value) =
                    all.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).ok_or_else(|| {
                        format!("Could not find a property named '{name}' on type 'microsoft.graph.group'.")
                    })?;
                object.insert((*name).to_owned(), value.clone());
            }
        }
    }
    Ok(Value::Object(object))
}

/// Where a page begins. Between the first and the second page lies an empty one, which Graph may send any time.
#[derive(Clone, Copy)]
struct Position {
    start: usize,
    empty: bool,
}

impl Position {
    fn next(self, size: usize, shown: usize, total: usize) -> Option<Self> {
        if self.empty {
            return Some(Self { start: self.start, empty: false });
        }
        let start = self.start + shown;
        (start < total).then_some(Self { start, empty: self.start == 0 && start == size })
    }

    fn token(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("RFNwdA:{}:{}", self.start, u8::from(self.empty)))
    }

    fn parse(token: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (start, empty) = text.strip_prefix("RFNwdA:")?.split_once(':')?;
        Some(Self { start: start.parse().ok()?, empty: empty == "1" })
    }
}

/// The filters the sandbox understands: equality of `id`, `displayName`, `securityEnabled`, and `startswith`.
enum Filter {
    Everything(bool),
    Id(String),
    Name(String),
    NameStart(String),
}

impl Filter {
    fn matches(&self, group: &Group) -> bool {
        match self {
            Self::Everything(keep) => *keep,
            Self::Id(id) => group.id == *id,
            Self::Name(name) => group.name == *name,
            Self::NameStart(start) => group.name.starts_with(start.as_str()),
        }
    }
}

fn parse_filter(text: &str) -> Option<Filter> {
    let quoted = |text: &str| {
        let inner = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        Some(inner.replace("''", "'"))
    };
    let text = text.trim();
    if let Some(arguments) = text.strip_prefix("startswith(").and_then(|t| t.strip_suffix(')')) {
        let (property, value) = arguments.split_once(',')?;
        return (property.trim() == "displayName").then(|| quoted(value))?.map(Filter::NameStart);
    }
    let (property, value) = text.split_once(" eq ")?;
    match property.trim() {
        "securityEnabled" => Some(Filter::Everything(value.trim() == "true")),
        "id" => quoted(value).map(Filter::Id),
        "displayName" => quoted(value).map(Filter::Name),
        _ => None,
    }
}
