//! Headers Entra sends with its answers, and its own error page.

use axum::http::StatusCode;
use axum::response::Response;

use super::errors::TokenError;
use super::page;
use crate::{http, random};

pub fn token_headers(response: Response) -> Response {
    http::with_headers(
        response,
        &[
            ("content-type", "application/json; charset=utf-8"),
            ("cache-control", "no-store, no-cache"),
            ("pragma", "no-cache"),
            ("expires", "-1"),
            ("x-ms-request-id", &random::guid()),
            ("x-ms-ests-server", "2.1.0 - SANDBOX ProdSlices"),
            ("x-ms-clitelem", "1,0,0,,"),
        ],
    )
}

pub fn document_headers(response: Response) -> Response {
    http::with_headers(
        response,
        &[
            ("content-type", "application/json; charset=utf-8"),
            ("cache-control", "max-age=86400, private"),
            ("access-control-allow-origin", "*"),
            ("x-ms-request-id", &random::guid()),
            ("x-ms-ests-server", "2.1.0 - SANDBOX ProdSlices"),
        ],
    )
}

/// Rendered here, never sent to the application: it cannot be trusted to be the right one.
pub fn error_page(error: &TokenError) -> Response {
    let (trace_id, correlation_id) = (random::guid(), random::guid());
    let description = error.description(&trace_id, &correlation_id);
    http::html(StatusCode::BAD_REQUEST, page::error(&description))
}
