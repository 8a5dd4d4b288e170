//! RP-initiated logout, and the front-channel calls to applications that go with it.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use url::form_urlencoded;

use super::sessions::{self, Session};
use super::tenant::Authority;
use super::{page, request};
use crate::http::{self, Origin};
use crate::state::Shared;

/// `GET /{tenant}/oauth2/v2.0/logout`
pub async fn get(
    State(state): State<Shared>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    logout(&state, &tenant, &query.unwrap_or_default(), None, &origin, &headers)
}

/// As a form; also what the account picker sends.
pub async fn post(
    State(state): State<Shared>,
    Path(tenant): Path<String>,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = String::from_utf8_lossy(&body).into_owned();
    match (field(&form, "request"), field(&form, "sid")) {
        (Some(raw), Some(sid)) => logout(&state, &tenant, &raw, Some(&sid), &origin, &headers),
        _ => logout(&state, &tenant, &form, None, &origin, &headers),
    }
}

fn logout(
    state: &Shared,
    tenant: &str,
    raw: &str,
    chosen: Option<&str>,
    origin: &Origin,
    headers: &HeaderMap,
) -> Response {
    let authority = match Authority::parse(tenant) {
        Ok(authority) => authority,
        Err(response) => return *response,
    };
    let signed_in = sessions::current(state, headers, origin);
    let hinted = field(raw, "logout_hint").and_then(|hint| {
        signed_in.iter().find(|(session, _)| session.login_hint == hint).map(|(session, _)| session.sid.clone())
    });
    let only = chosen.map(ToOwned::to_owned).or(hinted);
    if only.is_none() && signed_in.len() > 1 {
        let people: Vec<_> =
            signed_in.iter().map(|(session, persona)| (session.sid.clone(), persona.name.clone())).collect();
        let page = page::sign_out_picker(&people, authority.segment(), raw);
        return http::html(StatusCode::OK, page);
    }
    let ended = sessions::sign_out(state, headers, origin, only.as_deref());
    let frames: Vec<String> = ended.iter().flat_map(|session| frontchannel_urls(state, session)).collect();
    let names: Vec<String> = ended.iter().filter_map(|session| Some(state.persona(&session.oid)?.name)).collect();
    let next = destination(state, raw);
    let mut response = match (&next, frames.is_empty()) {
        // Nothing to call first: go on at once.
        (Some(next), true) => request::redirect(next),
        _ => http::html(StatusCode::OK, page::signed_out(&names, &frames, next.as_deref())),
    };
    let everyone = ended.len() == signed_in.len();
    if everyone
        && !ended.is_empty()
        && let Ok(cookie) = HeaderValue::from_str(&sessions::cookie(origin, "", true))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Registered addresses only; anything else ends on the signed-out page.
fn destination(state: &Shared, raw: &str) -> Option<String> {
    let uri = field(raw, "post_logout_redirect_uri")?;
    let directory = state.directory();
    if !directory.clients.iter().any(|c| c.allows_post_logout(&uri)) {
        return None;
    }
    let Some(value) = field(raw, "state") else {
        return Some(uri);
    };
    let separator = if uri.contains('?') { '&' } else { '?' };
    let encoded = form_urlencoded::Serializer::new(String::new()).append_pair("state", &value).finish();
    Some(format!("{uri}{separator}{encoded}"))
}

/// With nothing but the `sid`, contrary to OpenID Connect Front-Channel Logout, which would add the issuer.
fn frontchannel_urls(state: &Shared, session: &Session) -> Vec<String> {
    session
        .apps
        .iter()
        .filter_map(|(client_id, app_origin)| {
            let registered = state.client(client_id)?.frontchannel_logout?;
            let url = if registered.starts_with('/') { format!("{app_origin}{registered}") } else { registered };
            Some(format!("{url}?sid={}", session.sid))
        })
        .collect()
}

fn field(raw: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(raw.as_bytes())
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}
