//! Faults ordered for Azure OpenAI: those answered instead of a completion, and those inside a stream.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::errors::{self, RetryAfter};
use crate::constants::COGNITIVE_SERVICES_AUDIENCE;
use crate::faults::{Fault, Faults, Target};
use crate::http::json_response;

/// Answered before any stream begins.
pub const BEFORE: &[&str] = &[
    "status",
    "unauthorized_key",
    "unauthorized_token",
    "permission_denied",
    "forbidden",
    "deployment_not_found",
    "not_found",
    "rate_limit",
    "gateway_html",
    "content_filter_prompt",
    "context_length",
    "unsupported_parameter",
    "unsupported_value",
];

pub fn answer(fault: &Fault) -> Box<Response> {
    let status =
        |default| fault.number("status").and_then(|status| StatusCode::from_u16(status as u16).ok()).unwrap_or(default);
    let retry = RetryAfter {
        secs: match fault.params.get("retry_after") {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(secs)) => Some(secs.to_string()),
            _ => None,
        },
        millis: fault.number("retry_after_ms"),
    };
    let parameter = fault.str("param").unwrap_or("max_tokens");
    let response = match fault.kind.as_str() {
        "unauthorized_key" => errors::wrong_key(),
        "unauthorized_token" => errors::wrong_token(fault.str("audience").unwrap_or(COGNITIVE_SERVICES_AUDIENCE)),
        "permission_denied" => errors::permission_denied(
            status(StatusCode::UNAUTHORIZED),
            fault.str("principal").unwrap_or("00000000-0000-0000-0000-000000000000"),
        ),
        "forbidden" => errors::forbidden(),
        "deployment_not_found" => errors::deployment_not_found(),
        "not_found" => errors::not_found(),
        "rate_limit" => errors::rate_limited(fault.str("code").unwrap_or("429"), &retry),
        "gateway_html" => errors::gateway_html(status(StatusCode::BAD_GATEWAY)),
        "content_filter_prompt" => errors::prompt_filtered(fault.flag("plural")),
        "context_length" => errors::context_length(128_000, 192_041),
        "unsupported_parameter" => errors::unsupported_parameter(parameter),
        "unsupported_value" => errors::unsupported_value(
            fault.str("param").unwrap_or("temperature"),
            &fault.params.get("value").cloned().unwrap_or(json!(0.7)),
        ),
        _ => match fault.params.get("body") {
            Some(body) => json_response(status(StatusCode::INTERNAL_SERVER_ERROR), body.clone()),
            None => errors::server_error(status(StatusCode::INTERNAL_SERVER_ERROR)),
        },
    };
    Box::new(errors::with_retry(response, &retry))
}

/// What goes wrong inside one stream. Several can be combined, for example a slow first token and a cut.
#[derive(Clone, Debug, Default)]
pub struct Streaming {
    faults: Vec<Fault>,
}

impl Streaming {
    const KINDS: &'static [&'static str] = &[
        "cut",
        "in_stream_error",
        "finish_content_filter",
        "finish_length",
        "async_filter",
        "late_block",
        "slow_first_token",
        "hang",
        "stall",
        "malformed_chunk",
        "usage",
    ];

    /// At most one of each kind.
    pub fn take(faults: &Faults, target: &Target<'_>) -> Self {
        let faults = Self::KINDS.iter().filter_map(|kind| faults.take("openai", &[kind], target)).collect();
        Self { faults }
    }

    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    pub fn get(&self, kind: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.kind == kind)
    }

    /// A fault that strikes after this many content chunks (`after_chunks`, default 3).
    pub fn due(&self, kind: &str, sent_chunks: usize) -> Option<&Fault> {
        self.get(kind).filter(|fault| fault.number("after_chunks").unwrap_or(3) as usize == sent_chunks)
    }
}
