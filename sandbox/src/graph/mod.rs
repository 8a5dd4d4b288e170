//! Microsoft Graph: the routes below `/graph/`.

pub mod auth;
pub mod faulty;
pub mod group;
pub mod groups;
pub mod membership;
pub mod odata;
pub mod photo;
pub mod portrait;
pub mod reply;
pub mod service_principal;
pub mod user;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Shared;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/graph/oidc/userinfo", get(user::userinfo).post(user::userinfo))
        .route("/graph/v1.0/groups/{group}", get(group::get))
        .route("/graph/v1.0/{resource}", get(service_principal::get))
        .route("/graph/v1.0/{resource}/oauth2PermissionGrants", get(service_principal::grants))
        .merge(person_routes("/graph/v1.0/me"))
        .merge(person_routes("/graph/v1.0/users/{user}"))
        .route("/graph/{*rest}", get(reply::not_found).post(reply::not_found))
}

/// The same resources for `/me` and `/users/{user}`.
fn person_routes(base: &str) -> Router<Shared> {
    let at = |path: &str| format!("{base}{path}");
    Router::new()
        .route(base, get(user::get))
        .route(&at("/photo"), get(photo::metadata))
        .route(&at("/photo/$value"), get(photo::value))
        .route(&at("/photos"), get(photo::list))
        .route(&at("/photos/{size}"), get(photo::metadata))
        .route(&at("/photos/{size}/$value"), get(photo::value))
        .route(&at("/photo/{size}/$value"), get(photo::value))
        .route(&at("/transitiveMemberOf"), get(groups::member_of))
        .route(&at("/transitiveMemberOf/{cast}"), get(groups::member_of))
        .route(&at("/memberOf"), get(groups::member_of))
        .route(&at("/memberOf/{cast}"), get(groups::member_of))
        .route(&at("/checkMemberGroups"), post(membership::check_member_groups))
        .route(&at("/getMemberGroups"), post(membership::get_member_groups))
        .route(&at("/getMemberObjects"), post(membership::get_member_objects))
}
