//! Who is signed in at the stand-in provider, per browser.

use axum::http::HeaderMap;

use crate::http::Origin;
use crate::personas::Persona;
use crate::state::Shared;
use crate::{clock, random};

/// One person signed in in one browser.
#[derive(Clone, Debug)]
pub struct Session {
    pub oid: String,
    pub sid: String,
    /// Value of the optional `login_hint` claim; opaque to applications.
    pub login_hint: String,
    pub auth_time: i64,
    /// The person's count of revocations at that time.
    pub revocations: u32,
    /// Applications signed in to: client id, and the origin of the redirect address used.
    pub apps: Vec<(String, String)>,
}

/// Plain HTTP and HTTPS have cookies of their own: browsers do not let one overwrite the other's.
fn cookie_name(origin: &Origin) -> &'static str {
    if origin.is_https() { "sandbox_sso_tls" } else { "sandbox_sso" }
}

/// The value of this browser's cookie, if it has one.
pub fn browser_id(headers: &HeaderMap, origin: &Origin) -> Option<String> {
    let name = cookie_name(origin);
    headers
        .get_all("cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Sessions of this browser whose account is still usable.
pub fn current(state: &Shared, headers: &HeaderMap, origin: &Origin) -> Vec<(Session, Persona)> {
    let Some(browser) = browser_id(headers, origin) else {
        return Vec::new();
    };
    let directory = state.directory();
    let Some(sessions) = directory.browsers.get(&browser) else {
        return Vec::new();
    };
    sessions
        .iter()
        .filter_map(|session| {
            let persona = directory.persona(&session.oid)?;
            let usable = !persona.disabled && session.revocations == persona.revocations;
            usable.then(|| (session.clone(), persona.clone()))
        })
        .collect()
}

/// Starts or renews a person's session in this browser; returns it with the `Set-Cookie` value.
pub fn sign_in(state: &Shared, headers: &HeaderMap, origin: &Origin, persona: &Persona) -> (Session, String) {
    let browser = browser_id(headers, origin).unwrap_or_else(|| random::token(24));
    let mut directory = state.directory();
    let sessions = directory.browsers.entry(browser.clone()).or_default();
    let previous = sessions.iter().position(|session| session.oid == persona.oid).map(|index| sessions.remove(index));
    let session = Session {
        oid: persona.oid.clone(),
        sid: previous.as_ref().map_or_else(random::guid, |session| session.sid.clone()),
        login_hint: previous.as_ref().map_or_else(login_hint, |session| session.login_hint.clone()),
        auth_time: clock::unix_secs(),
        revocations: persona.revocations,
        apps: previous.map(|session| session.apps).unwrap_or_default(),
    };
    sessions.push(session.clone());
    (session, cookie(origin, &browser, false))
}

fn login_hint() -> String {
    format!("O.{}", random::token(48))
}

/// Remembers that an application got a code for this session, for front-channel sign-out.
pub fn note_app(state: &Shared, sid: &str, client_id: &str, redirect_uri: &str) {
    let Ok(url) = url::Url::parse(redirect_uri) else {
        return;
    };
    let entry = (client_id.to_owned(), url.origin().ascii_serialization());
    let mut directory = state.directory();
    for session in directory.browsers.values_mut().flatten() {
        if session.sid == sid && !session.apps.contains(&entry) {
            session.apps.push(entry.clone());
        }
    }
}

/// Ends one person's session, or all of this browser's.
pub fn sign_out(state: &Shared, headers: &HeaderMap, origin: &Origin, only: Option<&str>) -> Vec<Session> {
    let Some(browser) = browser_id(headers, origin) else {
        return Vec::new();
    };
    let mut directory = state.directory();
    let Some(sessions) = directory.browsers.get_mut(&browser) else {
        return Vec::new();
    };
    let (ended, kept) =
        std::mem::take(sessions).into_iter().partition(|session| only.is_none_or(|sid| session.sid == sid));
    *sessions = kept;
    if sessions.is_empty() {
        directory.browsers.remove(&browser);
    }
    ended
}

pub fn cookie(origin: &Origin, value: &str, expired: bool) -> String {
    let name = cookie_name(origin);
    // Over TLS as Entra does; browsers refuse `SameSite=None` on plain HTTP.
    let site = if origin.is_https() { "SameSite=None; Secure" } else { "SameSite=Lax" };
    let age = if expired { "; Max-Age=0" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; {site}{age}")
}

/// A session matches a hint by the `login_hint` claim, the sign-in name or the object id.
pub fn matches_hint(session: &Session, persona: &Persona, hint: &str) -> bool {
    session.login_hint == hint || persona.upn.eq_ignore_ascii_case(hint) || persona.oid.eq_ignore_ascii_case(hint)
}
