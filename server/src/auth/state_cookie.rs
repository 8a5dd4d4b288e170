//! The cookie in which a browser keeps a sign-in that it has begun: one for each, so that several tabs can sign in at
//! once.

use axum::http::{HeaderMap, HeaderValue};

use crate::request::{cookie_line, cookie_name, cookies};

const PREFIX: &str = "banter-signin-";
const MAX_AGE_SECS: u32 = 900;
/// More than this many at a time are left-overs; they go, before the headers outgrow what servers accept.
const MOST_AT_ONCE: usize = 5;

/// Names, reads and writes these cookies.
#[derive(Clone, Copy)]
pub(super) struct StateCookies {
    https: bool,
}

impl StateCookies {
    pub(super) fn new(https: bool) -> Self {
        Self { https }
    }

    /// What the browser kept for `state`.
    pub(super) fn get<'a>(self, headers: &'a HeaderMap, state: &str) -> Option<&'a str> {
        let name = cookie_name(self.https, &name(state));
        cookies(headers).find(|(cookie, _)| *cookie == name).map(|(_, value)| value)
    }

    /// Keeps `sealed` for `state`; forgets the others when there are too many.
    pub(super) fn set(self, headers: &HeaderMap, state: &str, sealed: &str) -> Vec<HeaderValue> {
        let prefix = cookie_name(self.https, PREFIX);
        let tags = cookies(headers).filter_map(|(name, _)| name.strip_prefix(&prefix));
        let others: Vec<String> = tags.map(|tag| format!("{PREFIX}{tag}")).collect();
        let mut lines = vec![cookie_line(self.https, &name(state), sealed, MAX_AGE_SECS)];
        if others.len() >= MOST_AT_ONCE {
            lines.extend(others.into_iter().map(|name| cookie_line(self.https, &name, "", 0)));
        }
        lines.into_iter().flatten().collect()
    }

    /// Forgets what was kept for `state`.
    pub(super) fn clear(self, state: &str) -> Option<HeaderValue> {
        cookie_line(self.https, &name(state), "", 0)
    }
}

fn name(state: &str) -> String {
    // The state is base64url when it is ours; anything else must not shape a header.
    let tag: String = state.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(12).collect();
    format!("{PREFIX}{tag}")
}
