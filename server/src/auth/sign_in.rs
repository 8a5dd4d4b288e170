//! To the provider and back.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use services::identity::{CallbackParams, Prompt, SignInError};
use tower_sessions::Session;

use super::state_cookie::StateCookies;
use crate::{Doors, notices, request::CorrelationId, session};

const AFTERWARDS: &str = "/chat";

#[derive(Deserialize)]
pub(super) struct BeginParams {
    #[serde(rename = "callbackUrl")]
    callback_url: Option<String>,
    prompt: Option<String>,
}

/// Where a page that needs a sign-in sends its reader, who will come back to `return_to`.
pub(crate) fn path(return_to: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("callbackUrl", return_to).finish();
    format!("/api/auth/signin/entra-id?{query}")
}

/// `GET /api/auth/signin/entra-id?callbackUrl=/path&prompt=…`: off to the provider.
pub(super) async fn begin(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    headers: HeaderMap,
    params: Result<Query<BeginParams>, QueryRejection>,
) -> Response {
    let Ok(Query(params)) = params else { return StatusCode::BAD_REQUEST.into_response() };
    let prompt = match params.prompt.as_deref().map(|value| Prompt::from_parameter(value).ok_or(value)) {
        Some(Err(_unknown)) => return StatusCode::BAD_REQUEST.into_response(),
        Some(Ok(prompt)) => Some(prompt),
        None => None,
    };
    let config = &doors.services.config;
    let local = params.callback_url.and_then(|target| config.origin.local_path(&target));
    // Coming back to a sign-in would go round in circles.
    let return_to = local.filter(|path| !path.starts_with("/api/")).unwrap_or_else(|| AFTERWARDS.to_owned());
    match doors.services.sign_in.begin(return_to, prompt).await {
        Ok(begun) => {
            let mut response = Redirect::to(begun.url.as_str()).into_response();
            for cookie in StateCookies::new(config.origin.is_https()).set(&headers, &begun.state, &begun.sealed) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => notices::sign_in_failed(&doors, &headers, &error, AFTERWARDS, &correlation_id),
    }
}

/// `GET /api/auth/callback/entra-id`: back from the provider.
pub(super) async fn finish(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    session: Session,
    headers: HeaderMap,
    params: Result<Query<CallbackParams>, QueryRejection>,
) -> Response {
    let Query(params) = params.unwrap_or_default();
    let state = params.state.clone().unwrap_or_default();
    let cookies = StateCookies::new(doors.services.config.origin.is_https());
    let mut return_to = AFTERWARDS.to_owned();
    let result = complete(&doors, &session, params, cookies.get(&headers, &state), &mut return_to).await;
    let mut response = match result {
        Ok(()) => Redirect::to(&return_to).into_response(),
        Err(error) => notices::sign_in_failed(&doors, &headers, &error, &return_to, &correlation_id),
    };
    if let Some(cookie) = cookies.clear(&state) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn complete(
    doors: &Doors,
    session: &Session,
    params: CallbackParams,
    sealed: Option<&str>,
    return_to: &mut String,
) -> Result<(), SignInError> {
    let services = &doors.services;
    let attempt = services.sign_in.attempt(&params, sealed)?;
    return_to.clone_from(&attempt.return_to);
    services.people.use_attempt(&attempt).await?;
    let finished = services.sign_in.finish(&attempt, params).await?;
    let user_id = services.people.admit(&finished).await?;
    session::begin(session, user_id, finished).await.map_err(|error| {
        tracing::error!(error = %error, "a session cannot be stored");
        SignInError::SessionsUnavailable
    })?;
    tracing::info!(user = %user_id, "signed in");
    Ok(())
}
