//! Faults ordered for Graph.

use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::auth::unauthorized;
use super::reply::Ids;
use crate::clock;
use crate::constants::{CLIENT_ID, TENANT_ID};
use crate::faults::{Fault, Target};
use crate::http::{json_response, with_headers};
use crate::personas::Persona;
use crate::state::Shared;

const KINDS: &[&str] = &["status", "throttled", "unavailable", "unauthorized", "cae", "garbage", "redirect", "hang"];
const USERINFO_KINDS: &[&str] = &["status", "unavailable", "garbage", "redirect", "hang"];
const PHOTO_KINDS: &[&str] = &["photo_error", "photo_body"];

/// Answers in place of the handler if a fault hits this request.
pub async fn strike(state: &Shared, ids: &Ids, parts: &Parts, persona: Option<&Persona>) -> Result<(), Box<Response>> {
    let target = Target { path: parts.uri.path(), method: parts.method.as_str(), persona, ..Target::default() };
    let mut fault = state.faults.take("graph", KINDS, &target);
    if fault.is_none() && parts.uri.path().contains("/photo") {
        fault = state.faults.take("graph", PHOTO_KINDS, &target);
    }
    let Some(fault) = fault else {
        return Ok(());
    };
    if fault.kind == "hang" {
        std::future::pending::<()>().await;
    }
    Err(answer(ids, &fault))
}

/// The same for the user info endpoint, where faults of Graph strike only if they name it (`"path": "userinfo"`).
pub async fn strike_userinfo(state: &Shared, ids: &Ids, persona: &Persona) -> Result<(), Box<Response>> {
    let target = Target { path: "/oidc/userinfo", method: "GET", persona: Some(persona), ..Target::default() };
    let fault = state.faults.take_if("graph", USERINFO_KINDS, &target, |fault| fault.only.path.is_some());
    match fault {
        None => Ok(()),
        Some(fault) if fault.kind == "hang" => std::future::pending().await,
        Some(fault) => Err(answer(ids, &fault)),
    }
}

fn answer(ids: &Ids, fault: &Fault) -> Box<Response> {
    let status =
        |default| fault.number("status").and_then(|status| StatusCode::from_u16(status as u16).ok()).unwrap_or(default);
    let code = |default| fault.str("code").unwrap_or(default);
    let message = |default| fault.str("message").unwrap_or(default);
    let response = match fault.kind.as_str() {
        "throttled" => {
            let response =
                ids.error(StatusCode::TOO_MANY_REQUESTS, code("TooManyRequests"), message("Too many requests."));
            with_headers(
                response,
                &[
                    ("x-ms-throttle-scope", &format!("Tenant_Application/ReadWrite/{CLIENT_ID}/{TENANT_ID}")),
                    ("x-ms-throttle-information", "ResourceUnitLimitExceeded"),
                ],
            )
        }
        "unavailable" => ids.error(
            StatusCode::SERVICE_UNAVAILABLE,
            code("serviceNotAvailable"),
            message("The service is temporarily unavailable."),
        ),
        "unauthorized" => {
            return unauthorized(ids, message("Access token has expired or is not yet valid."), None);
        }
        "cae" => {
            let claims = json!({"access_token": {"nbf": {"essential": true, "value": clock::unix_secs().to_string()}}});
            return unauthorized(
                ids,
                "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenCreatedWithOutdatedPolicies",
                Some(&STANDARD.encode(claims.to_string())),
            );
        }
        "photo_error" => ids.error(
            status(StatusCode::NOT_FOUND),
            code("ResourceNotFound"),
            message("Resource could not be discovered."),
        ),
        // Something that claims to be a picture: {content_type, body}.
        "photo_body" => (
            StatusCode::OK,
            [(header::CONTENT_TYPE, fault.str("content_type").unwrap_or("image/jpeg").to_owned())],
            fault.str("body").unwrap_or("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>").to_owned(),
        )
            .into_response(),
        "garbage" => {
            (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], "{\"value\":[{\"id\":").into_response()
        }
        "redirect" => (
            StatusCode::FOUND,
            [(header::LOCATION, fault.str("location").unwrap_or("https://elsewhere.invalid/").to_owned())],
        )
            .into_response(),
        _ => match fault.params.get("body") {
            Some(body) => json_response(status(StatusCode::INTERNAL_SERVER_ERROR), body.clone()),
            None => ids.error(
                status(StatusCode::INTERNAL_SERVER_ERROR),
                code("UnknownError"),
                message("The request failed because of a fault ordered from the sandbox."),
            ),
        },
    };
    let response = match fault.params.get("clock_ahead_secs").and_then(serde_json::Value::as_i64) {
        Some(secs) => with_headers(response, &[("date", &clock::http_date(secs))]),
        None => response,
    };
    let retry_after = fault.number("retry_after").or((fault.kind == "throttled").then_some(1));
    Box::new(match retry_after {
        Some(secs) if !fault.flag("no_retry_after") => with_headers(response, &[("retry-after", &secs.to_string())]),
        _ => response,
    })
}
