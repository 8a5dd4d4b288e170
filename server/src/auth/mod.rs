//! Signing in and out.

mod known;
mod loops;
mod sign_in;
mod sign_out;
mod state_cookie;
mod trail;

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use services::clock;

use crate::{
    Doors,
    request::CorrelationId,
    routes::Routes,
    session::{Unrecognisable, Who, who_idly},
};

pub(crate) use loops::arrived;
pub(crate) use sign_in::{path as sign_in_path, path_with_login as sign_in_anew_path};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/api/auth/signin/entra-id", sign_in::begin)
        .get("/api/auth/callback/entra-id", sign_in::finish)
        .post("/api/auth/signout", sign_out::sign_out)
        .get("/api/auth/frontchannel-logout", sign_out::frontchannel)
        .get("/api/auth/session", session)
        .get("/signed-out", sign_out::signed_out)
}

/// Who is signed in, in the shape that Auth.js gives; `{}` when nobody is, or no longer. Asking does not count as using
/// the session.
async fn session(State(doors): State<Doors>, headers: HeaderMap, correlation_id: CorrelationId) -> Response {
    let session = match who_idly(&doors, &headers).await {
        Ok(Who::SignedIn(session)) => session,
        Ok(Who::Nobody | Who::Gone(_)) => return Json(json!({})).into_response(),
        Err(error) => return error.problem(&correlation_id),
    };
    let viewer = session.viewer;
    match doors.services.people.contact(viewer.id).await {
        Ok(contact) => Json(json!({
            "user": {
                "id": viewer.id,
                "name": viewer.name,
                "email": contact.and_then(|(_, email)| email),
                "roles": viewer.roles,
            },
            "expires": clock::rfc3339(session.expires_at),
        }))
        .into_response(),
        Err(error) => Unrecognisable(error).problem(&correlation_id),
    }
}
