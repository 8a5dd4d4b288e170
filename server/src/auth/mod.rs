//! Signing in and out.

mod sign_in;
mod sign_out;
mod state_cookie;

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use model::FaultKind;
use serde_json::json;
use services::clock;
use tower_sessions::Session;

use crate::{
    Doors, fault,
    request::CorrelationId,
    session::{SessionsUnavailable, who},
};

pub(crate) use sign_in::path as sign_in_path;

pub(crate) fn routes() -> Router<Doors> {
    Router::new()
        .route("/api/auth/signin/entra-id", get(sign_in::begin))
        .route("/api/auth/callback/entra-id", get(sign_in::finish))
        .route("/api/auth/signout", post(sign_out::sign_out))
        .route("/api/auth/frontchannel-logout", get(sign_out::frontchannel))
        .route("/api/auth/session", get(session))
        .route("/signed-out", get(sign_out::signed_out))
}

/// Who is signed in, in the shape that Auth.js gives; `{}` when nobody is.
async fn session(State(doors): State<Doors>, session: Session, correlation_id: CorrelationId) -> Response {
    let unavailable =
        |_| fault::problem(FaultKind::Unavailable, "Sessions cannot be looked up right now.", &correlation_id);
    let signed_in = match who(&session).await {
        Ok(Some(signed_in)) => signed_in,
        Ok(None) => return Json(json!({})).into_response(),
        Err(SessionsUnavailable) => return unavailable(()),
    };
    let viewer = signed_in.viewer;
    match doors.services.people.contact(viewer.id).await {
        Ok(contact) => Json(json!({
            "user": {
                "id": viewer.id,
                "name": viewer.name,
                "email": contact.and_then(|(_, email)| email),
                "roles": viewer.roles,
            },
            "expires": clock::rfc3339(signed_in.expires_at),
        }))
        .into_response(),
        Err(error) => {
            let failure = error.into_fault(&correlation_id.0);
            fault::problem(failure.kind, &failure.message, &correlation_id)
        }
    }
}
