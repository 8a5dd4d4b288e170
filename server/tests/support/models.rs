//! A model with two endpoints, each a sandbox of its own, beside the one that people sign in at.

use std::time::Duration;

use model::{MessageId, ReplyEvent};
use sandbox::constants;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{ALICE, Browser, Setup, TestApp, parse_events};

/// The preferred endpoint is `one`.
pub struct TwoEndpoints {
    pub app: TestApp,
    pub one: Endpoint,
    pub two: Endpoint,
    pub browser: Browser,
    pub config: tempfile::NamedTempFile,
}

/// A sandbox as far as models go.
pub struct Endpoint(sandbox::Running);

impl TwoEndpoints {
    pub async fn start() -> Self {
        Self::start_with("api_key_env = 'KEY_OF_THE_ENDPOINTS'", "").await
    }

    /// With more settings of each endpoint and of the model.
    pub async fn start_with(each: &str, model: &str) -> Self {
        let (one, two) = (Endpoint::start().await, Endpoint::start().await);
        Self::of(one, two, each, model).await
    }

    /// Nothing answers at the first one.
    pub async fn first_is_away() -> Self {
        let (mut one, two) = (Endpoint::start().await, Endpoint::start().await);
        one.0.base_url = "http://127.0.0.1:9".to_owned();
        Self::of(one, two, "api_key_env = 'KEY_OF_THE_ENDPOINTS'", "").await
    }

    async fn of(one: Endpoint, two: Endpoint, each: &str, model: &str) -> Self {
        let endpoint = |endpoint: &Endpoint, priority: u32| {
            let url = &endpoint.0.base_url;
            format!("[[models.endpoints]]\nbase_url = '{url}/openai/v1'\npriority = {priority}\n{each}\n")
        };
        let config = tempfile::NamedTempFile::new().unwrap();
        let endpoints = endpoint(&one, 0) + &endpoint(&two, 1);
        std::fs::write(&config, format!("[[models]]\nname = 'gpt-5'\n{model}\n{endpoints}")).unwrap();
        let variables = [
            ("BANTER_CONFIG", config.path().display().to_string()),
            ("KEY_OF_THE_ENDPOINTS", constants::AZURE_OPENAI_API_KEY.to_owned()),
        ];
        let app = TestApp::start_with(Setup { variables: variables.into(), ..Setup::default() }).await;
        let browser = app.signed_in(ALICE).await;
        Self { app, one, two, browser, config }
    }

    /// How often each was asked so far.
    pub async fn asked(&self) -> (usize, usize) {
        (self.one.requests().await.len(), self.two.requests().await.len())
    }
}

impl Endpoint {
    async fn start() -> Self {
        Self(sandbox::start(sandbox::Options::default()).await.unwrap())
    }

    /// Orders trouble for the next `times` requests, or for all.
    pub async fn fault(&self, kind: &str, times: impl Into<Option<u32>>, more: Value) {
        let mut fault = json!({ "service": "openai", "kind": kind, "times": times.into() });
        fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let url = format!("{}/_sandbox/faults", self.0.base_url);
        let response = reqwest::Client::new().post(url).json(&fault).send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    }

    pub async fn no_more_faults(&self) {
        let url = format!("{}/_sandbox/faults", self.0.base_url);
        assert!(reqwest::Client::new().delete(url).send().await.unwrap().status().is_success());
    }

    pub async fn requests(&self) -> Vec<Value> {
        let url = format!("{}/_sandbox/requests?service=openai", self.0.base_url);
        let Ok(response) = reqwest::get(url).await else { return Vec::new() };
        response.json::<Value>().await.unwrap()["requests"].as_array().unwrap().clone()
    }

    /// The time between each request and the one before it.
    pub async fn pauses(&self) -> Vec<Duration> {
        let time = |request: &Value| OffsetDateTime::parse(request["time"].as_str().unwrap(), &Rfc3339).unwrap();
        let times: Vec<OffsetDateTime> = self.requests().await.iter().map(time).collect();
        times.windows(2).map(|pair| (pair[1] - pair[0]).unsigned_abs()).collect()
    }
}

impl super::browser::Asked {
    /// How long the reader was told to wait, each time, in seconds.
    pub fn waits(&self) -> Vec<u32> {
        let waits = self.events.iter().filter_map(|event| match event.event {
            ReplyEvent::Waiting(secs) => Some(secs),
            _ => None,
        });
        waits.collect()
    }
}

impl Browser {
    /// Reads until the reply waits for its model.
    pub async fn read_until_it_waits(&self, reply: MessageId) {
        let mut response = self.follow(reply, 0).await;
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.unwrap() {
            body.extend_from_slice(&bytes);
            let whole = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let waits = |event: &model::NumberedEvent| matches!(event.event, ReplyEvent::Waiting(_));
            if parse_events(0, &body[..whole]).iter().any(waits) {
                return;
            }
        }
        panic!("the reply ended without a wait");
    }
}
