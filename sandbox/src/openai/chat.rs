//! The chat completion endpoints: address, credential, request, then stream or whole answer.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;
use url::form_urlencoded;

use super::request::ChatRequest;
use super::{auth, completion, errors, faulty, player, relay, script};
use crate::faults::Target;
use crate::http::header_str;
use crate::model;
use crate::state::Shared;

/// Dated versions the deployment form knows.
const API_VERSIONS: &[&str] = &[
    "2024-02-01",
    "2024-06-01",
    "2024-10-21",
    "2024-09-01-preview",
    "2024-10-01-preview",
    "2024-12-01-preview",
    "2025-01-01-preview",
    "2025-02-01-preview",
    "2025-03-01-preview",
    "2025-04-01-preview",
];

/// `POST /openai/deployments/{deployment}/chat/completions?api-version=…`; the body's `model` is ignored.
pub async fn deployment(
    State(state): State<Shared>,
    Path(deployment): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let known = api_version(query.as_deref()).is_some_and(|v| API_VERSIONS.contains(&v.as_str()));
    let call = Call { state: &state, path: uri.path(), headers: &headers, v1: false };
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let response = if known { call.answer(&deployment, body).await } else { errors::not_found() };
    call.finish(response, &deployment)
}

/// `POST /openai/v1/chat/completions`; `model` is the deployment's name.
pub async fn v1(
    State(state): State<Shared>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call { state: &state, path: uri.path(), headers: &headers, v1: true };
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let deployment = body.get("model").and_then(Value::as_str).unwrap_or_default().to_owned();
    let tolerated = state.options.v1_tolerates_api_version;
    let response = if api_version(query.as_deref()).is_some() && !tolerated {
        errors::api_version_refused()
    } else {
        call.answer(&deployment, body).await
    };
    call.finish(response, &deployment)
}

fn api_version(query: Option<&str>) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes())
        .find(|(name, _)| name == "api-version")
        .map(|(_, value)| value.into_owned())
}

struct Call<'a> {
    state: &'a Shared,
    path: &'a str,
    headers: &'a HeaderMap,
    v1: bool,
}

impl Call<'_> {
    async fn answer(&self, deployment: &str, body: Value) -> Response {
        match self.try_answer(deployment, body).await {
            Ok(response) => response,
            Err(response) => *response,
        }
    }

    async fn try_answer(&self, deployment: &str, body: Value) -> Result<Response, Box<Response>> {
        let state = self.state;
        auth::check(state, self.headers, self.v1)?;
        if !state.options.deployments.iter().any(|d| d == deployment) {
            return Err(Box::new(errors::deployment_not_found()));
        }
        let request = ChatRequest::parse(deployment, body)?;
        let target = Target {
            path: self.path,
            method: "POST",
            deployment: Some(deployment),
            question: Some(request.last_question()),
            ..Target::default()
        };
        if let Some(fault) = state.faults.take("openai", faulty::BEFORE, &target) {
            return Err(faulty::answer(&fault));
        }
        let faults = faulty::Streaming::take(&state.faults, &target);
        if let Some(upstream) = &state.options.upstream
            && faults.is_empty()
        {
            return Ok(relay::relay(state, upstream, &request).await);
        }
        let answer = model::answer(&request);
        match answer.incident {
            Some(model::Incident::PromptFiltered) => {
                return Err(Box::new(errors::prompt_filtered(false)));
            }
            Some(model::Incident::RateLimited) => {
                let retry = errors::RetryAfter { secs: Some("7".into()), millis: None };
                return Err(Box::new(errors::rate_limited("429", &retry)));
            }
            _ => {}
        }
        if request.stream {
            let steps = script::build(&request, &answer, &faults, state.options.tokens_per_second);
            Ok(player::response(steps, state.stopping.clone()))
        } else {
            completion::respond(&request, &answer, &faults, &state.options).await
        }
    }

    fn finish(&self, response: Response, deployment: &str) -> Response {
        let mut response = errors::stamp(response, deployment);
        if let Some(id) = header_str(self.headers, "x-ms-client-request-id") {
            response = crate::http::with_headers(response, &[("x-ms-client-request-id", id)]);
        }
        if response.status() == StatusCode::OK {
            response = crate::http::with_headers(response, &[("x-ms-rai-invoked", "true")]);
        }
        response
    }
}
