//! The public keys of the app's own tokens (RFC 7517).

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};

use super::problem::{Kind, Problem};
use crate::Doors;

pub(super) async fn jwks(State(doors): State<Doors>) -> Response {
    match &doors.services.bearer {
        // A rotation keeps the old key for a while, so that an hour does no harm.
        Some(bearer) => ([(header::CACHE_CONTROL, "public, max-age=3600")], Json(bearer.own().jwks())).into_response(),
        None => Problem::of(Kind::NotFound).into_response(),
    }
}
