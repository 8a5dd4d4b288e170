//! What every response says to the browser, and whom a request may come from.

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use model::FaultKind;
use services::config::Origin;
use tokio::time::timeout;

use crate::{
    Doors, fault, notices, pages,
    request::{CorrelationId, accepts_html, language},
};

/// Whoever asks hears something by then, also where the database has gone without a word.
pub(crate) const PATIENCE: Duration = Duration::from_secs(25);
/// For everything that brings no policy of its own: it may show what it is and nothing else.
const POLICY_WITHOUT_SCRIPTS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// The content security policy of a page whose scripts carry `nonce`.
///
/// `provider`: the provider's origin, because signing out is a form whose answer leads there, and browsers check where
/// forms lead in the end. `live_reload`: development's reloading connects to another port.
pub(crate) fn page_policy(nonce: &str, provider: Option<&str>, live_reload: bool) -> String {
    let forms_lead_to = provider.map(|provider| format!(" {provider}")).unwrap_or_default();
    let reload = if live_reload { " ws:" } else { "" };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'{reload}; manifest-src 'self'; base-uri 'none'; form-action 'self'{forms_lead_to}; \
         frame-ancestors 'none'"
    )
}

/// The policy of what the provider loads in a hidden frame of its own pages.
pub(crate) fn framed_policy(provider: &str) -> String {
    format!("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {provider}")
}

/// Headers for every response.
pub(crate) async fn every_response(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    default(header::CONTENT_SECURITY_POLICY, POLICY_WITHOUT_SCRIPTS);
    default(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`, with which browsers send our own forms with `Origin: null`.
    default(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    default(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    default(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    default(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    // For browsers that know no `frame-ancestors`. The provider frames one address of ours, and says so there.
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    if policy.is_none_or(|policy| policy.contains("frame-ancestors 'none'")) {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if doors.services.config.origin.is_https() {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// For everything that depends on who is asking: nothing of it is kept outside, and what changes anything comes from
/// our own pages.
pub(crate) async fn private(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    request: Request,
    next: Next,
) -> Response {
    let is_safe = request.method().is_safe();
    if !comes_from_us(request.headers(), &doors.services.config.origin, is_safe) {
        return fault::problem(FaultKind::Forbidden, "This request comes from another site.", &correlation_id);
    }
    let for_people = accepts_html(request.headers()).then(|| request.headers().clone());
    let language = language(request.headers());
    // A panic ends this request and no other; people get a page with a way on.
    let mut response = match timeout(PATIENCE, AssertUnwindSafe(next.run(request)).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let problem = fault::panicked(&*panic, &correlation_id);
            for_people.map_or(problem, |headers| notices::trouble(&doors, &headers, &correlation_id))
        }
        Err(_elapsed) => {
            let late = texts::in_language(language, || fault::late(&correlation_id));
            for_people
                .map_or_else(|| pages::failed(late), |headers| notices::unavailable(&doors, &headers, &correlation_id))
        }
    };
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether a request may be answered with the session's rights. Safe methods may come from links elsewhere; others
/// have to name our own origin, or the browser has to vouch for it (<https://www.w3.org/TR/fetch-metadata/>).
fn comes_from_us(headers: &HeaderMap, own: &Origin, is_safe: bool) -> bool {
    if is_safe {
        return true;
    }
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), None) => site == "same-origin",
        (Some(site), Some(origin)) => site == "same-origin" && origin == own.as_header(),
        (None, Some(origin)) => origin == own.as_header(),
        (None, None) => false,
    }
}
