//! Doors: everything that comes in over HTTP. `build` is what both `main` and the tests call.

mod api;
mod assets;
mod auth;
mod fault;
mod health;
mod limits;
mod notices;
mod pages;
mod photo;
mod request;
mod routes;
mod secure;
mod session;
mod wording;

use std::sync::Arc;

use app::chat::SealedLogs;
use axum::{Router, middleware};
use leptos::server_fn::axum::server_fn_paths;
use services::Services;
use tower_http::{
    compression::{
        CompressionLayer, CompressionLevel,
        predicate::{DefaultPredicate, NotForContentType, Predicate as _, SizeAbove},
    },
    limit::RequestBodyLimitLayer,
};

use api::CallLimits;
pub use assets::{Site, SiteError};
use limits::SignInLimits;
pub use routes::Door;
use routes::Routes;

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
    pub(crate) sign_in_limits: Arc<SignInLimits>,
    pub(crate) call_limits: Arc<CallLimits>,
}

impl Doors {
    /// Whether people reach the app by https.
    pub(crate) fn is_https(&self) -> bool {
        self.services.config.origin.is_https()
    }
}

/// Answers that depend on who is asking.
fn private_routes() -> Routes {
    pages::routes().merge(auth::routes()).merge(photo::routes())
}

/// Answers that do not.
fn public_routes() -> Routes {
    Routes::default().get("/healthz", health::alive).get("/readyz", health::ready)
}

/// Everything that is answered but static files: routes, and in place of `/fn/*` each server function.
pub fn doors() -> Vec<Door> {
    let routes = private_routes()
        .merge(public_routes())
        .merge(api::routes())
        .doors()
        .into_iter()
        .filter(|door| door.method != "*");
    let functions = server_fn_paths().map(|(path, method)| Door { path: path.to_owned(), method: method.to_string() });
    let mut doors: Vec<Door> = routes.chain(functions).collect();
    doors.sort();
    doors
}

/// The whole HTTP interface.
pub fn build(services: Arc<Services>, site: Site) -> Router {
    // Pages spawn their loading on this runtime. Already set when several are built, as tests do.
    let _ = any_spawner::Executor::init_tokio();
    let doors = Doors {
        call_limits: Arc::new(CallLimits::new(services.config.api.as_ref())),
        sign_in_limits: Arc::new(SignInLimits::new(services.config.access.sign_ins_per_minute)),
        services,
        site: Arc::new(site),
        sealed_logs: Arc::new(SealedLogs::new(SEALED_LOGS_BYTES)),
    };
    // An answer under way is many small writes; a compressor would hold them back.
    // And what is smaller than this fits into one packet either way, while each compressor takes some 300 kB.
    let compressed =
        DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream")).and(SizeAbove::new(1024));
    Router::new()
        .merge(private_routes().router())
        .fallback(pages::anything_else)
        .layer(middleware::from_fn_with_state(doors.clone(), secure::private))
        // Below here nothing depends on who is asking.
        .merge(assets::routes(&doors.site))
        .merge(wording::routes())
        .merge(public_routes().router())
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY_BYTES))
        // Opened by bearer tokens alone, so it does not matter which site a request comes from.
        .merge(api::router(&doors))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressed))
        .layer(middleware::from_fn_with_state(doors.clone(), secure::every_response))
        .layer(middleware::from_fn(request::correlate))
        .with_state(doors)
}
