//! Who a Graph request comes from. Tokens for another API are refused, as are unsigned or expired ones.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;

use super::faulty;
use super::reply::Ids;
use crate::clock;
use crate::constants::{GRAPH_AUDIENCE, GRAPH_CLIENT_ID};
use crate::http::{Origin, bearer, with_headers};
use crate::jwt;
use crate::personas::Persona;
use crate::state::Shared;

/// What a valid token says.
pub struct Caller {
    /// `None` for an app-only token.
    pub persona: Option<Persona>,
    /// Delegated permissions, or application permissions in an app-only token.
    pub permissions: Vec<String>,
}

impl Caller {
    pub fn may_see_group_names(&self) -> bool {
        self.may(&["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"])
    }

    /// Whether the token carries any of these permissions.
    pub fn may(&self, any_of: &[&str]) -> bool {
        self.permissions.iter().any(|permission| any_of.contains(&permission.as_str()))
    }
}

/// An authenticated request about anything. Ordered faults strike here.
pub struct Asked {
    pub state: Shared,
    pub ids: Ids,
    pub origin: Origin,
    pub caller: Caller,
}

/// An authenticated request about one person: `/me` or `/users/{user}`.
pub struct About {
    pub state: Shared,
    pub ids: Ids,
    pub origin: Origin,
    pub caller: Caller,
    pub person: Persona,
    /// `me` or `users/{id}`, as the request wrote it.
    pub segment: String,
}

/// The answer to a request that never reaches its handler.
pub struct Refused(Box<Response>);

impl From<Box<Response>> for Refused {
    fn from(response: Box<Response>) -> Self {
        Self(response)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl FromRequestParts<Shared> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Refused> {
        let ids = Ids::of(&parts.headers);
        let caller = authenticate(state, &ids, &parts.headers)?;
        faulty::strike(state, &ids, parts, caller.persona.as_ref()).await?;
        Ok(Self { state: state.clone(), ids, origin: Origin::of(parts), caller })
    }
}

impl FromRequestParts<Shared> for About {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Refused> {
        let Asked { state, ids, origin, caller } = Asked::from_request_parts(parts, state).await?;
        let segments = Path::<HashMap<String, String>>::from_request_parts(parts, &state)
            .await
            .map(|Path(segments)| segments)
            .unwrap_or_default();
        let (person, segment) = match segments.get("user") {
            None => (me(&ids, &caller)?, "me".to_owned()),
            Some(user) => (other(&state, &ids, &caller, user)?, format!("users/{user}")),
        };
        Ok(Self { state, ids, origin, caller, person, segment })
    }
}

fn me(ids: &Ids, caller: &Caller) -> Result<Persona, Box<Response>> {
    caller.persona.clone().ok_or_else(|| {
        Box::new(ids.error(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "/me request is only valid with delegated authentication flow.",
        ))
    })
}

/// Oneself, or anybody with a permission on other people.
fn other(state: &Shared, ids: &Ids, caller: &Caller, user: &str) -> Result<Persona, Box<Response>> {
    let found = state.directory().personas.iter().find(|p| p.oid == user || p.upn.eq_ignore_ascii_case(user)).cloned();
    let own = match (&found, &caller.persona) {
        (Some(found), Some(caller)) => found.oid == caller.oid,
        _ => false,
    };
    if !own && !caller.may(&["User.Read.All", "User.ReadBasic.All", "User.ReadWrite.All", "Directory.Read.All"]) {
        return Err(ids.denied());
    }
    found.ok_or_else(|| ids.missing(user))
}

pub fn authenticate(state: &Shared, ids: &Ids, headers: &HeaderMap) -> Result<Caller, Box<Response>> {
    let refused = |message: &str| unauthorized(ids, message, None);
    let token = bearer(headers).unwrap_or_default();
    if token.is_empty() {
        return Err(refused("Access token is empty."));
    }
    let Some(unverified) = jwt::Parts::parse(token) else {
        return Err(refused("CompactToken parsing failed with error code: 80049217"));
    };
    if !unverified.audiences().contains(&GRAPH_AUDIENCE) {
        return Err(refused("Access token validation failure. Invalid audience."));
    }
    let published = state.keys.published().unwrap_or_default();
    let Some(token) = jwt::graph_verified(token, &published) else {
        return Err(refused("Access token validation failure. Signature verification failed."));
    };
    let now = clock::unix_secs();
    if token.time("exp").unwrap_or(0) < now || token.time("nbf").unwrap_or(0) > now {
        return Err(refused("Access token has expired or is not yet valid."));
    }
    let Some(scopes) = token.str("scp") else {
        return Ok(Caller { persona: None, permissions: application_permissions(state, &token) });
    };
    let permissions = scopes.split(' ').map(ToOwned::to_owned).collect();
    let persona = state.persona(token.str("oid").unwrap_or_default());
    match persona {
        Some(persona) if !persona.disabled => Ok(Caller { persona: Some(persona), permissions }),
        _ => Err(refused("The user account does not exist or is disabled.")),
    }
}

/// What was granted to the application, at once and not only in its next token; and what a minted token claims.
fn application_permissions(state: &Shared, token: &jwt::Parts) -> Vec<String> {
    let granted = token.str("appid").and_then(|id| state.client(id)).map(|client| client.graph_roles);
    let claimed = token.claims.get("roles").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let claimed = claimed.iter().filter_map(|role| role.as_str().map(ToOwned::to_owned));
    granted.unwrap_or_default().into_iter().chain(claimed).collect()
}

/// 401 with the challenge header; `claims` adds a claims challenge (base64).
pub fn unauthorized(ids: &Ids, message: &str, claims: Option<&str>) -> Box<Response> {
    let challenge =
        claims.map_or_else(String::new, |claims| format!(", error=\"insufficient_claims\", claims=\"{claims}\""));
    let header = format!(
        "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"{GRAPH_CLIENT_ID}\"{challenge}"
    );
    let response = ids.error(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message);
    Box::new(with_headers(response, &[("www-authenticate", &header)]))
}
