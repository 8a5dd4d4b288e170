//! Which other origins' pages may call. None, unless they are configured; cookies open nothing here either way.

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::Doors;

pub(super) fn layer(doors: &Doors) -> CorsLayer {
    let origins = doors.services.config.api.as_ref().map(|api| api.cors_origins.as_slice()).unwrap_or_default();
    if origins.is_empty() {
        return CorsLayer::new();
    }
    let told = ["retry-after", "x-correlation-id", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok())))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers(told.map(HeaderName::from_static))
        .max_age(std::time::Duration::from_secs(600))
}
