//! Passes requests on to any OpenAI-compatible server (`SANDBOX_UPSTREAM`), such as a local model.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};

use super::chunks;
use super::request::ChatRequest;
use crate::http::json_response;
use crate::state::Shared;

/// Answers as Azure would around what the server says: its stream gets the annotation chunk in front.
pub async fn relay(state: &Shared, upstream: &str, request: &ChatRequest) -> Response {
    let url = format!("{}/chat/completions", upstream.trim_end_matches('/'));
    let mut call = state.http.post(url).json(&translated(state, request));
    if let Some(key) = &state.options.upstream_api_key {
        call = call.bearer_auth(key);
    }
    let response = match call.send().await {
        Ok(response) => response,
        Err(error) => {
            return json_response(
                StatusCode::BAD_GATEWAY,
                json!({"error": {"code": "BadGateway", "message": format!("The sandbox cannot reach SANDBOX_UPSTREAM: {error}")}}),
            );
        }
    };
    let status = response.status();
    if !status.is_success() || !request.stream {
        let body = response.bytes().await.unwrap_or_default();
        return (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    let first = format!("data: {}\n\n", chunks::prompt_annotation());
    let lines = stream::once(async move { Ok(Bytes::from(first)) }).chain(annotated(response.bytes_stream()));
    let headers = [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")];
    (headers, Body::from_stream(lines)).into_response()
}

/// Servers for local models know neither newer parameter names nor the `developer` role.
fn translated(state: &Shared, request: &ChatRequest) -> Value {
    let mut body = request.raw.clone();
    let model = state.options.upstream_model.as_ref();
    body["model"] = model.unwrap_or(&request.deployment).as_str().into();
    if let Some(members) = body.as_object_mut() {
        if let Some(limit) = members.remove("max_completion_tokens") {
            members.insert("max_tokens".into(), limit);
        }
        members.remove("reasoning_effort");
        members.remove("verbosity");
        members.remove("user");
    }
    if let Some(messages) = body["messages"].as_array_mut() {
        for message in messages {
            if message["role"] == "developer" {
                message["role"] = "system".into();
            }
        }
    }
    body
}

/// Adds a filter verdict to every choice, line by line.
fn annotated(
    bytes: impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
) -> impl Stream<Item = reqwest::Result<Bytes>> + Send {
    let mut buffer = BytesMut::new();
    bytes.map(move |packet| {
        buffer.extend_from_slice(&packet?);
        let mut out = BytesMut::new();
        while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
            let line = buffer.split_to(end + 1);
            match annotate(&line) {
                Some(changed) => out.extend_from_slice(changed.as_bytes()),
                None => out.extend_from_slice(&line),
            }
        }
        Ok(out.freeze())
    })
}

fn annotate(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?.trim_end();
    let mut chunk: Value = serde_json::from_str(text.strip_prefix("data:")?.trim()).ok()?;
    for choice in chunk["choices"].as_array_mut()? {
        choice["content_filter_results"] = chunks::safe_content();
    }
    Some(format!("data: {chunk}\n"))
}
