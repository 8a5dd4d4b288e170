//! What a caller asks for, in the members of OpenAI's "Create chat completion".

use model::Role;
use serde_json::{Map, Value, json};

use crate::completions::Turn;

/// Members that are passed on as they are. Others either mean nothing here or would have the service keep something
/// (`store`, `metadata`).
const PASSED_ON: [&str; 25] = [
    "messages",
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "modalities",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "stream",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "verbosity",
];
/// Answers to one request are paid for one by one.
const MOST_CHOICES: u64 = 8;

/// A member that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub param: &'static str,
    pub message: String,
}

/// A checked request.
pub(super) struct Request {
    pub(super) model: String,
    pub(super) stream: bool,
    /// Whether the caller wants to see the usage at the end of a stream.
    pub(super) wants_usage: bool,
    body: Map<String, Value>,
}

impl Request {
    /// Checks what decides about the answer's form and about what it costs; the rest is for the service to judge.
    pub(super) fn read(mut body: Map<String, Value>) -> Result<Self, Rejected> {
        let rejected = |param, message: &str| Err(Rejected { param, message: message.to_owned() });
        let model = match body.get("model") {
            Some(Value::String(model)) if !model.is_empty() => model.clone(),
            _ => return rejected("model", "You have to name a model: a string."),
        };
        let stream = match body.get("stream") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(stream)) => *stream,
            Some(_) => return rejected("stream", "Invalid 'stream': it has to be true or false."),
        };
        let wants_usage = match body.get("stream_options") {
            None | Some(Value::Null) => false,
            Some(_) if !stream => {
                return rejected("stream_options", "Invalid 'stream_options': only with 'stream' set to true.");
            }
            Some(Value::Object(options)) => match options.get("include_usage") {
                None | Some(Value::Null) => false,
                Some(Value::Bool(wanted)) => *wanted,
                Some(_) => return rejected("stream_options", "Invalid 'include_usage': it has to be true or false."),
            },
            Some(_) => return rejected("stream_options", "Invalid 'stream_options': it has to be an object."),
        };
        match body.get("messages") {
            Some(Value::Array(messages)) if !messages.is_empty() && messages.iter().all(is_message) => {}
            _ => {
                return rejected(
                    "messages",
                    "Invalid 'messages': a list of at least one message, each with a role and content.",
                );
            }
        }
        match body.get("n") {
            None | Some(Value::Null) => {}
            Some(n) if n.as_u64().is_some_and(|n| (1..=MOST_CHOICES).contains(&n)) => {}
            Some(_) => return rejected("n", "Invalid 'n': a whole number from 1 to 8."),
        }
        body.retain(|name, value| PASSED_ON.contains(&name.as_str()) && !value.is_null());
        Ok(Self { model, stream, wants_usage, body })
    }

    /// What the service is sent. `user` is a pseudonym for its abuse monitoring.
    pub(super) fn upstream(&self, user: &str) -> Value {
        let mut body = self.body.clone();
        body.insert("user".to_owned(), user.into());
        body.insert("stream".to_owned(), self.stream.into());
        if self.stream {
            // Always wanted here, for the meter.
            body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
        }
        Value::Object(body)
    }

    /// The messages as far as they are text, to be counted where the service does not.
    pub(super) fn turns(&self) -> Vec<Turn> {
        let messages = self.body.get("messages").and_then(Value::as_array).into_iter().flatten();
        messages.map(|message| Turn { role: Role::User, text: text_of(message) }).collect()
    }
}

const ROLES: [&str; 6] = ["developer", "system", "user", "assistant", "tool", "function"];
const PARTS: [&str; 5] = ["text", "image_url", "input_audio", "file", "refusal"];

fn is_message(message: &Value) -> bool {
    let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
    let has_content = match message.get("content") {
        Some(Value::String(_)) => true,
        Some(Value::Array(parts)) => parts.iter().all(is_part),
        // An answer that only calls tools has none.
        None | Some(Value::Null) => matches!(role, "assistant" | "function"),
        Some(_) => false,
    };
    has_content && ROLES.contains(&role)
}

fn is_part(part: &Value) -> bool {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    PARTS.contains(&kind) && (kind != "text" || part.get("text").is_some_and(Value::is_string))
}

fn text_of(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
