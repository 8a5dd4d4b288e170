//! Pages and the server functions they call.

use std::sync::Arc;

use app::context::RequestContext;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::{any, get},
};
use leptos::{nonce::use_nonce, prelude::provide_context};
use leptos_axum::ResponseOptions;
use model::{Fault, FaultKind};
use services::clock;
use tower_sessions::Session;

use crate::{
    Doors,
    auth::sign_in_path,
    fault, notices,
    request::{self, CorrelationId},
    secure,
    session::{SessionsUnavailable, SignedIn, who},
};

const LARGEST_FAULT_BYTES: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Doors> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/chat") }))
        .route("/chat", get(page))
        .route("/chat/{conversation_id}", get(page))
        .route("/profile", get(page))
        .route("/fn/{*name}", any(server_function))
}

/// A page, for whoever is signed in; everybody else goes to the provider first and comes back.
async fn page(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    session: Session,
    request: Request,
) -> Response {
    match who(&session).await {
        Ok(Some(signed_in)) => render(&doors, correlation_id, signed_in, request).await,
        Ok(None) => {
            let here = request.uri().path_and_query().map_or("/chat", |here| here.as_str());
            Redirect::to(&sign_in_path(here)).into_response()
        }
        Err(SessionsUnavailable) => notices::unavailable(&doors, request.headers(), &correlation_id),
    }
}

/// Unknown addresses are pages that do not exist for people who browse, and a 401 or a 404 for everything else.
pub(crate) async fn anything_else(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    session: Session,
    request: Request,
) -> Response {
    let is_page = request.method().is_safe() && !request.uri().path().starts_with("/api/");
    if is_page {
        return page(State(doors), correlation_id, session, request).await;
    }
    let (kind, detail) = match who(&session).await {
        // The app-to-app API is switched off; it does not know sessions.
        _ if request.uri().path().starts_with("/api/v1/") => (FaultKind::NotFound, "There is no such resource."),
        Ok(Some(_)) => (FaultKind::NotFound, "There is no such resource."),
        Ok(None) => (FaultKind::SignedOut, "Sign in first."),
        Err(SessionsUnavailable) => (FaultKind::Unavailable, "Sessions cannot be looked up right now."),
    };
    fault::problem(kind, detail, &correlation_id)
}

async fn render(doors: &Doors, correlation_id: CorrelationId, signed_in: SignedIn, request: Request) -> Response {
    let mut context = context(doors, correlation_id, Some(signed_in), &request);
    context.page = Some(Arc::new(app::preload(&context, request.uri()).await));
    let live_reload = cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some();
    let provider = doors.services.sign_in.origin();
    let provide = move || {
        provide_context(context.clone());
        let response = leptos::prelude::expect_context::<ResponseOptions>();
        let nonce = use_nonce().unwrap_or_default();
        if let Ok(policy) = HeaderValue::from_str(&secure::page_policy(&nonce, Some(&provider), live_reload)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    leptos_axum::render_app_async_with_context(provide, app::shell::shell)(request).await
}

/// `POST` or `GET /fn/*`. Who is asking is checked again by the function itself.
async fn server_function(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    session: Session,
    request: Request,
) -> Response {
    let signed_in = match who(&session).await {
        Ok(signed_in) => signed_in,
        Err(SessionsUnavailable) => {
            return failed(Fault {
                kind: FaultKind::Unavailable,
                message: "The database cannot be reached. Nothing you typed is lost; try again in a moment.".to_owned(),
                correlation_id: correlation_id.0.to_string(),
            });
        }
    };
    let context = context(&doors, correlation_id, signed_in, &request);
    let provide = move || provide_context(context.clone());
    let mut response =
        with_status(leptos_axum::handle_server_fns_with_context(provide, request).await.into_response()).await;
    // Proxies that gather an answer before they pass it on (nginx does) would hold a reply's events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn context(doors: &Doors, id: CorrelationId, signed_in: Option<SignedIn>, request: &Request) -> RequestContext {
    let expires_at = signed_in.as_ref().map(|signed_in| clock::rfc3339(signed_in.expires_at)).unwrap_or_default();
    RequestContext {
        services: Arc::clone(&doors.services),
        viewer: signed_in.map(|signed_in| signed_in.viewer),
        session_expires_at: expires_at.into(),
        correlation_id: id.0,
        plain_form: request.method() == axum::http::Method::POST && request::accepts_html(request.headers()),
        sealed_logs: Arc::clone(&doors.sealed_logs),
        assets: Arc::clone(&doors.site.assets),
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
fn failed(fault: Fault) -> Response {
    let json = HeaderValue::from_static("application/json");
    let body = serde_json::to_string(&fault).unwrap_or_default();
    (fault::status(fault.kind), [(header::CONTENT_TYPE, json)], body).into_response()
}
