//! Who the caller is here.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Calling;

/// A person or an application.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// The same as in the browser.
    id: String,
    #[schema(inline)]
    kind: CallerKind,
    name: String,
    roles: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum CallerKind {
    User,
    Service,
}

/// Who the caller is here.
#[utoipa::path(get, path = "/api/v1/me", tag = "Caller", responses((status = 200, body = Me)))]
pub(super) async fn me(calling: Calling) -> Json<Me> {
    let viewer = calling.caller.viewer;
    Json(Me {
        id: viewer.id.to_string(),
        kind: if calling.caller.is_service { CallerKind::Service } else { CallerKind::User },
        name: viewer.name,
        roles: viewer.roles.iter().map(|role| role.as_str().to_owned()).collect(),
    })
}
