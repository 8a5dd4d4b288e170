//! The cookie in which a browser keeps a sign-in that it has begun: one for each, so that several tabs can sign in at
//! once.

use axum::http::{HeaderMap, HeaderValue};

use crate::request::cookies;

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
        let name = self.name(state);
        cookies(headers).find(|(cookie, _)| *cookie == name).map(|(_, value)| value)
    }

    /// Keeps `sealed` for `state`; forgets the others when there are too many.
    pub(super) fn set(self, headers: &HeaderMap, state: &str, sealed: &str) -> Vec<HeaderValue> {
        let prefix = self.prefix();
        let others: Vec<&str> =
            cookies(headers).map(|(name, _)| name).filter(|name| name.starts_with(prefix)).collect();
        let mut lines = vec![self.line(&self.name(state), sealed, MAX_AGE_SECS)];
        if others.len() >= MOST_AT_ONCE {
            lines.extend(others.into_iter().map(|name| self.line(name, "", 0)));
        }
        lines.into_iter().flatten().collect()
    }

    /// Forgets what was kept for `state`.
    pub(super) fn clear(self, state: &str) -> Option<HeaderValue> {
        self.line(&self.name(state), "", 0)
    }

    fn name(self, state: &str) -> String {
        // The state is base64url when it is ours; anything else must not shape a header.
        let tag: String =
            state.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(12).collect();
        format!("{}{tag}", self.prefix())
    }

    fn prefix(self) -> &'static str {
        if self.https { "__Host-banter-signin-" } else { "banter-signin-" }
    }

    fn line(self, name: &str, value: &str, max_age_secs: u32) -> Option<HeaderValue> {
        let secure = if self.https { "; Secure" } else { "" };
        let line = format!("{name}={value}; Path=/; Max-Age={max_age_secs}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&line).ok()
    }
}
