//! The chunks as Azure really sends them: every member optional, unknown ones ignored (recorded traffic, not the
//! published schema: the first chunk is empty, chunks of the asynchronous filter have no `delta`). A choice without
//! `delta` that finishes with `content_filter` is that filter's late block: what was sent before has to go.

use std::{borrow::Cow, collections::BTreeMap};

use model::Usage;
use serde::Deserialize;
use serde_json::Value;

use super::{Chunk, Failure, FailureKind, Finish};

/// The pieces of an answer in one `data:` line.
pub(super) fn parse(data: &[u8]) -> Result<Vec<Chunk>, Failure> {
    // What cannot be read is as good as a broken connection; text before it stays.
    let event: Event<'_> =
        serde_json::from_slice(data).map_err(|_| Failure::new(FailureKind::BrokenOff, "an unreadable chunk"))?;
    if let Some(error) = event.error {
        let message = error.get("message").and_then(Value::as_str).unwrap_or("an error without a message");
        return Err(Failure::new(FailureKind::BrokenOff, message));
    }
    let mut chunks = Vec::new();
    for (place, choice) in event.choices.unwrap_or_default().into_iter().enumerate() {
        let reason = choice.finish_reason.as_deref();
        let is_filtered = reason == Some("content_filter");
        if is_filtered && choice.delta.is_none() {
            chunks.push(Chunk::Retracted(filtered_in(data, place)));
        }
        if let Some(text) = choice.delta.and_then(|delta| delta.content).filter(|text| !text.is_empty()) {
            // PostgreSQL stores every character but this one.
            chunks.push(Chunk::Text(text.replace('\0', "\u{fffd}")));
        }
        chunks.extend(reason.map(|reason| {
            Chunk::Finish(match reason {
                "length" => Finish::Length,
                _ if is_filtered => Finish::Filtered(filtered_in(data, place)),
                _ => Finish::Stop,
            })
        }));
    }
    chunks.extend(event.usage.map(|usage| Chunk::Usage(usage.into())));
    Ok(chunks)
}

/// What stepped in, of the choice at `place`. Every chunk has results of the filter; they are read only when they matter.
fn filtered_in(data: &[u8], place: usize) -> Vec<String> {
    let judged: Option<Judged> = serde_json::from_slice(data).ok();
    filtered(judged.and_then(|judged| judged.choices.into_iter().nth(place)?.content_filter_results).as_ref())
}

/// A `usage` member.
pub(crate) fn usage_of(usage: &Value) -> Option<Usage> {
    // Its own `null` comes with every event but the last.
    if usage.is_null() { None } else { UsageOnWire::deserialize(usage).ok().map(Usage::from) }
}

/// The names of the categories that were filtered, for people.
pub(super) fn filtered(results: Option<&BTreeMap<String, Value>>) -> Vec<String> {
    let is_filtered = |result: &Value| result.get("filtered").and_then(Value::as_bool).unwrap_or(false);
    let results = results.into_iter().flatten();
    results.filter(|(_, result)| is_filtered(result)).map(|(name, _)| name.replace('_', " ")).collect()
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    usage: Option<UsageOnWire>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
}

/// The same event, as the filter sees it.
#[derive(Deserialize)]
struct Judged {
    choices: Vec<JudgedChoice>,
}

#[derive(Deserialize)]
struct JudgedChoice {
    content_filter_results: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct UsageOnWire {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u32>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u32>,
}

impl From<UsageOnWire> for Usage {
    fn from(usage: UsageOnWire) -> Self {
        Self {
            counted: false,
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            cached_tokens: usage.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or_default(),
            reasoning_tokens: usage
                .completion_tokens_details
                .and_then(|details| details.reasoning_tokens)
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_first_chunk_and_chunks_without_delta_say_nothing() {
        let first = br#"{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{}]}"#;
        assert_eq!(parse(first).unwrap(), []);
        let annotation = br#"{"id":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{}}]}"#;
        assert_eq!(parse(annotation).unwrap(), []);
    }

    #[test]
    fn a_filtered_end_names_its_categories() {
        let last = br#"{"choices":[{"delta":{},"finish_reason":"content_filter","content_filter_results":
            {"hate":{"filtered":false},"self_harm":{"filtered":true,"severity":"high"}}}]}"#;
        assert_eq!(parse(last).unwrap(), [Chunk::Finish(Finish::Filtered(vec!["self harm".to_owned()]))]);
    }

    #[test]
    fn the_asynchronous_filters_late_block_takes_back_what_was_sent() {
        let late = br#"{"id":"","choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":
            {"protected_material_text":{"detected":true,"filtered":true}},"content_filter_offsets":{"end_offset":9}}]}"#;
        let categories = vec!["protected material text".to_owned()];
        let finish = Chunk::Finish(Finish::Filtered(categories.clone()));
        assert_eq!(parse(late).unwrap(), [Chunk::Retracted(categories), finish]);
    }

    #[test]
    fn an_error_inside_the_stream_breaks_it_off() {
        let error = br#"{"error":{"message":"The server had an error","type":"server_error"}}"#;
        assert_eq!(parse(error).unwrap_err().kind, FailureKind::BrokenOff);
    }
}
