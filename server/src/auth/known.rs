//! What a browser keeps of whoever signed in with it last, so that the next sign-in can go unseen. It lets nobody in.

use axum::http::{HeaderMap, HeaderValue};
use services::identity::{Finished, Known};

use crate::{
    Doors,
    request::{cookie, cookie_line, cookie_name},
};

const COOKIE: &str = "banter-known";
const MAX_AGE_SECS: u32 = 90 * 24 * 60 * 60;

pub(super) fn recall(doors: &Doors, headers: &HeaderMap) -> Option<Known> {
    doors.services.sign_in.recall(cookie(headers, &cookie_name(doors.is_https(), COOKIE))?)
}

pub(super) fn kept(doors: &Doors, finished: &Finished) -> Option<HeaderValue> {
    cookie_line(doors.is_https(), COOKIE, &doors.services.sign_in.remember(finished), MAX_AGE_SECS)
}

/// Whoever signs out wants to be forgotten, on a shared computer most of all.
pub(super) fn forgotten(doors: &Doors) -> Option<HeaderValue> {
    cookie_line(doors.is_https(), COOKIE, "", 0)
}
