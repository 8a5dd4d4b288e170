//! Reading what callers send: JSON, with a problem in words when it is not what it should be.

use axum::{
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::StringRejection},
    http::{StatusCode, header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};
use crate::Doors;

/// A JSON body.
pub(crate) struct JsonBody<T> {
    pub(crate) value: T,
    /// As it came.
    pub(crate) bytes: bytes::Bytes,
}

impl<T: DeserializeOwned> FromRequest<Doors> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, doors: &Doors) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_untyped = content_type.is_none();
        if !is_untyped
            && media != "application/json"
            && !(media.starts_with("application/") && media.ends_with("+json"))
        {
            let detail = "The body has to be JSON: Content-Type: application/json.";
            return Err(Problem::new(Kind::UnsupportedMediaType, detail));
        }
        let bytes =
            bytes::Bytes::from_request(request, doors).await.map_err(|rejection| of_status(rejection.status()))?;
        if is_untyped && !bytes.is_empty() {
            let detail = "The body has to be JSON: Content-Type: application/json.";
            return Err(Problem::new(Kind::UnsupportedMediaType, detail));
        }
        // No body at all is as good as none that says anything.
        let text: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        // To the parser, a list of an object's members in their order would be that object.
        if text.trim_ascii_start().starts_with(b"[") {
            let detail = "The body is not what it should be: it has to be an object, and is a list.";
            return Err(Problem::new(Kind::InvalidRequest, detail));
        }
        // The parser says what it expected and where; it quotes names of members and nothing else.
        let value = serde_json::from_slice(text).map_err(|error| {
            Problem::new(Kind::InvalidRequest, format!("The body is not what it should be: {error}."))
        })?;
        Ok(Self { value, bytes })
    }
}

/// What of a text body went wrong.
pub(crate) fn rejected(rejection: &StringRejection) -> Problem {
    of_status(rejection.status())
}

fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, "The body is larger than 4 MB."),
        _ => Problem::new(Kind::InvalidRequest, "The body cannot be read."),
    }
}

/// An id from the path. One that is none of ours names nothing.
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: std::str::FromStr> FromRequestParts<Doors> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Problem> {
        let nothing = || Problem::of(Kind::NotFound);
        let Path(text) = Path::<String>::from_request_parts(parts, doors).await.map_err(|_| nothing())?;
        text.parse().map(Self).map_err(|_| nothing())
    }
}
