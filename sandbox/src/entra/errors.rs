//! Entra's error descriptions and the JSON error body of the token endpoint.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::reply;
use crate::{clock, http, random};

/// An error of the token endpoint, or the reason an authorize request is turned down.
#[derive(Clone, Debug)]
pub struct TokenError {
    pub error: String,
    pub code: u32,
    pub text: String,
    pub suberror: Option<String>,
    /// A string containing JSON.
    pub claims: Option<String>,
    pub status: Option<StatusCode>,
    pub retry_after_secs: Option<u64>,
}

impl TokenError {
    pub fn new(error: &str, code: u32, text: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            code,
            text: text.into(),
            suberror: None,
            claims: None,
            status: None,
            retry_after_secs: None,
        }
    }

    pub fn suberror(mut self, suberror: &str) -> Self {
        self.suberror = Some(suberror.into());
        self
    }

    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// `AADSTSnnnnn: text`, then trace id, correlation id and time, as users see it.
    pub fn description(&self, trace_id: &str, correlation_id: &str) -> String {
        format!(
            "AADSTS{}: {}\r\nTrace ID: {trace_id}\r\nCorrelation ID: {correlation_id}\r\nTimestamp: {}",
            self.code,
            self.text,
            clock::entra_timestamp()
        )
    }

    /// 401 for `invalid_client`, 400 for the others. `origin` may be empty where it is not known.
    pub fn into_response_at(self, origin: &str) -> Response {
        let (trace_id, correlation_id) = (random::guid(), random::guid());
        let mut body = json!({
            "error": self.error,
            "error_description": self.description(&trace_id, &correlation_id),
            "error_codes": [self.code],
            "timestamp": clock::entra_timestamp(),
            "trace_id": trace_id,
            "correlation_id": correlation_id,
        });
        if !origin.is_empty() {
            body["error_uri"] = Value::String(format!("{origin}/error?code={}", self.code));
        }
        if let Some(suberror) = &self.suberror {
            body["suberror"] = suberror.as_str().into();
        }
        if let Some(claims) = &self.claims {
            body["claims"] = claims.as_str().into();
        }
        let default = match self.error.as_str() {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        let response = http::json_response(self.status.unwrap_or(default), body);
        let response = reply::token_headers(response);
        match self.retry_after_secs {
            Some(secs) => http::with_headers(response, &[("retry-after", &secs.to_string())]),
            None => response,
        }
    }
}
