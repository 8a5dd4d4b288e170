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
    match serde_json::from_slice(data) {
        Ok(event) => chunks(event, data),
        Err(_) => {
            let mended = mended(data);
            // What cannot be read is as good as a broken connection; text before it stays.
            let event = serde_json::from_str(&mended);
            let event = event.map_err(|_| Failure::new(FailureKind::BrokenOff, "an unreadable chunk"))?;
            chunks(event, mended.as_bytes())
        }
    }
}

/// With U+FFFD in place of what is no text: bytes that are not UTF-8, and halves of surrogate pairs, which models that
/// are cut in the middle of a character leave behind.
pub(super) fn mended(data: &[u8]) -> String {
    let text = String::from_utf8_lossy(data);
    let (mut mended, mut rest) = (String::with_capacity(text.len()), &*text);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let (length, is_lone) = match (half(escape), escape.get(6..).and_then(half)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (12, false),
            (Some(0xd800..0xe000), _) => (6, true),
            // The character behind it may be another backslash.
            _ => (1 + escape.chars().nth(1).map_or(0, char::len_utf8), false),
        };
        mended.push_str(if is_lone { "\\ufffd" } else { &escape[..length] });
        rest = &escape[length..];
    }
    mended + rest
}

/// The code unit that `text` begins with as an escape.
fn half(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

fn chunks(event: Event<'_>, data: &[u8]) -> Result<Vec<Chunk>, Failure> {
    if let Some(error) = event.error {
        let message = error.get("message").and_then(Value::as_str).unwrap_or("an error without a message");
        return Err(Failure::new(FailureKind::BrokenOff, message));
    }
    let mut chunks = Vec::new();
    for (place, choice) in event.choices.unwrap_or_default().into_iter().enumerate() {
        // One answer is asked for; whatever sends two means the first.
        if choice.index.is_some_and(|index| index.as_u64() != Some(0)) {
            continue;
        }
        let reason = choice.finish_reason.as_ref().map(|reason| reason.as_str().unwrap_or_default());
        let is_filtered = reason == Some("content_filter");
        if is_filtered && choice.delta.is_none() {
            chunks.push(Chunk::Retracted(filtered_in(data, place)));
        }
        // A model that refuses says so in a member of its own.
        let said = choice.delta.and_then(|delta| delta.content.filter(|text| !text.is_empty()).or(delta.refusal));
        if let Some(text) = said.filter(|text| !text.is_empty()) {
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
    chunks.extend(event.usage.as_ref().and_then(usage_of).map(Chunk::Usage));
    Ok(chunks)
}

/// What stepped in, of the choice at `place`. Every chunk has results of the filter; they are read only when they matter.
fn filtered_in(data: &[u8], place: usize) -> Vec<String> {
    let judged: Option<Judged> = serde_json::from_slice(data).ok();
    filtered(judged.and_then(|judged| judged.choices.into_iter().nth(place)?.content_filter_results).as_ref())
}

/// A `usage` member. `None` for its own `null`, which comes with every event but the last, and for one that does not say
/// how much: then it is counted.
pub(crate) fn usage_of(usage: &Value) -> Option<Usage> {
    let details = |member: &str, of: &str| usage.get(member).and_then(|details| tokens(details.get(of)?));
    Some(Usage {
        counted: false,
        prompt_tokens: tokens(usage.get("prompt_tokens")?)?,
        completion_tokens: tokens(usage.get("completion_tokens")?)?,
        cached_tokens: details("prompt_tokens_details", "cached_tokens").unwrap_or_default(),
        reasoning_tokens: details("completion_tokens_details", "reasoning_tokens").unwrap_or_default(),
    })
}

/// As many as JSON's number says, which has no integers: `5.0` is five.
fn tokens(number: &Value) -> Option<u32> {
    let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within the type's bounds")]
    (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u32)
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
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    finish_reason: Option<Value>,
    index: Option<Value>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(borrow)]
    refusal: Option<Cow<'a, str>>,
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

    fn text(data: &[u8]) -> String {
        let texts = parse(data).unwrap().into_iter().map(|chunk| match chunk {
            Chunk::Text(text) => text,
            chunk => panic!("{chunk:?}"),
        });
        texts.collect()
    }

    #[test]
    fn half_a_character_does_not_break_an_answer_off() {
        let said = |content: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{content}"}}}}]}}"#);
        assert_eq!(text(said(r"half \ud83d").as_bytes()), "half \u{fffd}");
        assert_eq!(text(said(r"\ude00 end").as_bytes()), "\u{fffd} end");
        let mixed = said(r"\ud83d\ud83d\ude00 \\ud83d \u00e9\n\ude00");
        assert_eq!(text(mixed.as_bytes()), "\u{fffd}\u{1f600} \\ud83d é\n\u{fffd}");
        let mut bytes = said("a?b").into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
        bytes[at] = 0xff;
        assert_eq!(text(&bytes), "a\u{fffd}b");
    }

    #[test]
    fn odd_numbers_beside_an_answer_do_not_break_it_off() {
        let usage =
            |prompt: &str| format!(r#"{{"choices":[],"usage":{{"prompt_tokens":{prompt},"completion_tokens":2}}}}"#);
        let known = |prompt_tokens| [Chunk::Usage(Usage { prompt_tokens, completion_tokens: 2, ..Usage::default() })];
        assert_eq!(parse(usage("5").as_bytes()).unwrap(), known(5));
        assert_eq!(parse(usage("5.0").as_bytes()).unwrap(), known(5));
        for unknown in ["-5", "\"5\"", "5000000000", "1e18", "null", "[]"] {
            assert_eq!(parse(usage(unknown).as_bytes()).unwrap(), [], "{unknown} is counted");
        }
        assert_eq!(parse(br#"{"choices":[],"usage":{}}"#).unwrap(), []);
        let number = br#"{"choices":[{"index":0,"delta":{},"finish_reason":7}]}"#;
        assert_eq!(parse(number).unwrap(), [Chunk::Finish(Finish::Stop)]);
    }

    #[test]
    fn one_answer_is_read_and_a_refusal_is_one() {
        let two = br#"{"choices":[{"index":0,"delta":{"content":"zero"}},{"index":1,"delta":{"content":"ONE"}}]}"#;
        assert_eq!(text(two), "zero");
        assert_eq!(text(br#"{"choices":[{"delta":{"content":null,"refusal":"I cannot."}}]}"#), "I cannot.");
    }

    #[test]
    fn an_error_inside_the_stream_breaks_it_off() {
        let error = br#"{"error":{"message":"The server had an error","type":"server_error"}}"#;
        assert_eq!(parse(error).unwrap_err().kind, FailureKind::BrokenOff);
    }
}
