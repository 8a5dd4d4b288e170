//! The JSON of stream chunks and content filter annotations, member order as on the wire.

use serde_json::{Value, json};

use super::request::ChatRequest;
use crate::{clock, faults::Fault, random};

fn severities() -> Value {
    let safe = json!({"filtered": false, "severity": "safe"});
    json!({"hate": safe, "self_harm": safe, "sexual": safe, "violence": safe})
}

pub fn safe_prompt() -> Value {
    let mut results = severities();
    results["jailbreak"] = json!({"filtered": false, "detected": false});
    results
}

pub fn safe_content() -> Value {
    severities()
}

pub fn safe_message() -> Value {
    let mut results = severities();
    let clear = json!({"filtered": false, "detected": false});
    results["protected_material_code"] = clear.clone();
    results["protected_material_text"] = clear;
    results
}

/// What all chunks of one answer share.
pub struct Envelope {
    pub id: String,
    pub created: i64,
    pub model: String,
    pub fingerprint: String,
    /// With `include_usage` every other chunk says `"usage": null`.
    usage_null: bool,
}

impl Envelope {
    pub fn new(request: &ChatRequest) -> Self {
        Self {
            id: format!("chatcmpl-{}", random::token(21)),
            created: clock::unix_secs(),
            model: request.model(),
            fingerprint: format!("fp_{}", &random::guid()[..10].replace('-', "a")),
            usage_null: request.include_usage,
        }
    }

    pub fn role(&self) -> Value {
        self.choice(json!({
            "content_filter_results": {},
            "delta": {"content": "", "refusal": null, "role": "assistant"},
            "finish_reason": null, "index": 0, "logprobs": null,
        }))
    }

    /// Without `filter` in asynchronous mode.
    pub fn content(&self, text: &str, filter: Option<Value>) -> Value {
        let mut choice = json!({
            "delta": {"content": text}, "finish_reason": null, "index": 0, "logprobs": null,
        });
        if let Some(filter) = filter {
            choice["content_filter_results"] = filter;
        }
        self.choice(choice)
    }

    pub fn finish(&self, reason: &str, filter: Value) -> Value {
        self.choice(json!({
            "content_filter_results": filter, "delta": {},
            "finish_reason": reason, "index": 0, "logprobs": null,
        }))
    }

    pub fn usage(&self, usage: Value) -> Value {
        let mut chunk = self.bare(json!([]));
        chunk["usage"] = usage;
        chunk
    }

    fn choice(&self, choice: Value) -> Value {
        let mut chunk = self.bare(json!([choice]));
        if self.usage_null {
            chunk["usage"] = Value::Null;
        }
        chunk
    }

    fn bare(&self, choices: Value) -> Value {
        json!({
            "choices": choices, "created": self.created, "id": self.id, "model": self.model,
            "object": "chat.completion.chunk", "system_fingerprint": self.fingerprint,
        })
    }
}

/// The first chunk: no choices, empty strings, arrives before any output of the model.
pub fn prompt_annotation() -> Value {
    json!({
        "choices": [], "created": 0, "id": "", "model": "", "object": "",
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": safe_prompt()}],
    })
}

/// The asynchronous filter's verdict on a stretch of text: a choice without `delta`.
pub fn annotation(start: usize, end: usize) -> Value {
    json!({
        "choices": [{
            "content_filter_offsets": {"check_offset": start, "start_offset": start, "end_offset": end},
            "content_filter_results": safe_message(), "finish_reason": null, "index": 0,
        }],
        "created": 0, "id": "", "model": "", "object": "",
    })
}

/// The asynchronous filter takes back what was already shown.
pub fn late_block(end: usize) -> Value {
    json!({
        "choices": [{
            "content_filter_offsets": {"check_offset": 0, "start_offset": 0, "end_offset": end},
            "content_filter_results": {"protected_material_text": {"detected": true, "filtered": true}},
            "finish_reason": "content_filter", "index": 0,
        }],
        "created": 0, "id": "", "model": "", "object": "",
    })
}

pub fn in_stream_error(message: Option<&str>) -> Value {
    let message = message.unwrap_or(
        "The server had an error processing your request. Sorry about that! You can retry your request, or contact us through an Azure support request if you keep seeing this error.",
    );
    json!({"error": {"message": message, "type": "server_error", "param": null, "code": null}})
}

pub fn usage(prompt: u64, completion: u64, reasoning: u64) -> Value {
    json!({
        "completion_tokens": completion + reasoning,
        "completion_tokens_details": {
            "accepted_prediction_tokens": 0, "audio_tokens": 0,
            "reasoning_tokens": reasoning, "rejected_prediction_tokens": 0,
        },
        "prompt_tokens": prompt,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "total_tokens": prompt + completion + reasoning,
    })
}

/// The same, with what a fault says instead.
pub fn usage_as(mut usage: Value, fault: &Fault) -> Value {
    for (name, place) in [
        ("prompt_tokens", "/prompt_tokens"),
        ("completion_tokens", "/completion_tokens"),
        ("cached_tokens", "/prompt_tokens_details/cached_tokens"),
        ("reasoning_tokens", "/completion_tokens_details/reasoning_tokens"),
    ] {
        if let (Some(number), Some(member)) = (fault.number(name), usage.pointer_mut(place)) {
            *member = number.into();
        }
    }
    let sum = ["prompt_tokens", "completion_tokens"].iter().filter_map(|name| usage[*name].as_u64()).sum::<u64>();
    usage["total_tokens"] = sum.into();
    usage
}
