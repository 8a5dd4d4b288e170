//! Why a request got no answer at all, and what to look at then.

use std::error::Error as _;

use reqwest::{RequestBuilder, Response};

use super::{Outcome, PATIENCE};

/// Sends `request`; what stood in its way names `variable`, where its address comes from.
pub(super) async fn send(request: RequestBuilder, variable: &str) -> Result<Response, Outcome> {
    request.timeout(PATIENCE).send().await.map_err(|error| unreachable(error, variable))
}

/// The outcome of a request without an answer.
pub(super) fn unreachable(error: reqwest::Error, variable: &str) -> Outcome {
    let host = error.url().and_then(|url| url.host_str()).unwrap_or("the service").to_owned();
    if error.is_timeout() {
        return too_slow(&host);
    }
    let reason = root_of(&error);
    let remedy = if reason.contains("certificate") {
        "If something between here and there signs its own certificates (a proxy that inspects TLS), put its authority's \
         into the PEM file that EXTRA_CA_CERTS names."
            .to_owned()
    } else if reason.contains("lookup") || reason.contains("resolve") {
        format!(
            "Correct the host name in {variable}, or give this machine a resolver that knows it. Where only a proxy \
             leads out, set HTTPS_PROXY."
        )
    } else {
        format!(
            "Check {variable}, and allow connections from here to {host}. Where only a proxy leads out, set HTTPS_PROXY."
        )
    };
    Outcome::wrong(format!("{host} cannot be reached: {reason}"), remedy)
}

/// The outcome of a service that keeps somebody waiting.
pub(super) fn too_slow(what: &str) -> Outcome {
    Outcome::wrong(
        format!("No answer from {what} within {} s.", PATIENCE.as_secs()),
        "Try again; if it stays so, look for a firewall that drops what is sent there, or set HTTPS_PROXY.",
    )
}

/// The innermost error says what happened; those around it only that something did.
fn root_of(error: &reqwest::Error) -> String {
    let mut innermost: Option<&(dyn std::error::Error + 'static)> = error.source();
    while let Some(deeper) = innermost.and_then(std::error::Error::source) {
        innermost = Some(deeper);
    }
    innermost.map_or_else(|| "it breaks off".to_owned(), ToString::to_string)
}
