//! The app-to-app API: `/api/v1`, opened by bearer tokens and never by the session's cookie. One file for each resource.

mod body;
mod caller;
mod completions;
mod conversations;
mod cors;
mod docs;
mod keys;
mod limits;
mod me;
mod messages;
mod models;
mod once;
mod openapi;
mod problem;
mod replies;
mod token;
mod usage;

use std::panic::AssertUnwindSafe;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use tokio::time::timeout;

use crate::{Doors, fault, request::CorrelationId, routes::Routes, secure::PATIENCE};
pub(crate) use limits::CallLimits;
use problem::{Kind, Problem};

/// A model's whole context with room for its JSON, and pictures within reason.
const LARGEST_BODY_BYTES: usize = 4 << 20;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/.well-known/jwks.json", keys::jwks)
        .post("/api/v1/token", token::exchange)
        .get("/api/v1/me", me::me)
        .get("/api/v1/conversations", conversations::list)
        .post("/api/v1/conversations", conversations::create)
        .get("/api/v1/conversations/{id}", conversations::read)
        .patch("/api/v1/conversations/{id}", conversations::change)
        .delete("/api/v1/conversations/{id}", conversations::delete)
        .get("/api/v1/conversations/{id}/export", conversations::export)
        .post("/api/v1/conversations/{id}/messages", messages::ask)
        .get("/api/v1/replies/{id}/events", replies::events)
        .post("/api/v1/replies/{id}/stop", replies::stop)
        .get("/api/v1/models", models::list)
        .get("/api/v1/models/{id}", models::read)
        .get("/api/v1/usage", usage::usage)
        .post("/api/v1/chat/completions", completions::create)
        .get("/api/openapi.json", openapi::document)
        .get("/api/docs", docs::page)
}

/// The same, with what holds for all of it.
pub(crate) fn router(doors: &Doors) -> Router<Doors> {
    routes()
        .router()
        .route("/api/v1", axum::routing::any(nothing_here))
        .route("/api/v1/{*rest}", axum::routing::any(nothing_here))
        .method_not_allowed_fallback(async || Problem::of(Kind::MethodNotAllowed))
        .layer(cors::layer(doors))
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(middleware::from_fn_with_state(doors.clone(), around))
}

async fn nothing_here() -> Problem {
    Problem::of(Kind::NotFound)
}

/// Around every call: problems become documents, nothing is kept outside, a panic ends this request and no other, and
/// whoever calls hears something.
async fn around(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let limit = limits::Told::default();
    request.extensions_mut().insert(limit.clone());
    let mut response = if doors.services.config.api.is_none() {
        nothing_here().await.into_response()
    } else {
        let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
        // A model takes its time; whatever else a completion waits for has an end of its own.
        let answer = if path == problem::OPENAI { Ok(answer.await) } else { timeout(PATIENCE, answer).await };
        match answer {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => fault::panicked(&*panic, &correlation_id),
            Err(_elapsed) => Problem::late(&correlation_id).into_response(),
        }
    };
    // What cannot even be an address is refused before any handler could say so.
    let is_plain = response.status() == StatusCode::BAD_REQUEST;
    let problem = response.extensions_mut().remove().or_else(|| is_plain.then(|| Problem::of(Kind::InvalidRequest)));
    if let Some(problem) = problem {
        let origin = doors.services.config.origin.as_header();
        problem.fill(&mut response, &origin, &path, &correlation_id);
    }
    limit.tell(response.headers_mut());
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
