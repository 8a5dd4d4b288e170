//! The authorize endpoint: existing session, picker, consent, or an error.

use std::collections::HashMap;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use url::form_urlencoded;

use super::errors::TokenError;
use super::request::{AuthorizeRequest, Prompt};
use super::sessions::{self, Session};
use super::tenant::Authority;
use super::{discovery, page};
use crate::clock;
use crate::faults::Target;
use crate::http::{self, Origin};
use crate::personas::Persona;
use crate::state::Shared;

/// `GET /{tenant}/oauth2/v2.0/authorize`
pub async fn get(
    State(state): State<Shared>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    origin: Origin,
    headers: HeaderMap,
) -> Response {
    authorize(&state, &tenant, &query.unwrap_or_default(), &origin, &headers).await
}

/// The same request as a form.
pub async fn post(
    State(state): State<Shared>,
    Path(tenant): Path<String>,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = String::from_utf8_lossy(&body).into_owned();
    authorize(&state, &tenant, &form, &origin, &headers).await
}

async fn authorize(state: &Shared, tenant: &str, raw: &str, origin: &Origin, headers: &HeaderMap) -> Response {
    let target = Target { path: "/oauth2/v2.0/authorize", method: "GET", ..Target::default() };
    if state.faults.take("entra", &["hang"], &target).is_some() {
        std::future::pending::<()>().await;
    }
    if state.faults.take("entra", &["down"], &target).is_some() {
        return discovery::unavailable();
    }
    let request = match parse(state, tenant, raw) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let signed_in = sessions::current(state, headers, origin);
    match decide(&request, signed_in) {
        Decision::Continue(session, persona) => finish(state, &request, &session, &persona, false),
        Decision::Ask => picker(state, &request, None),
        Decision::Refuse(error) => request.refuse(&error),
    }
}

fn parse(state: &Shared, tenant: &str, raw: &str) -> Result<AuthorizeRequest, Box<Response>> {
    let authority = Authority::parse(tenant)?;
    AuthorizeRequest::parse(state, authority, raw)
}

enum Decision {
    Continue(Box<Session>, Box<Persona>),
    Ask,
    Refuse(TokenError),
}

/// Whether a session of this browser answers the request.
fn decide(request: &AuthorizeRequest, signed_in: Vec<(Session, Persona)>) -> Decision {
    if matches!(request.prompt, Some(Prompt::Login | Prompt::SelectAccount)) {
        return Decision::Ask;
    }
    let silent = request.prompt == Some(Prompt::None);
    let mut fitting: Vec<_> = signed_in
        .into_iter()
        .filter(|(session, persona)| {
            let hinted = request.login_hint.as_ref().is_none_or(|hint| sessions::matches_hint(session, persona, hint));
            let fresh = request.max_age_secs.is_none_or(|age| clock::unix_secs() - session.auth_time <= age);
            hinted && fresh
        })
        .collect();
    if fitting.len() == 1
        && let Some((session, persona)) = fitting.pop()
    {
        return Decision::Continue(Box::new(session), Box::new(persona));
    }
    match (silent, fitting.is_empty()) {
        (false, _) => Decision::Ask,
        (true, true) => Decision::Refuse(TokenError::new(
            "login_required",
            50058,
            "A silent sign-in request was sent but no user is signed in. The cookies used to represent the user's session were not sent in the request to Azure AD.",
        )),
        (true, false) => Decision::Refuse(TokenError::new(
            "interaction_required",
            16000,
            "Either multiple user identities are available for the current request or selected account is not supported for the scenario.",
        )),
    }
}

/// The last checks before a code is issued.
fn finish(
    state: &Shared,
    request: &AuthorizeRequest,
    session: &Session,
    persona: &Persona,
    consented: bool,
) -> Response {
    let target = Target { path: "/oauth2/v2.0/authorize", method: "GET", persona: Some(persona), ..Target::default() };
    if let Some(fault) = state.faults.take("entra", &["authorize_error"], &target) {
        let mut error = TokenError::new(
            fault.str("error").unwrap_or("server_error"),
            fault.number("code").unwrap_or(90033) as u32,
            fault.str("text").unwrap_or("A transient error has occurred. Please try again."),
        );
        error.suberror = fault.str("subcode").map(Into::into);
        return request.refuse(&error);
    }
    let silent = request.prompt == Some(Prompt::None);
    if !persona.assigned {
        return request.refuse(&TokenError::new(
            if silent { "interaction_required" } else { "access_denied" },
            50105,
            format!(
                "Your administrator has configured the application {} ('{}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator.",
                request.client.name, request.client.id, persona.upn
            ),
        ));
    }
    if let Some(missing) = request.scopes.missing_consent(&request.client.graph_scopes) {
        if silent {
            return request.refuse(&TokenError::new(
                "consent_required",
                65001,
                format!(
                    "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an interactive authorization request for this user and resource.",
                    request.client.id, request.client.name
                ),
            ));
        }
        return http::html(StatusCode::OK, page::approval_needed(request, persona, missing));
    }
    if request.prompt == Some(Prompt::Consent) && !consented {
        return http::html(StatusCode::OK, page::consent(request, persona));
    }
    request.complete(state, session, persona)
}

fn picker(state: &Shared, request: &AuthorizeRequest, message: Option<&str>) -> Response {
    let personas = state.directory().personas.clone();
    http::html(StatusCode::OK, page::picker(request, &personas, message))
}

/// `POST /{tenant}/login`: what the forms of the sign-in pages send.
pub async fn login(
    State(state): State<Shared>,
    Path(tenant): Path<String>,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let raw = form.get("request").map(String::as_str).unwrap_or_default();
    let request = match parse(&state, &tenant, raw) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let choice = form.get("consent").map(String::as_str);
    if form.contains_key("cancel") {
        return request.cancelled();
    }
    if choice == Some("decline") {
        return request.refuse(&TokenError::new("access_denied", 65004, "User declined to consent to access the app."));
    }
    let chosen = form.get("persona").and_then(|oid| state.persona(oid));
    let Some(persona) = chosen else {
        return picker(&state, &request, Some("Choose one of the people below."));
    };
    if persona.disabled {
        let message = format!("AADSTS50057: The account of {} is disabled.", persona.name);
        return picker(&state, &request, Some(&message));
    }
    let (session, cookie) = sessions::sign_in(&state, &headers, &origin, &persona);
    let mut response = finish(&state, &request, &session, &persona, choice == Some("accept"));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
