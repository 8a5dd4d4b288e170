//! Sign-ins that lead to the next sign-in: each succeeds, and the page then finds nobody signed in, because the browser
//! keeps no cookies, say. Counted in the browser itself, within a minute, until a page is shown.

use axum::http::{HeaderMap, HeaderValue};
use services::clock;

use crate::request::{cookie, cookie_line, cookie_name};

const COOKIE: &str = "banter-tries";
const WITHIN_SECS: i64 = 60;
/// Several tabs of a browser that was just started sign in at once; more than this is a circle.
const MOST: u32 = 12;

/// How often this browser began to sign in lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tries {
    count: u32,
    first_at: i64,
}

impl Tries {
    /// With the one that begins now.
    pub(super) fn with_this(headers: &HeaderMap, https: bool) -> Self {
        let now = clock::now().unix_timestamp();
        let parse = |text: &str| {
            let (count, first_at) = text.split_once('.')?;
            Some(Self { count: count.parse().ok()?, first_at: first_at.parse().ok()? })
        };
        let before = cookie(headers, &cookie_name(https, COOKIE)).and_then(parse);
        match before.filter(|tries| (0..WITHIN_SECS).contains(&(now - tries.first_at))) {
            Some(tries) => Self { count: tries.count.saturating_add(1), ..tries },
            None => Self { count: 1, first_at: now },
        }
    }

    /// Whether it goes round in circles.
    pub(super) fn are_a_loop(self) -> bool {
        self.count > MOST
    }

    pub(super) fn kept(self, https: bool) -> Option<HeaderValue> {
        cookie_line(https, COOKIE, &format!("{}.{}", self.count, self.first_at), 60)
    }
}

/// Once somebody has arrived, there is no circle. `None` when nothing was counted.
pub(crate) fn arrived(headers: &HeaderMap, https: bool) -> Option<HeaderValue> {
    cookie(headers, &cookie_name(https, COOKIE))?;
    cookie_line(https, COOKIE, "", 0)
}
