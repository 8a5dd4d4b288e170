//! The id of a request, which its log lines and its error messages share.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use app::status::LANGUAGE_COOKIE;
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use services::{clock, people::Client};
use texts::Language;

use crate::Doors;

const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct CorrelationId(pub(crate) Arc<str>);

/// Gives every request an id of ours. One that a client sends is not taken over: it could be anything.
pub(crate) async fn correlate(mut request: Request, next: Next) -> Response {
    let id = clock::new_correlation_id();
    request.extensions_mut().insert(CorrelationId(id.as_str().into()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

impl<S: Send + Sync> FromRequestParts<S> for CorrelationId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self("-".into())))
    }
}

/// The value of the cookie called `name`.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    cookies(headers).find(|(cookie, _)| *cookie == name).map(|(_, value)| value)
}

/// All cookies, as (name, value).
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// A cookie's name in full. On https it gets the prefix that binds it to this host.
pub(crate) fn cookie_name(https: bool, name: &str) -> String {
    if https { format!("__Host-{name}") } else { name.to_owned() }
}

/// A `Set-Cookie` line for a cookie that scripts cannot read and other sites cannot send along with more than a link.
pub(crate) fn cookie_line(https: bool, name: &str, value: &str, max_age_secs: u32) -> Option<HeaderValue> {
    let (name, secure) = (cookie_name(https, name), if https { "; Secure" } else { "" });
    let line = format!("{name}={value}; Path=/; Max-Age={max_age_secs}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&line).ok()
}

/// Where a request comes from, for people and auditors to recognise it by.
pub(crate) struct From(pub(crate) Client);

/// Longer ones say nothing more.
const LONGEST_USER_AGENT: usize = 400;

impl FromRequestParts<Doors> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Infallible> {
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let user_agent = user_agent.map(|text| text.chars().take(LONGEST_USER_AGENT).collect());
        let header = doors.services.config.access.client_address_header.as_deref();
        let network = match header {
            // The nearest proxy adds its word at the end; what stands before it, anybody could have written.
            Some(name) => {
                let told = parts.headers.get_all(name).iter().next_back().and_then(|value| value.to_str().ok());
                let last = told.and_then(|told| told.rsplit(',').next()).map(str::trim);
                last.and_then(|last| last.parse::<IpAddr>().ok())
            }
            None => parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip()),
        };
        Ok(Self(Client { user_agent, network: network.map(|address| address.to_canonical().to_string()) }))
    }
}

/// How the page should look: the reader's choice from its cookie.
pub(crate) fn theme(headers: &HeaderMap) -> Option<&'static str> {
    match cookie(headers, "banter-theme")? {
        "light" => Some("light"),
        "dark" => Some("dark"),
        _ => None,
    }
}

/// The language that the browser asks for, if it is one of ours.
pub(crate) fn browser_language(headers: &HeaderMap) -> Option<Language> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).into_iter().filter_map(|line| line.to_str().ok());
    Language::accepted(&lines.collect::<Vec<_>>().join(","))
}

/// The language that was chosen in this browser, from its cookie.
pub(crate) fn remembered_language(headers: &HeaderMap) -> Option<Language> {
    Language::of_own_tag(cookie(headers, LANGUAGE_COOKIE)?)
}

/// The language of somebody whom nobody has recognised: as they chose in this browser, or else as that asks for.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    remembered_language(headers).or_else(|| browser_language(headers)).unwrap_or_default()
}

/// Says in which language an answer is, and that another browser might get it in another one.
pub(crate) fn is_in(language: Language, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.append(header::VARY, HeaderValue::from_static("accept-language"));
}

/// Whether a browser is asking for something to show.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}
