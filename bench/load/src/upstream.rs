//! A model that answers numbered words at a steady rate, in chunks as Azure OpenAI sends them, and remembers when.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_stream::stream;
use axum::{
    Router, body::Body, extract::State, http::header, response::IntoResponse, routing::post, serve::ListenerExt as _,
};
use bytes::Bytes;
use serde_json::Value;

use crate::clock;

/// What each token of an answer looks like: its number in five characters, so that its place tells which it is.
pub const TOKEN_BYTES: usize = 5;

#[derive(Default)]
pub struct Model {
    /// Tokens a second, in thousandths.
    rate: AtomicU64,
    /// Before its first words, in microseconds.
    thinks: AtomicU64,
    /// When each token of an answer was sent, by the question's number.
    sent: Mutex<HashMap<u64, Arc<Mutex<Vec<u64>>>>>,
}

impl Model {
    /// `rate` in tokens a second, `thinks` in seconds.
    pub fn set_pace(&self, rate: f64, thinks: f64) {
        self.rate.store((rate * 1000.0) as u64, Ordering::Relaxed);
        self.thinks.store((thinks * 1e6) as u64, Ordering::Relaxed);
    }

    pub fn sent(&self, question: u64) -> Arc<Mutex<Vec<u64>>> {
        Arc::clone(self.sent.lock().expect("no panic in here").entry(question).or_default())
    }

    pub fn forget(&self, question: u64) {
        self.sent.lock().expect("no panic in here").remove(&question);
    }
}

/// The question `<number> <tokens>`.
pub fn question(number: u64, tokens: usize) -> String {
    format!("load {number} {tokens}")
}

pub fn token(place: usize) -> String {
    format!("{place:04} ")
}

pub async fn serve(port: u16) -> Arc<Model> {
    let model = Arc::new(Model::default());
    let app = Router::new().route("/openai/v1/chat/completions", post(answer)).with_state(Arc::clone(&model));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the model's port is free");
    let listener = listener.tap_io(|connection| _ = connection.set_nodelay(true));
    tokio::spawn(async move { axum::serve(listener, app).await });
    model
}

async fn answer(State(model): State<Arc<Model>>, body: Bytes) -> impl IntoResponse {
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let messages = body["messages"].as_array().expect("messages");
    let asked = messages.iter().rev().filter_map(|message| message["content"].as_str());
    let asked = asked.filter_map(|text| text.strip_prefix("load ")).next();
    // Anything else, such as a title, is answered with one word.
    let (number, tokens) = asked.and_then(|asked| asked.split_once(' ')).map_or((u64::MAX, 1), |(number, tokens)| {
        (number.parse().expect("a number"), tokens.parse().expect("a number"))
    });
    let sent = model.sent(number);
    let pause = 1_000_000_000 / model.rate.load(Ordering::Relaxed).max(1);
    let asked = clock::micros();
    clock::sleep_until(asked + model.thinks.load(Ordering::Relaxed)).await;
    let stream = stream! {
        yield line(r#"{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"detected":false,"filtered":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]}"#);
        let began = clock::micros();
        for place in 0..tokens {
            clock::sleep_until(began + pause * place as u64).await;
            sent.lock().expect("no panic in here").push(clock::micros());
            yield line(&chunk(&format!(r#"{{"content":"{}"}}"#, token(place)), "null"));
        }
        yield line(&chunk("{}", r#""stop""#));
        yield line(&format!(r#"{{"choices":[],"created":1760000000,"id":"chatcmpl-AAAAAAAAAAAAAAAAAAAAAAAAAAAAA","model":"gpt-5-mini-2025-08-07","object":"chat.completion.chunk","system_fingerprint":"fp_aaaaaaaaaa","usage":{{"prompt_tokens":40,"completion_tokens":{tokens},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":0}}}}}}"#, tokens + 40));
        yield Ok(Bytes::from_static(b"data: [DONE]\n\n"));
    };
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream))
}

fn line(json: &str) -> Result<Bytes, std::convert::Infallible> {
    Ok(format!("data: {json}\n\n").into())
}

fn chunk(delta: &str, finish_reason: &str) -> String {
    format!(
        r#"{{"choices":[{{"content_filter_results":{{"hate":{{"filtered":false,"severity":"safe"}},"self_harm":{{"filtered":false,"severity":"safe"}},"sexual":{{"filtered":false,"severity":"safe"}},"violence":{{"filtered":false,"severity":"safe"}}}},"delta":{delta},"finish_reason":{finish_reason},"index":0,"logprobs":null}}],"created":1760000000,"id":"chatcmpl-AAAAAAAAAAAAAAAAAAAAAAAAAAAAA","model":"gpt-5-mini-2025-08-07","object":"chat.completion.chunk","system_fingerprint":"fp_aaaaaaaaaa"}}"#
    )
}
