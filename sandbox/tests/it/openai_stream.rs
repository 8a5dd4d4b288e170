//! Chunks, packets, and what can go wrong inside a stream.

use std::time::Duration;

use futures::StreamExt;
use reqwest::Response;
use sandbox::Options;
use serde_json::{Value, json};

use crate::helper::{Sandbox, text};

fn asking(question: &str) -> Value {
    json!({"messages": [{"role": "user", "content": question}], "stream": true,
        "stream_options": {"include_usage": true}})
}

async fn packets(response: Response) -> (Vec<Vec<u8>>, bool) {
    let mut stream = response.bytes_stream();
    let (mut packets, mut broken) = (Vec::new(), false);
    while let Some(packet) = stream.next().await {
        match packet {
            Ok(packet) => packets.push(packet.to_vec()),
            Err(_) => broken = true,
        }
    }
    (packets, broken)
}

/// The chunks, whether `[DONE]` came, and whether the connection broke.
async fn chunks(response: Response) -> (Vec<Value>, bool, bool) {
    assert_eq!(response.status(), 200);
    let (packets, broken) = packets(response).await;
    let body = String::from_utf8(packets.concat()).unwrap();
    let mut chunks = Vec::new();
    let mut done = false;
    for event in body.split("\n\n").filter(|event| !event.is_empty()) {
        match event.strip_prefix("data: ").unwrap() {
            "[DONE]" => done = true,
            json => chunks.push(serde_json::from_str(json).unwrap()),
        }
    }
    (chunks, done, broken)
}

fn content(chunks: &[Value]) -> String {
    chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect()
}

fn finish(chunks: &[Value]) -> Vec<&str> {
    chunks.iter().filter_map(|chunk| chunk["choices"][0]["finish_reason"].as_str()).collect()
}

async fn ask(sandbox: &Sandbox, question: &str) -> Response {
    sandbox.chat("gpt-5-mini", asking(question)).send().await.unwrap()
}

#[tokio::test]
async fn the_chunks_are_those_of_azure() {
    let sandbox = Sandbox::start().await;
    let response = ask(&sandbox, "echo: Hello there").await;
    assert!(response.headers().contains_key("apim-request-id"));
    let (chunks, done, broken) = chunks(response).await;
    assert!(done && !broken);
    let first = &chunks[0];
    assert_eq!(first["choices"], json!([]));
    assert_eq!((text(first, "id"), text(first, "model"), first["created"].as_i64()), ("", "", Some(0)));
    assert!(first["prompt_filter_results"][0]["content_filter_results"]["jailbreak"].is_object());
    assert_eq!(chunks[1]["choices"][0]["delta"]["role"], "assistant");
    assert!(chunks[2]["choices"][0]["content_filter_results"]["hate"].is_object());
    assert_eq!(chunks[2]["usage"], Value::Null);
    assert_eq!(content(&chunks), "Hello there");
    assert_eq!(finish(&chunks), ["stop"]);
    let usage = chunks.last().unwrap();
    assert_eq!(usage["choices"], json!([]));
    assert!(usage["usage"]["total_tokens"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn usage_comes_only_if_asked_for() {
    let sandbox = Sandbox::start().await;
    let mut body = asking("echo: x");
    body["stream_options"] = Value::Null;
    let response = sandbox.chat("gpt-5-mini", body).send().await.unwrap();
    let (chunks, ..) = chunks(response).await;
    assert!(chunks.iter().all(|chunk| chunk.get("usage").is_none()));
}

#[tokio::test]
async fn characters_are_split_between_packets() {
    let sandbox = Sandbox::start().await;
    let (packets, _) = packets(ask(&sandbox, "many languages please").await).await;
    let split = packets.iter().filter(|packet| std::str::from_utf8(packet).is_err());
    assert!(split.count() >= 2);
    assert!(String::from_utf8(packets.concat()).unwrap().contains("𠮷"));
}

#[tokio::test]
async fn a_pace_gives_bursts() {
    let options = Options { tokens_per_second: 400, ..Options::default() };
    let sandbox = Sandbox::with(options).await;
    let (packets, _) = packets(ask(&sandbox, "hello").await).await;
    let events = |packet: &Vec<u8>| String::from_utf8_lossy(packet).matches("data: ").count();
    assert!(packets.len() > 5 && packets.iter().any(|packet| events(packet) > 3));
}

#[tokio::test]
async fn answers_are_chosen_by_the_question_and_remember_the_last_one() {
    let sandbox = Sandbox::start().await;
    for (question, expected) in [
        ("a table please", "| :---"),
        ("some code", "```rust"),
        ("show hostile html", "<script>alert('script ran')</script>"),
        ("html again", "invoice\u{202e}gpj.exe"),
        ("a list", "- [x]"),
        ("any scripts", "おはよう"),
        ("What is a good plan?", "What is a good plan"),
    ] {
        let (chunks, ..) = chunks(ask(&sandbox, question).await).await;
        assert!(content(&chunks).contains(expected), "{question}");
    }
    let body = json!({"stream": true, "messages": [
        {"role": "user", "content": "Why is the sky blue?"},
        {"role": "assistant", "content": "It scatters."},
        {"role": "user", "content": "And the sea?"},
    ]});
    let response = sandbox.chat("gpt-4o", body).send().await.unwrap();
    assert!(content(&chunks(response).await.0).contains("Why is the sky blue"));
}

#[tokio::test]
async fn the_long_answer_has_about_two_thousand_tokens() {
    let sandbox = Sandbox::start().await;
    let (chunks, ..) = chunks(ask(&sandbox, "a long answer").await).await;
    let usage = &chunks.last().unwrap()["usage"];
    let reasoning = usage["completion_tokens_details"]["reasoning_tokens"].as_u64().unwrap();
    let written = usage["completion_tokens"].as_u64().unwrap() - reasoning;
    assert!((1_700..2_800).contains(&written), "{written}");
}

#[tokio::test]
async fn reasoning_counts_against_the_limit() {
    let sandbox = Sandbox::start().await;
    let mut body = asking("hello");
    body["max_completion_tokens"] = json!(50);
    let response = sandbox.chat("gpt-5-mini", body).send().await.unwrap();
    let (chunks, ..) = chunks(response).await;
    assert_eq!(content(&chunks), "");
    assert_eq!(finish(&chunks), ["length"]);
}

async fn with_fault(fault: Value) -> (Vec<Value>, bool, bool) {
    let sandbox = Sandbox::start().await;
    sandbox.fault(fault).await;
    chunks(ask(&sandbox, "hello").await).await
}

#[tokio::test]
async fn cuts_come_with_and_without_a_broken_connection() {
    let (chunks, done, broken) = with_fault(json!({"service": "openai", "kind": "cut", "after_chunks": 4})).await;
    assert!(!done && broken && finish(&chunks).is_empty());
    assert_eq!(chunks.len(), 6);
    let (chunks, done, broken) =
        with_fault(json!({"service": "openai", "kind": "cut", "after_chunks": 0, "clean": true})).await;
    assert!(!done && !broken && content(&chunks).is_empty());
}

#[tokio::test]
async fn errors_and_filters_arrive_inside_the_stream() {
    let (chunks, done, _) =
        with_fault(json!({"service": "openai", "kind": "in_stream_error", "after_chunks": 2})).await;
    assert!(!done && chunks.last().unwrap()["error"]["message"].is_string());
    let (chunks, done, _) =
        with_fault(json!({"service": "openai", "kind": "finish_content_filter", "after_chunks": 5})).await;
    assert!(done);
    assert_eq!(finish(&chunks), ["content_filter"]);
    let last = &chunks.last().unwrap()["choices"][0]["content_filter_results"];
    assert_eq!(last["violence"]["filtered"], true);
}

#[tokio::test]
async fn the_asynchronous_filter_sends_choices_without_delta() {
    let (chunks, done, _) = with_fault(json!({"service": "openai", "kind": "async_filter"})).await;
    assert!(done);
    let bare: Vec<_> =
        chunks.iter().filter(|c| c["choices"][0].is_object() && c["choices"][0].get("delta").is_none()).collect();
    assert!(!bare.is_empty());
    assert!(bare.iter().all(|c| c["choices"][0]["content_filter_offsets"].is_object()));
    let (chunks, ..) = with_fault(json!({"service": "openai", "kind": "late_block"})).await;
    assert!(!content(&chunks).is_empty());
    assert_eq!(finish(&chunks), ["content_filter"]);
}

#[tokio::test]
async fn a_hanging_stream_notices_that_the_caller_left() {
    let sandbox = Sandbox::start().await;
    sandbox.fault(json!({"service": "openai", "kind": "hang", "after_chunks": 2})).await;
    let response = ask(&sandbox, "hello").await;
    let mut stream = response.bytes_stream();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    for _ in 0..100 {
        let recorded = sandbox.get_json("/_sandbox/requests?service=openai").await;
        let request = &recorded["requests"][0];
        if request["disconnected"] == true {
            assert_eq!(request["json"]["messages"][0]["content"], "hello");
            assert_eq!(request["finished"], false);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the disconnect was not recorded");
}
