//! Key or bearer token. A token must be for the right audience, and its principal must hold a role.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::errors;
use crate::constants::{AZURE_OPENAI_API_KEY, COGNITIVE_SERVICES_AUDIENCE};
use crate::http::{bearer, header_str};
use crate::state::Shared;
use crate::{clock, jwt};

/// `v1`: there the key is also accepted as bearer token.
pub fn check(state: &Shared, headers: &HeaderMap, v1: bool) -> Result<(), Box<Response>> {
    if let Some(key) = header_str(headers, "api-key") {
        return if key == AZURE_OPENAI_API_KEY { Ok(()) } else { Err(Box::new(errors::wrong_key())) };
    }
    let Some(token) = bearer(headers) else {
        return Err(refused(state));
    };
    if v1 && token == AZURE_OPENAI_API_KEY {
        return Ok(());
    }
    let published = state.keys.published().unwrap_or_default();
    let Some(parts) = jwt::verified(token, &published) else {
        return Err(refused(state));
    };
    let now = clock::unix_secs();
    let timely = parts.time("exp").unwrap_or(0) >= now && parts.time("nbf").unwrap_or(0) <= now;
    let addressed = parts.audiences().iter().any(|aud| {
        let aud = aud.trim_end_matches('/');
        state.options.openai_audiences.iter().any(|known| known == aud)
    });
    if !timely || !addressed {
        return Err(refused(state));
    }
    let principal = parts.str("oid").unwrap_or_default();
    let directory = state.directory();
    let permitted = directory.clients.iter().any(|client| client.principal_id == principal && client.openai_user);
    if permitted { Ok(()) } else { Err(Box::new(errors::permission_denied(StatusCode::UNAUTHORIZED, principal))) }
}

fn refused(state: &Shared) -> Box<Response> {
    let audience = state.options.openai_audiences.first().map_or(COGNITIVE_SERVICES_AUDIENCE, String::as_str);
    Box::new(errors::wrong_token(audience))
}
