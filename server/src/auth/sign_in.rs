//! To the provider and back.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use services::{
    identity::{Begun, CallbackParams, Prompt, SignInError, Wish},
    people::Client,
};

use super::{known, loops, state_cookie::StateCookies, trail::Trail};
use crate::{
    Doors, notices,
    request::{CorrelationId, From},
    session::{self, Who},
};

/// Where people go who wanted no page in particular.
pub(super) const AFTERWARDS: &str = "/chat";

#[derive(Deserialize)]
pub(super) struct BeginParams {
    #[serde(rename = "callbackUrl")]
    callback_url: Option<String>,
    prompt: Option<String>,
}

/// The same, where the provider is to ask for the password again whatever it remembers.
pub(crate) fn path_with_login(return_to: &str) -> String {
    format!("{}&prompt=login", path(return_to))
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
    From(client): From,
    headers: HeaderMap,
    params: Result<Query<BeginParams>, QueryRejection>,
) -> Response {
    let Ok(Query(params)) = params else { return StatusCode::BAD_REQUEST.into_response() };
    let prompt = match params.prompt.as_deref().map(|value| Prompt::from_parameter(value).ok_or(value)) {
        Some(Err(_unknown)) => return StatusCode::BAD_REQUEST.into_response(),
        Some(Ok(prompt)) => Some(prompt),
        None => None,
    };
    if let Err(wait) = doors.sign_in_limits.take(client.network.as_deref()) {
        return notices::too_many_sign_ins(&doors, &headers, wait, &correlation_id);
    }
    let local = params.callback_url.and_then(|target| doors.services.config.origin.local_path(&target));
    // Coming back to a sign-in would go round in circles.
    let return_to = local.filter(|path| !path.starts_with("/api/")).unwrap_or_else(|| AFTERWARDS.to_owned());
    // Whoever asks for something particular presses a button, and no page does that by itself. Another tab that begins
    // while this browser has a session is no circle either.
    if prompt.is_none()
        && loops::goes_in_circles(&headers, doors.is_https())
        && !matches!(session::who_idly(&doors, &headers).await, Ok(Who::SignedIn(_)))
    {
        return notices::going_in_circles(&doors, &headers, &return_to, &correlation_id);
    }
    let known = known::recall(&doors, &headers);
    let silent = known.is_some();
    let wish = Wish { return_to, prompt, login_hint: known.and_then(|known| known.login_hint), silent };
    match doors.services.sign_in.begin(wish).await {
        Ok(begun) => off_to_provider(&doors, &headers, &begun),
        Err(error) => notices::sign_in_failed(&doors, &headers, &error, AFTERWARDS, &correlation_id),
    }
}

/// `GET /api/auth/callback/entra-id`: back from the provider.
pub(super) async fn finish(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    From(client): From,
    headers: HeaderMap,
    params: Result<Query<CallbackParams>, QueryRejection>,
) -> Response {
    if let Err(wait) = doors.sign_in_limits.take(client.network.as_deref()) {
        return notices::too_many_sign_ins(&doors, &headers, wait, &correlation_id);
    }
    let Query(params) = params.unwrap_or_default();
    let state = params.state.clone().unwrap_or_default();
    let cookies = StateCookies::new(doors.is_https());
    let mut trail = Trail::new(&client, &correlation_id);
    let sealed = cookies.get(&headers, &state);
    let mut response = match complete(&doors, &headers, &client, params, sealed, &mut trail).await {
        Ok(response) => response,
        Err(error) => {
            trail.failed(&doors, &error).await;
            notices::sign_in_failed(&doors, &headers, &error, &trail.return_to, &correlation_id)
        }
    };
    append(&mut response, cookies.clear(&state));
    response
}

async fn complete(
    doors: &Doors,
    headers: &HeaderMap,
    client: &Client,
    params: CallbackParams,
    sealed: Option<&str>,
    trail: &mut Trail,
) -> Result<Response, SignInError> {
    let services = &doors.services;
    let attempt = services.sign_in.attempt(&params, sealed)?;
    trail.of(&attempt);
    services.people.use_attempt(&attempt).await?;
    let finished = match services.sign_in.finish(&attempt, params).await {
        // It could not go unseen: once more, and the provider may show what it wants. Never a second time, because
        // that sign-in is not a silent one.
        Err(SignInError::NeedsInteraction) => {
            let begun = services.sign_in.begin_visibly(&attempt).await?;
            return Ok(off_to_provider(doors, headers, &begun));
        }
        finished => finished?,
    };
    trail.by(&finished);
    let user_id = services.people.admit(&finished).await?;
    // The session before it ends: an id planted before the sign-in is worth nothing after it.
    if let Ok(Who::SignedIn(before)) = session::who_idly(doors, headers).await {
        services.people.sign_out(before.id).await.map_err(|_| SignInError::SessionsUnavailable)?;
    }
    let begun = services.people.begin_session(user_id, &finished, client).await;
    let (secret, expires_at) = begun.map_err(|error| {
        tracing::error!(error = %error, "a session cannot be stored");
        SignInError::SessionsUnavailable
    })?;
    trail.succeeded(doors, user_id).await;
    let mut response = Redirect::to(&attempt.return_to).into_response();
    append(&mut response, session::kept(doors, &secret, expires_at));
    append(&mut response, known::kept(doors, &finished));
    append(&mut response, loops::arriving(headers, doors.is_https()));
    Ok(response)
}

fn off_to_provider(doors: &Doors, headers: &HeaderMap, begun: &Begun) -> Response {
    let mut response = Redirect::to(begun.url.as_str()).into_response();
    for cookie in StateCookies::new(doors.is_https()).set(headers, &begun.state, &begun.sealed) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn append(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
