//! Microsoft Entra ID: the routes below `/{tenant}/`.
//!
//! Shapes after "OpenID Connect on the Microsoft identity platform" and recorded traffic.

pub mod authorize;
pub mod client_auth;
pub mod codes;
pub mod device;
pub mod discovery;
pub mod errors;
pub mod grants;
pub mod logout;
pub mod managed_identity;
pub mod mint;
pub mod page;
pub mod reply;
pub mod request;
pub mod scopes;
pub mod sessions;
pub mod tamper;
pub mod tenant;
pub mod token;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Shared;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::v2))
        .route("/{tenant}/.well-known/openid-configuration", get(discovery::v1))
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys))
        .route("/{tenant}/discovery/keys", get(discovery::keys))
        .route("/{tenant}/discovery/instance", get(discovery::instance))
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize::get).post(authorize::post))
        .route("/{tenant}/login", post(authorize::login))
        .route("/{tenant}/oauth2/v2.0/token", post(token::token))
        .route("/{tenant}/oauth2/v2.0/devicecode", post(device::begin))
        .route("/{tenant}/device", get(device::show).post(device::decide))
        .route("/{tenant}/oauth2/v2.0/logout", get(logout::get).post(logout::post))
        .route("/msi/token", get(managed_identity::app_service))
}
