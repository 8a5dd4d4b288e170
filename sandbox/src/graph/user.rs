//! `/me`, `/users/{id}` and the OpenID user info endpoint.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::auth::{self, About};
use super::faulty;
use super::odata::Query;
use super::reply::{Ids, bad_request};
use crate::faults::Target;
use crate::http::{Origin, json_response};
use crate::personas::Persona;
use crate::state::Shared;

const DEFAULT_PROPERTIES: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// `GET /me?$select=…`. Missing values are explicit nulls.
pub async fn get(about: About, RawQuery(query): RawQuery) -> Response {
    match respond(&about, &query.unwrap_or_default()) {
        Ok(response) => response,
        Err(response) => *response,
    }
}

fn respond(about: &About, query: &str) -> Result<Response, Box<Response>> {
    let query = Query::parse(query);
    let all = properties(&about.person);
    let (names, context) = match query.select() {
        None => (DEFAULT_PROPERTIES.iter().map(|n| (*n).to_owned()).collect(), "users/$entity".to_owned()),
        Some(names) => {
            let context = format!("users({})/$entity", names.join(","));
            (names, context)
        }
    };
    let mut body = Map::new();
    body.insert("@odata.context".into(), format!("{}/graph/v1.0/$metadata#{context}", about.origin.0).into());
    for name in names {
        let Some((name, value)) = all.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)) else {
            return Err(bad_request(
                &about.ids,
                &format!(
                    "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.user'."
                ),
            ));
        };
        body.insert((*name).to_owned(), value.clone());
    }
    Ok(about.ids.ok(Value::Object(body)))
}

fn properties(person: &Persona) -> Vec<(&'static str, Value)> {
    let user_type = if person.guest { "Guest" } else { "Member" };
    vec![
        ("id", json!(person.oid)),
        ("displayName", json!(person.name)),
        ("givenName", json!(person.given_name)),
        ("surname", json!(person.surname)),
        ("mail", json!(person.mail)),
        ("userPrincipalName", json!(person.upn)),
        ("jobTitle", json!(person.job_title)),
        ("mobilePhone", json!(person.mobile_phone)),
        ("businessPhones", json!(person.business_phones)),
        ("officeLocation", json!(person.office)),
        ("preferredLanguage", json!(person.preferred_language)),
        ("department", json!(person.department)),
        ("companyName", json!("Linden Bank")),
        ("accountEnabled", json!(!person.disabled)),
        ("employeeId", Value::Null),
        ("userType", json!(user_type)),
        ("city", Value::Null),
        ("country", Value::Null),
        ("usageLocation", Value::Null),
        ("streetAddress", Value::Null),
        ("postalCode", Value::Null),
        ("state", Value::Null),
        ("createdDateTime", json!("2021-03-01T08:00:00Z")),
        ("mailNickname", json!(person.upn.split('@').next())),
        ("otherMails", json!([])),
        ("proxyAddresses", json!([])),
        ("onPremisesSamAccountName", Value::Null),
    ]
}

/// `GET|POST /graph/oidc/userinfo`
pub async fn userinfo(State(state): State<Shared>, origin: Origin, headers: HeaderMap) -> Response {
    let ids = Ids::of(&headers);
    let caller = match auth::authenticate(&state, &ids, &headers) {
        Ok(caller) => caller,
        Err(response) => return *response,
    };
    let Some(person) = caller.persona else {
        return (*auth::unauthorized(&ids, "A user token is required.", None)).into_response();
    };
    if let Err(response) = faulty::strike_userinfo(&state, &ids, &person).await {
        return *response;
    }
    let mut body = json!({
        "sub": person.oid,
        "name": person.name,
        "picture": format!("{}/graph/v1.0/me/photo/$value", origin.0),
    });
    for (name, value) in [("family_name", &person.surname), ("given_name", &person.given_name), ("email", &person.mail)]
    {
        if let Some(value) = value {
            body[name] = value.as_str().into();
        }
    }
    let target = Target { path: "/oidc/userinfo", method: "GET", persona: Some(&person), ..Target::default() };
    if let Some(fault) = state.faults.take("graph", &["userinfo"], &target)
        && let (Some(body), Some(Value::Object(changes))) = (body.as_object_mut(), fault.params.get("claims"))
    {
        body.extend(changes.clone());
        body.retain(|_, value| !value.is_null());
    }
    ids.stamp(json_response(axum::http::StatusCode::OK, body))
}
