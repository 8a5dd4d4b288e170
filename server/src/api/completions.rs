//! Chat completions in OpenAI's protocol ("Create chat completion"), so that its clients work with another base URL.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use services::{
    calls::{CallError, Completion},
    completions::{Failure, FailureKind},
};
use utoipa::ToSchema;

use super::{
    body::JsonBody,
    caller::{Calling, CostCentreHeader},
    problem::{Kind, Problem},
    replies::{event_stream, until_over},
};
use crate::{Doors, request::CorrelationId};

/// The members that decide; others of OpenAI's reference (tools, response_format, temperature …) are passed on.
#[derive(Deserialize, Serialize, ToSchema)]
pub(super) struct ChatRequest {
    #[schema(min_length = 1, example = "gpt-5-mini")]
    model: String,
    #[schema(min_items = 1)]
    messages: Vec<ChatMessage>,
    stream: Option<bool>,
}

#[derive(Deserialize, Serialize, ToSchema)]
pub(super) struct ChatMessage {
    #[schema(inline)]
    role: ChatRole,
    #[schema(inline)]
    content: ChatContent,
}

/// Text, or parts. Others than text (`image_url`, `input_audio`, `file`) are passed on.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum ChatContent {
    #[schema(example = "What is a covered bond?")]
    Text(String),
    Parts(Vec<ChatPart>),
}

#[derive(Deserialize, Serialize, ToSchema)]
pub(super) struct ChatPart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: ChatPartKind,
    text: String,
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChatPartKind {
    Text,
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChatRole {
    System,
    User,
    Assistant,
}

/// As in OpenAI's reference.
#[derive(Serialize, ToSchema)]
pub(super) struct ChatCompletion {
    id: String,
    object: String,
    created: i64,
    model: String,
    choices: Vec<Map<String, Value>>,
    usage: Option<Map<String, Value>>,
}

/// Have a model complete a conversation, in OpenAI's protocol.
///
/// Streams server-sent events with `"stream": true`, as OpenAI does, up to `data: [DONE]`. `store`, `metadata` and members that
/// OpenAI's reference does not have are not passed on.
#[utoipa::path(post, path = "/api/v1/chat/completions", tag = "OpenAI's protocol", params(CostCentreHeader),
    request_body = ChatRequest,
    responses((status = 200, content((ChatCompletion = "application/json"), (String = "text/event-stream")))))]
pub(super) async fn create(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    body: JsonBody<Map<String, Value>>,
) -> Result<Response, Problem> {
    let (calls, client) = (&doors.services.calls, &calling.caller.client);
    let centre = calling.cost_centre.as_deref();
    let completion = calls.complete(calling.id(), client, centre, body.value, &correlation_id.0).await;
    match completion.map_err(|error| problem(error, &correlation_id))? {
        Completion::Whole(whole) => Ok(Json(whole).into_response()),
        Completion::Events(events) => {
            let frames = events.map(move |event| match event {
                Ok(event) => (format!("data: {event}\n\n"), true),
                Err(failure) => {
                    tracing::warn!(correlation_id = &*correlation_id.0, failure = %failure, "a completion broke off");
                    (format!("data: {}\n\n", broken_off()), false)
                }
            });
            // The last word, unless it broke off before.
            let frames = frames.chain(stream::iter([("data: [DONE]\n\n".to_owned(), true)]));
            let frames = frames.scan(true, |going_on, (frame, is_well)| {
                let was_going_on = std::mem::replace(going_on, is_well && *going_on);
                std::future::ready(was_going_on.then(|| Ok::<_, std::convert::Infallible>(Bytes::from(frame))))
            });
            Ok(event_stream(until_over(&doors, calling, frames)))
        }
    }
}

fn broken_off() -> Value {
    json!({ "error": {
        "message": "The model broke off. Ask again to get a whole answer.",
        "type": "server_error", "param": null, "code": "broken_off",
    } })
}

fn problem(error: CallError, correlation_id: &CorrelationId) -> Problem {
    match error {
        CallError::Rejected(rejected) => Problem::new(Kind::InvalidRequest, rejected.message).in_openais_words(
            "invalid_request_error",
            Some(rejected.param),
            None,
        ),
        CallError::NoSuchModel(name) => {
            let shown: String = name.chars().take(100).collect();
            let detail = format!("The model `{shown}` does not exist or you do not have access to it.");
            Problem::new(Kind::NotFound, detail).in_openais_words(
                "invalid_request_error",
                Some("model"),
                Some("model_not_found"),
            )
        }
        CallError::Failed(error) => {
            let used_up = matches!(error, services::Error::QuotaUsedUp(_));
            let problem = Problem::failed(error, correlation_id);
            if used_up {
                problem.in_openais_words("insufficient_quota", None, Some("insufficient_quota"))
            } else {
                problem
            }
        }
        CallError::Model(failure) => of_model(&failure),
    }
}

/// The service's own words only where they are about the caller's request.
fn of_model(failure: &Failure) -> Problem {
    let (_, _, text) = failure.for_reader();
    let invalid = "invalid_request_error";
    let problem = match &failure.kind {
        FailureKind::Unreachable => Problem::new(Kind::Unavailable, "The model cannot be reached right now."),
        FailureKind::NotAuthorised | FailureKind::NoSuchDeployment | FailureKind::BrokenOff => {
            Problem::new(Kind::ModelFailed, "The model's service did not answer. Tell whoever runs Banter.")
        }
        FailureKind::TooManyRequests(_) => Problem::new(Kind::TooManyRequests, text),
        FailureKind::Filtered(_) => {
            Problem::new(Kind::InvalidRequest, text).in_openais_words(invalid, Some("messages"), Some("content_filter"))
        }
        FailureKind::TooLong => Problem::new(Kind::InvalidRequest, failure.detail()).in_openais_words(
            invalid,
            Some("messages"),
            Some("context_length_exceeded"),
        ),
        FailureKind::Refused => Problem::new(Kind::InvalidRequest, failure.detail()).in_openais_words(
            invalid,
            failure.param(),
            failure.code.as_deref(),
        ),
    };
    let wait = match failure.kind {
        // Limits are counted by the minute.
        FailureKind::TooManyRequests(_) => Some(failure.retry_after_secs().unwrap_or(20)),
        FailureKind::Unreachable => Some(failure.retry_after_secs().unwrap_or(2)),
        _ => None,
    };
    match wait {
        Some(secs) => problem.retry_after(secs),
        None => problem,
    }
}
