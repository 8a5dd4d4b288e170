//! Signing out: here, then at the provider; and when the provider says so.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::known;
use crate::{Doors, notices, request::CorrelationId, secure, session};

/// `POST /api/auth/signout`. Forgets whatever the browser shows, also when there is no session (any more).
pub(super) async fn sign_out(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    headers: HeaderMap,
) -> Response {
    let people = &doors.services.people;
    let ended = async {
        let Some(session) = session::who_idly(&doors, &headers).await.map_err(|error| error.0)?.signed_in() else {
            return Ok(None);
        };
        let tokens = people.session_tokens(session.id).await?;
        people.sign_out(session.id).await?;
        Ok(tokens)
    };
    let tokens = match ended.await {
        Ok(tokens) => tokens,
        Err(error) => {
            let error: services::Error = error;
            tracing::error!(correlation_id = &*correlation_id.0, error = %error, "a session cannot be ended");
            return notices::unavailable(&doors, &headers, &correlation_id);
        }
    };
    let provider = doors.services.sign_in.sign_out_url(tokens.as_ref()).await;
    let mut response = Redirect::to(provider.as_ref().map_or("/signed-out", |url| url.as_str())).into_response();
    for cookie in [session::forgotten(&doors), known::forgotten(&doors)].into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[derive(Deserialize)]
pub(super) struct FrontchannelParams {
    sid: Option<String>,
}

/// `GET /api/auth/frontchannel-logout?sid=…`, which the provider loads in a hidden frame: without our cookie mostly, so
/// the session is found by the provider's own id of it. Ids are random; one that we do not know changes nothing.
pub(super) async fn frontchannel(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    params: Result<Query<FrontchannelParams>, QueryRejection>,
) -> Response {
    // No id has the one character that PostgreSQL does not store.
    let sid = params.ok().and_then(|Query(params)| params.sid).filter(|sid| !sid.contains('\0'));
    let Some(sid) = sid else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let status = match doors.services.people.end_sessions_of(&sid).await {
        Ok(count) => {
            tracing::info!(count, "the provider ended sessions");
            StatusCode::OK
        }
        Err(error) => {
            error.into_fault(&correlation_id.0);
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let policy = secure::framed_policy(&doors.services.sign_in.origin());
    (status, [(header::CONTENT_SECURITY_POLICY, policy)]).into_response()
}

/// Where the provider sends people after it signed them out.
pub(super) async fn signed_out(State(doors): State<Doors>, headers: HeaderMap) -> Response {
    notices::signed_out(&doors, &headers)
}
