//! The HTTP status of an answer that is not what was asked for, of pages as of server functions.

use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use model::FaultKind;
use texts::Language;

use crate::{AppError, context};

/// Gives the answer being made the status of `error`. Outside of one (in a stream, in a test) nothing happens.
pub fn answer_with(error: &AppError) {
    // A plain form is led back to its page, which shows the error.
    if context::request().is_ok_and(|request| request.plain_form) {
        return;
    }
    if let (Some(response), Ok(status)) =
        (use_context::<ResponseOptions>(), http::StatusCode::from_u16(code(error.0.kind)))
    {
        response.set_status(status);
    }
}

/// Says after how many seconds trying again may help (RFC 9110, 10.2.3).
pub fn retry_after(plain_form: bool, secs: u64) {
    // On a redirect it would mean to follow that later.
    if plain_form {
        return;
    }
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(http::header::RETRY_AFTER, secs.into());
    }
}

/// Keeps the choice in the browser, for pages before signing in; `None` forgets it.
pub fn keep_language(chosen: Option<Language>) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(cookie) = http::HeaderValue::from_str(&language_cookie(chosen))
    {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
}

/// The cookie with a chosen language: like the theme's, it says nothing about anybody.
pub const LANGUAGE_COOKIE: &str = "banter-language";

/// Its `Set-Cookie` line.
pub fn language_cookie(chosen: Option<Language>) -> String {
    const YEAR_SECS: u32 = 31_536_000;
    let age_secs = if chosen.is_some() { YEAR_SECS } else { 0 };
    let tag = chosen.map_or("", Language::tag);
    format!("{LANGUAGE_COOKIE}={tag}; Path=/; Max-Age={age_secs}; HttpOnly; SameSite=Lax")
}

fn code(kind: FaultKind) -> u16 {
    match kind {
        FaultKind::SignedOut => 401,
        FaultKind::Forbidden => 403,
        FaultKind::NotFound => 404,
        FaultKind::Invalid => 400,
        FaultKind::TooLarge => 413,
        FaultKind::Conflict => 409,
        FaultKind::TooManyRequests => 429,
        FaultKind::Unavailable => 503,
        FaultKind::Internal => 500,
    }
}
