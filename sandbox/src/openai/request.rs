//! A chat completion request: parsed and checked the way the model's family does.

use axum::response::Response;
use serde_json::{Map, Value};

use super::errors;

/// What reasoning models turn down, whatever the value.
const REASONING_REFUSES: &[&str] =
    &["max_tokens", "top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias"];
const ROLES: &[&str] = &["system", "developer", "user", "assistant", "tool", "function"];
const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh"];
const VERBOSITIES: &[&str] = &["low", "medium", "high"];

/// One message, its content flattened to text.
#[derive(Clone, Debug)]
pub struct Message {
    pub role: String,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct ChatRequest {
    pub deployment: String,
    pub messages: Vec<Message>,
    pub stream: bool,
    pub include_usage: bool,
    /// Reasoning counts against it.
    pub max_tokens: Option<u64>,
    pub reasoning_effort: String,
    pub raw: Value,
}

impl ChatRequest {
    pub fn parse(deployment: &str, raw: Value) -> Result<Self, Box<Response>> {
        let Some(body) = raw.as_object() else {
            return Err(Box::new(errors::invalid(None, None, "We could not parse the JSON body of your request.")));
        };
        let reasoning = is_reasoning(deployment);
        check_parameters(body, reasoning)?;
        let messages = messages(body)?;
        let limit = context_limit(deployment);
        let asked: usize = messages.iter().map(|m| estimate_tokens(&m.text) + 4).sum();
        if asked > limit {
            return Err(Box::new(errors::context_length(limit, asked)));
        }
        let stream = body.get("stream").and_then(Value::as_bool).unwrap_or(false);
        if !stream && body.get("stream_options").is_some_and(|v| !v.is_null()) {
            return Err(Box::new(errors::invalid(
                Some("stream_options"),
                None,
                "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            )));
        }
        Ok(Self {
            deployment: deployment.to_owned(),
            messages,
            stream,
            include_usage: body
                .get("stream_options")
                .and_then(|options| options.get("include_usage"))
                .and_then(Value::as_bool)
                .unwrap_or(false),
            max_tokens: ["max_completion_tokens", "max_tokens"].iter().find_map(|name| body.get(*name)?.as_u64()),
            reasoning_effort: body.get("reasoning_effort").and_then(Value::as_str).unwrap_or("medium").to_owned(),
            raw,
        })
    }

    pub fn prompt_tokens(&self) -> u64 {
        self.messages.iter().map(|m| estimate_tokens(&m.text) as u64 + 4).sum::<u64>() + 3
    }

    pub fn last_question(&self) -> &str {
        self.messages.iter().rev().find(|m| m.role == "user").map_or("", |m| m.text.as_str())
    }

    /// The model's full name, with its version date.
    pub fn model(&self) -> String {
        let version = match self.deployment.as_str() {
            "gpt-4o" => "2024-11-20",
            _ => "2025-08-07",
        };
        format!("{}-{version}", self.deployment)
    }
}

pub fn is_reasoning(deployment: &str) -> bool {
    deployment.starts_with("gpt-5") || deployment.starts_with('o')
}

pub fn context_limit(deployment: &str) -> usize {
    if is_reasoning(deployment) { 272_000 } else { 128_000 }
}

/// About four characters of English per token; other scripts need more.
pub fn estimate_tokens(text: &str) -> usize {
    let (ascii, other) = text.chars().fold(
        (0, 0),
        |(ascii, other), c| {
            if c.is_ascii() { (ascii + 1, other) } else { (ascii, other + 1) }
        },
    );
    usize::div_ceil(ascii, 4) + other
}

fn check_parameters(body: &Map<String, Value>, reasoning: bool) -> Result<(), Box<Response>> {
    let given = |name: &str| body.get(name).filter(|value| !value.is_null());
    if reasoning {
        for name in REASONING_REFUSES {
            if given(name).is_some() {
                return Err(Box::new(errors::unsupported_parameter(name)));
            }
        }
        if let Some(value) = given("temperature")
            && value.as_f64() != Some(1.)
        {
            return Err(Box::new(errors::unsupported_value("temperature", value)));
        }
    } else {
        for name in ["reasoning_effort", "verbosity"] {
            if given(name).is_some() {
                return Err(Box::new(errors::invalid(
                    Some(name),
                    None,
                    &format!("Unrecognized request argument supplied: {name}"),
                )));
            }
        }
    }
    for (name, known) in [("reasoning_effort", EFFORTS), ("verbosity", VERBOSITIES)] {
        if let Some(value) = given(name)
            && !value.as_str().is_some_and(|value| known.contains(&value))
        {
            return Err(Box::new(errors::invalid(
                Some(name),
                Some("unsupported_value"),
                &format!("Unsupported value: '{name}' does not support {value} with this model."),
            )));
        }
    }
    if let Some(value) = given("temperature")
        && !value.as_f64().is_some_and(|t| (0. ..=2.).contains(&t))
    {
        return Err(Box::new(errors::invalid(
            Some("temperature"),
            None,
            &format!("Invalid 'temperature': {value} is not a number between 0 and 2."),
        )));
    }
    Ok(())
}

fn messages(body: &Map<String, Value>) -> Result<Vec<Message>, Box<Response>> {
    let bad = |message: &str| Box::new(errors::invalid(Some("messages"), None, message));
    let Some(list) = body.get("messages") else {
        return Err(bad("Missing required parameter: 'messages'."));
    };
    let Some(list) = list.as_array().filter(|list| !list.is_empty()) else {
        return Err(bad("Invalid 'messages': empty array. Expected an array with minimum length 1."));
    };
    let messages: Option<Vec<Message>> = list.iter().map(message).collect();
    let Some(messages) = messages else {
        return Err(bad("Invalid 'messages': every message needs a known role and a content."));
    };
    let has = |role: &str| messages.iter().any(|m| m.role == role);
    if has("system") && has("developer") {
        return Err(bad("'system' and 'developer' messages cannot be used in the same request."));
    }
    Ok(messages)
}

fn message(value: &Value) -> Option<Message> {
    let role = value.get("role")?.as_str()?;
    if !ROLES.contains(&role) {
        return None;
    }
    let text = match value.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).collect::<Vec<_>>().join("\n")
        }
        None | Some(Value::Null) if role == "assistant" => String::new(),
        _ => return None,
    };
    Some(Message { role: role.to_owned(), text })
}
