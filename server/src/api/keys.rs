//! The public keys of the app's own tokens (RFC 7517).

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};

use super::problem::{Kind, Problem};
use crate::Doors;

/// The public keys of Banter's own tokens (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "Tokens", responses((status = 200, body = serde_json::Value)))]
pub(super) async fn jwks(State(doors): State<Doors>) -> Response {
    match &doors.services.bearer {
        // A rotation keeps the old key for a while, so that an hour does no harm.
        Some(bearer) => ([(header::CACHE_CONTROL, "public, max-age=3600")], Json(bearer.own().jwks())).into_response(),
        None => Problem::of(Kind::NotFound).into_response(),
    }
}
