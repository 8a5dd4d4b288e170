//! A completion in one piece, for `stream: false`.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::chunks::{self, Envelope};
use super::errors;
use super::faulty::Streaming;
use super::request::ChatRequest;
use super::script::reasoning_tokens;
use crate::http::json_response;
use crate::model::{Answer, Incident, tokens};
use crate::options::Options;

/// Nobody waits for a whole answer longer than this at the pace of typing.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

pub async fn respond(
    request: &ChatRequest,
    answer: &Answer,
    faults: &Streaming,
    options: &Options,
) -> Result<Response, Box<Response>> {
    if let Some(fault) = faults.get("slow_first_token").or(faults.get("stall")) {
        tokio::time::sleep(Duration::from_millis(fault.number("ms").unwrap_or(5_000))).await;
    }
    if faults.get("hang").is_some() {
        std::future::pending::<()>().await;
    }
    if faults.get("in_stream_error").is_some() || faults.get("cut").is_some() {
        return Err(Box::new(errors::server_error(StatusCode::INTERNAL_SERVER_ERROR)));
    }
    let mut pieces = tokens::split(&answer.text);
    let reasoning = reasoning_tokens(request);
    let mut finish = "stop";
    if let Some(limit) = request.max_tokens {
        let left = limit.saturating_sub(reasoning) as usize;
        if left < pieces.len() {
            pieces.truncate(left);
            finish = "length";
        }
    }
    let mut filter = chunks::safe_message();
    let filtered = faults.get("finish_content_filter").is_some()
        || faults.get("late_block").is_some()
        || answer.incident == Some(Incident::ContentFiltered);
    if filtered {
        pieces.truncate(40);
        finish = "content_filter";
        filter["violence"] = json!({"filtered": true, "severity": "medium"});
    }
    if options.tokens_per_second > 0 {
        let writing = Duration::from_secs(1) * pieces.len() as u32 / options.tokens_per_second;
        tokio::time::sleep(writing.min(LONGEST_WAIT)).await;
    }
    let envelope = Envelope::new(request);
    let usage = chunks::usage(request.prompt_tokens(), pieces.len() as u64, reasoning);
    Ok(json_response(
        StatusCode::OK,
        json!({
            "choices": [{
                "content_filter_results": filter, "finish_reason": finish, "index": 0, "logprobs": null,
                "message": {"annotations": [], "content": pieces.concat(), "refusal": null, "role": "assistant"},
            }],
            "created": envelope.created, "id": envelope.id, "model": envelope.model,
            "object": "chat.completion",
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": chunks::safe_prompt()}],
            "system_fingerprint": envelope.fingerprint,
            "usage": usage,
        }),
    ))
}
