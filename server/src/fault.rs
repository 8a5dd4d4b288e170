//! Errors for programs: `application/problem+json` (RFC 9457) with the request's correlation id.

use std::any::Any;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Fault, FaultKind};
use serde_json::json;

use crate::request::CorrelationId;

/// A problem, with the status that goes with its kind.
pub(crate) fn problem(kind: FaultKind, detail: &str, correlation_id: &CorrelationId) -> Response {
    let status = status(kind);
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
        "correlation_id": &*correlation_id.0,
    });
    let json = HeaderValue::from_static("application/problem+json");
    (status, [(header::CONTENT_TYPE, json)], body.to_string()).into_response()
}

/// The status that goes with a kind of failure.
pub(crate) fn status(kind: FaultKind) -> StatusCode {
    match kind {
        FaultKind::SignedOut => StatusCode::UNAUTHORIZED,
        FaultKind::Forbidden => StatusCode::FORBIDDEN,
        FaultKind::NotFound => StatusCode::NOT_FOUND,
        FaultKind::Invalid => StatusCode::BAD_REQUEST,
        FaultKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        FaultKind::Conflict => StatusCode::CONFLICT,
        FaultKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        FaultKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Nothing was found out in time.
pub(crate) fn late(correlation_id: &CorrelationId) -> Fault {
    tracing::error!(correlation_id = &*correlation_id.0, "a request was given up: nothing answered it in time");
    let correlation_id = correlation_id.0.to_string();
    Fault { kind: FaultKind::Unavailable, message: texts::FAULT_DATABASE.into(), correlation_id }
}

/// What a panic says outside: nothing of itself.
pub(crate) fn panicked(panic: &(dyn Any + Send), correlation_id: &CorrelationId) -> Response<Body> {
    let message = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(
        correlation_id = &*correlation_id.0,
        panic = message.unwrap_or("without a message"),
        "a request panicked"
    );
    problem(FaultKind::Internal, "Something went wrong. Try again.", correlation_id)
}
