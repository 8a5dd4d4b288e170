//! The HTTP status of an answer that is not what was asked for, of pages as of server functions.

use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use model::FaultKind;

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
