//! Sign-ins that lead to the next sign-in: each succeeds, and the page behind it then finds nobody signed in, because
//! the browser does not keep the session's cookie, say. Counted in the browser itself, from one arrival to the next,
//! until a page is shown. Browsers give up after twenty redirects, which is five rounds; we explain before that.

use axum::http::{HeaderMap, HeaderValue};

use crate::request::{cookie, cookie_line, cookie_name};

const COOKIE: &str = "banter-arrivals";
const WITHIN_SECS: u32 = 60;
const MOST: u32 = 3;

/// Whether this browser comes back for another sign-in after several that succeeded.
pub(super) fn goes_in_circles(headers: &HeaderMap, https: bool) -> bool {
    arrivals(headers, https) >= MOST
}

/// A sign-in succeeded; now a page should follow.
pub(super) fn arriving(headers: &HeaderMap, https: bool) -> Option<HeaderValue> {
    let count = arrivals(headers, https).saturating_add(1);
    cookie_line(https, COOKIE, &count.to_string(), WITHIN_SECS)
}

/// A page is shown: no circle. `None` when nothing was counted.
pub(crate) fn arrived(headers: &HeaderMap, https: bool) -> Option<HeaderValue> {
    cookie(headers, &cookie_name(https, COOKIE))?;
    cookie_line(https, COOKIE, "", 0)
}

fn arrivals(headers: &HeaderMap, https: bool) -> u32 {
    cookie(headers, &cookie_name(https, COOKIE)).and_then(|count| count.parse().ok()).unwrap_or(0)
}
