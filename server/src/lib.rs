//! Doors: everything that comes in over HTTP. `build` is what both `main` and the tests call.

mod assets;
mod auth;
mod fault;
mod health;
mod notices;
mod pages;
mod photo;
mod request;
mod secure;
mod session;

use std::sync::Arc;

use app::chat::SealedLogs;
use axum::{Router, middleware, routing::get};
use services::Services;
use tower_http::{
    compression::{
        CompressionLayer, CompressionLevel,
        predicate::{DefaultPredicate, NotForContentType, Predicate as _},
    },
    limit::RequestBodyLimitLayer,
};

pub use assets::{Site, SiteError};

/// Rendered conversations kept in memory.
const SEALED_LOGS_BYTES: u64 = 16 * 1024 * 1024;
/// Nothing that is sent to the app is larger; a question's own limit is lower and explained.
const LARGEST_BODY_BYTES: usize = 1024 * 1024;

/// What every door can reach.
#[derive(Clone)]
pub struct Doors {
    pub(crate) services: Arc<Services>,
    pub(crate) site: Arc<Site>,
    pub(crate) sealed_logs: Arc<SealedLogs>,
}

/// The whole HTTP interface.
pub fn build(services: Arc<Services>, site: Site) -> Router {
    // Pages spawn their loading on this runtime. Already set when several are built, as tests do.
    let _ = any_spawner::Executor::init_tokio();
    let sessions = session::layer(&services);
    let doors = Doors { services, site: Arc::new(site), sealed_logs: Arc::new(SealedLogs::new(SEALED_LOGS_BYTES)) };
    // An answer under way is many small writes; a compressor would hold them back.
    let compressed = DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"));
    Router::new()
        .merge(pages::routes())
        .merge(auth::routes())
        .merge(photo::routes())
        .fallback(pages::anything_else)
        .layer(middleware::from_fn_with_state(doors.clone(), secure::private))
        .layer(sessions)
        // Below here nothing depends on who is asking.
        .merge(assets::routes(&doors.site))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressed))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY_BYTES))
        .layer(middleware::from_fn_with_state(doors.clone(), secure::every_response))
        .layer(middleware::from_fn(request::correlate))
        .with_state(doors)
}
