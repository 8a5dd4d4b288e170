//! What went wrong, as programs are told: `application/problem+json` (RFC 9457) with a `type` for each kind, which the
//! reference page explains. Where OpenAI's protocol is spoken, its shape instead.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Fault, FaultKind};
use serde_json::{Map, Value, json};

use crate::{fault, request::CorrelationId};

/// Where OpenAI's protocol is spoken.
pub(super) const OPENAI: &str = "/api/v1/chat/completions";

/// The kinds there are. Names, and with them the `type`s, never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    InvalidRequest,
    InvalidToken,
    MissingRight,
    NoAccess,
    NotFound,
    MethodNotAllowed,
    Conflict,
    TooLarge,
    UnsupportedMediaType,
    KeyReused,
    TooManyRequests,
    Internal,
    ModelFailed,
    Unavailable,
}

/// One that happened.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    detail: Option<String>,
    retry_after_secs: Option<u64>,
    challenge: Option<HeaderValue>,
    /// Members beside the usual ones.
    more: Map<String, Value>,
    /// `type`, `param` and `code` in OpenAI's shape, if more is known than the kind.
    openai: Option<Box<OpenAiWords>>,
}

type OpenAiWords = (&'static str, Option<String>, Option<String>);

impl Kind {
    pub(crate) const ALL: [Self; 14] = [
        Self::InvalidRequest,
        Self::InvalidToken,
        Self::MissingRight,
        Self::NoAccess,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::KeyReused,
        Self::TooManyRequests,
        Self::Internal,
        Self::ModelFailed,
        Self::Unavailable,
    ];

    /// Name in the `type`, status, title, and what it means for whoever gets it.
    pub(crate) fn entry(self) -> (&'static str, StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidRequest => (
                "invalid-request",
                StatusCode::BAD_REQUEST,
                "The request is not as it should be",
                "A parameter, header or member of the body is missing or malformed. Sending it again gives the same answer.",
            ),
            Self::InvalidToken => (
                "invalid-token",
                StatusCode::UNAUTHORIZED,
                "No acceptable token",
                "There is no bearer token, or it has expired, is for something else, or cannot be verified. Get a new one.",
            ),
            Self::MissingRight => (
                "missing-right",
                StatusCode::FORBIDDEN,
                "The token lacks a right",
                "The token is genuine and lacks the scope, the app role or the permission for its application that the detail names.",
            ),
            Self::NoAccess => (
                "no-access",
                StatusCode::FORBIDDEN,
                "This person may not use Banter",
                "They are in no group and have no app role that may. An administrator of the directory can change that.",
            ),
            Self::NotFound => (
                "not-found",
                StatusCode::NOT_FOUND,
                "There is nothing here",
                "It does not exist or belongs to somebody else; the two are not told apart.",
            ),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "This method does nothing here",
                "The header Allow names those that do.",
            ),
            Self::Conflict => (
                "conflict",
                StatusCode::CONFLICT,
                "Something else is under way",
                "An answer is still being written in the conversation, or the same Idempotency-Key is being worked on. Try again when that is done.",
            ),
            Self::TooLarge => (
                "too-large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too much at once",
                "The body, or the question for its model, is larger than what is taken.",
            ),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Another content type is needed",
                "The body has to be what the reference says, with its Content-Type.",
            ),
            Self::KeyReused => (
                "idempotency-key-reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The Idempotency-Key was used for something else",
                "The same key came with another body before. Use a new key for a new request.",
            ),
            Self::TooManyRequests => (
                "too-many-requests",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests, or a quota is used up",
                "Try again after the seconds in Retry-After.",
            ),
            Self::Internal => (
                "internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                "A fault in Banter",
                "Tell whoever runs it the correlation_id.",
            ),
            Self::ModelFailed => (
                "model-failed",
                StatusCode::BAD_GATEWAY,
                "The model did not answer",
                "The model's service refused Banter, or broke off. The correlation_id finds the reason in its log.",
            ),
            Self::Unavailable => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "Not possible right now",
                "The database, the directory, the provider or the model cannot be reached. Try again in a moment.",
            ),
        }
    }
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::of(kind) }
    }

    /// Without more to say than its kind does.
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, detail: None, retry_after_secs: None, challenge: None, more: Map::new(), openai: None }
    }

    /// What a use case failed with. A failure of ours is logged under `correlation_id`.
    pub(crate) fn failed(error: services::Error, correlation_id: &CorrelationId) -> Self {
        let retry_after_secs = error.retry_after_secs();
        let Fault { kind, message, .. } = error.into_fault(&correlation_id.0);
        let kind = match kind {
            FaultKind::SignedOut => Kind::InvalidToken,
            FaultKind::Forbidden => Kind::MissingRight,
            FaultKind::NotFound => Kind::NotFound,
            FaultKind::Invalid => Kind::InvalidRequest,
            FaultKind::TooLarge => Kind::TooLarge,
            FaultKind::Conflict => Kind::Conflict,
            FaultKind::TooManyRequests => Kind::TooManyRequests,
            FaultKind::Unavailable => Kind::Unavailable,
            FaultKind::Internal => Kind::Internal,
        };
        Self { retry_after_secs, ..Self::new(kind, message) }
    }

    /// Nothing was found out in time.
    pub(crate) fn late(correlation_id: &CorrelationId) -> Self {
        Self::new(Kind::Unavailable, fault::late(correlation_id).message).retry_after(5)
    }

    pub(crate) fn retry_after(self, secs: u64) -> Self {
        Self { retry_after_secs: Some(secs), ..self }
    }

    /// With a `WWW-Authenticate`, which has to be of visible characters.
    pub(crate) fn challenge(self, text: &str) -> Self {
        let plain: String = text.chars().filter(|c| matches!(c, ' '..='~')).collect();
        Self { challenge: HeaderValue::from_str(&plain).ok(), ..self }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn in_openais_words(self, kind: &'static str, param: Option<&str>, code: Option<&str>) -> Self {
        let words = (kind, param.map(str::to_owned), code.map(str::to_owned));
        Self { openai: Some(Box::new(words)), ..self }
    }

    pub(crate) fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.kind.entry().3)
    }

    /// Its place in the catalogue.
    pub(crate) fn type_uri(kind: Kind, origin: &str) -> String {
        format!("{origin}/api/docs#problem-{}", kind.entry().0)
    }

    /// Writes it into `response`, in the shape that goes with `path`.
    pub(super) fn fill(self, response: &mut Response, origin: &str, path: &str, correlation_id: &CorrelationId) {
        let (media, body) = if path == OPENAI {
            ("application/json", self.openai_body())
        } else {
            ("application/problem+json", self.body(origin, correlation_id))
        };
        *response.body_mut() = Body::from(body.to_string());
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
    }

    fn body(&self, origin: &str, correlation_id: &CorrelationId) -> Value {
        let (_, status, title, _) = self.kind.entry();
        let mut body = json!({
            "type": Self::type_uri(self.kind, origin),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail(),
            "correlation_id": &*correlation_id.0,
        });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.more.clone());
        }
        body
    }

    fn openai_body(&self) -> Value {
        let usual = match self.kind {
            Kind::InvalidToken => ("invalid_request_error", None, Some("invalid_api_key".to_owned())),
            Kind::MissingRight | Kind::NoAccess => ("permission_error", None, Some("forbidden".to_owned())),
            Kind::TooManyRequests => ("rate_limit_error", None, Some("rate_limit_exceeded".to_owned())),
            Kind::Internal | Kind::ModelFailed | Kind::Unavailable => ("server_error", None, None),
            _ => ("invalid_request_error", None, None),
        };
        let (kind, param, code) = self.openai.as_deref().cloned().unwrap_or(usual);
        json!({ "error": { "message": self.detail(), "type": kind, "param": param, "code": code } })
    }
}

impl IntoResponse for Problem {
    /// The status alone: [`super::around`] writes the rest, which knows where the request went and under which id.
    fn into_response(self) -> Response {
        let mut response = self.kind.entry().1.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
