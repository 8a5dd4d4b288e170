//! Pages and the server functions they call.

use std::sync::Arc;

use app::{
    context::{Asker, RequestContext},
    status::language_cookie,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Redirect, Response},
};
use futures::{StreamExt as _, stream};
use leptos::{
    nonce::use_nonce,
    prelude::{RenderHtml as _, provide_context},
    server_fn::axum::server_fn_paths,
};
use leptos_axum::ResponseOptions;
use model::{EndReason, Fault, FaultKind};
use services::{clock, people::ActiveSession};
use texts::Language;

use crate::{
    Doors,
    auth::{arrived, sign_in_anew_path, sign_in_path},
    fault, notices,
    request::{self, CorrelationId},
    routes::Routes,
    secure,
    session::{self, Who, who, who_idly},
};

const LARGEST_FAULT_BYTES: usize = 64 * 1024;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/", async || Redirect::to("/chat"))
        .get("/chat", page)
        .get("/chat/{conversation_id}", page)
        .get("/profile", page)
        .get("/admin", page)
        .any("/fn/{*name}", server_function)
}

/// A page, for whoever is signed in; everybody else goes to the provider first and comes back.
async fn page(State(doors): State<Doors>, correlation_id: CorrelationId, request: Request) -> Response {
    let headers = request.headers().clone();
    let here = request.uri().path_and_query().map_or("/chat", |here| here.as_str());
    let mut response = match who(&doors, &headers).await {
        Ok(Who::SignedIn(session)) => {
            let renewed = renewed(&doors, &session).await;
            let chosen = session.languages.chosen;
            let mut response = render(&doors, correlation_id, session, request).await;
            let language = remembered(&headers, chosen);
            for cookie in [renewed, arrived(&headers, doors.is_https()), language].into_iter().flatten() {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            return response;
        }
        // Somebody meant these sessions to be over: the provider's memory of the person alone does not undo that.
        Ok(Who::Gone(EndReason::Revoked | EndReason::EndedElsewhere)) => {
            Redirect::to(&sign_in_anew_path(here)).into_response()
        }
        Ok(Who::Nobody | Who::Gone(_)) => Redirect::to(&sign_in_path(here)).into_response(),
        Err(error) => return notices::unrecognisable(&doors, &headers, &error, &correlation_id),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The cookie that keeps the language somebody chose, where the browser does not have it yet.
fn remembered(headers: &HeaderMap, chosen: Option<Language>) -> Option<HeaderValue> {
    let is_new = chosen.is_some() && request::remembered_language(headers) != chosen;
    is_new.then(|| HeaderValue::from_str(&language_cookie(chosen)).ok()).flatten()
}

/// The cookie of a session whose id had to be replaced.
async fn renewed(doors: &Doors, session: &ActiveSession) -> Option<HeaderValue> {
    if !session.renewal_due {
        return None;
    }
    match doors.services.people.renew_session(session).await {
        Ok(secret) => session::kept(doors, &secret?, session.expires_at),
        Err(error) => {
            tracing::warn!(error = %error, "a session's id cannot be renewed now");
            None
        }
    }
}

/// Unknown addresses are pages that do not exist for people who browse, and a 401 or a 404 for everything else.
pub(crate) async fn anything_else(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    request: Request,
) -> Response {
    let path = request.uri().path();
    let is_page = request.method().is_safe() && !path.starts_with("/api/") && !path.starts_with("/fn/");
    if is_page {
        return page(State(doors), correlation_id, request).await;
    }
    // The app-to-app API is switched off; it does not know sessions.
    if path.starts_with("/api/v1/") {
        return fault::problem(FaultKind::NotFound, "There is no such resource.", &correlation_id);
    }
    match who(&doors, request.headers()).await {
        Ok(Who::SignedIn(_)) => fault::problem(FaultKind::NotFound, "There is no such resource.", &correlation_id),
        Ok(Who::Nobody | Who::Gone(_)) => fault::problem(FaultKind::SignedOut, "Sign in first.", &correlation_id),
        Err(error) => error.problem(&correlation_id),
    }
}

async fn render(doors: &Doors, correlation_id: CorrelationId, session: ActiveSession, request: Request) -> Response {
    let mut context = context(doors, correlation_id, Who::SignedIn(session), &request);
    let (page, retry_after_secs) = app::preload(&context, request.uri()).await;
    context.page = Some(Arc::new(page));
    let language = context.language;
    let live_reload = cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some();
    let provider = doors.services.sign_in.origin();
    let provide = move || {
        provide_context(context.clone());
        let response = leptos::prelude::expect_context::<ResponseOptions>();
        let nonce = use_nonce().unwrap_or_default();
        if let Ok(policy) = HeaderValue::from_str(&secure::page_policy(&nonce, Some(&provider), live_reload)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(secs) = retry_after_secs {
            response.insert_header(header::RETRY_AFTER, secs.into());
        }
    };
    // All of it was found out before, so nothing comes behind the document: not Leptos' scripts for that either.
    let mut response = leptos_axum::handle_response_inner(provide, app::shell::shell, request, |document, _rest, _| {
        Box::pin(async move { stream::iter([document.to_html()]).boxed() })
    })
    .await;
    request::is_in(language, &mut response);
    response
}

/// Functions that open pages call by themselves: to see whether their session goes on, and to wait for news.
const LOOKING: [&str; 2] = ["/fn/viewer", "/fn/news"];

/// Whether nobody is using the session by this request. Pages say so of what they read because of news.
fn is_looking_on(uri: &Uri) -> bool {
    LOOKING.contains(&uri.path()) || uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "idle=true"))
}

/// `POST` or `GET /fn/*`. Who is asking is checked again by the function itself.
async fn server_function(State(doors): State<Doors>, correlation_id: CorrelationId, request: Request) -> Response {
    if !server_fn_paths().any(|(path, _)| path == request.uri().path()) {
        return anything_else(State(doors), correlation_id, request).await;
    }
    let who = if is_looking_on(request.uri()) {
        who_idly(&doors, request.headers()).await
    } else {
        who(&doors, request.headers()).await
    };
    let who = match who {
        Ok(who) => who,
        Err(error) => {
            let language = request::language(request.headers());
            return failed(texts::in_language(language, || error.0.into_fault(&correlation_id.0)));
        }
    };
    let context = context(&doors, correlation_id, who, &request);
    let language = context.language;
    let provide = move || provide_context(context.clone());
    let mut response =
        with_status(leptos_axum::handle_server_fns_with_context(provide, request).await.into_response()).await;
    request::is_in(language, &mut response);
    // Proxies that gather an answer before they pass it on (nginx does) would hold a reply's events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn context(doors: &Doors, id: CorrelationId, who: Who, request: &Request) -> RequestContext {
    let browser_language = request::browser_language(request.headers());
    let language = match &who {
        // The browser's cookie may be of somebody who used it before.
        Who::SignedIn(session) => session.languages.language().or(browser_language).unwrap_or_default(),
        Who::Gone(_) | Who::Nobody => request::language(request.headers()),
    };
    let (asker, gone) = match who {
        Who::SignedIn(session) => {
            let expires_at = clock::rfc3339(session.expires_at).into();
            let ActiveSession { id, viewer, languages, .. } = session;
            (Some(Asker { viewer, session: id, languages, expires_at }), None)
        }
        Who::Gone(reason) => (None, Some(reason)),
        Who::Nobody => (None, None),
    };
    RequestContext {
        services: Arc::clone(&doors.services),
        asker,
        gone,
        correlation_id: id.0,
        plain_form: request.method() == axum::http::Method::POST && request::accepts_html(request.headers()),
        sealed_logs: Arc::clone(&doors.sealed_logs),
        assets: Arc::clone(&doors.site.assets),
        language,
        browser_language,
        theme: request::theme(request.headers()),
        page: None,
    }
}

/// Server functions answer every error with 500; the fault inside says what it really is.
async fn with_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_FAULT_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(fault) = serde_json::from_slice::<Fault>(&body) {
        parts.status = fault::status(fault.kind);
    }
    Response::from_parts(parts, Body::from(body))
}

/// A fault in the form in which server functions answer.
pub(crate) fn failed(fault: Fault) -> Response {
    let json = HeaderValue::from_static("application/json");
    let body = serde_json::to_string(&fault).unwrap_or_default();
    (fault::status(fault.kind), [(header::CONTENT_TYPE, json)], body).into_response()
}
