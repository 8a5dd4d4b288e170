//! Who the caller is here.

use axum::Json;
use serde::Serialize;

use super::caller::Calling;

/// A person or an application.
#[derive(Serialize)]
pub(super) struct Me {
    /// The same as in the browser.
    id: String,
    kind: CallerKind,
    name: String,
    roles: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CallerKind {
    User,
    Service,
}

pub(super) async fn me(calling: Calling) -> Json<Me> {
    let viewer = calling.caller.viewer;
    Json(Me {
        id: viewer.id.to_string(),
        kind: if calling.caller.is_service { CallerKind::Service } else { CallerKind::User },
        name: viewer.name,
        roles: viewer.roles.iter().map(|role| role.as_str().to_owned()).collect(),
    })
}
