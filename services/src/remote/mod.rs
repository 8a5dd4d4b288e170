//! A client of the app-to-app API, for the command line: gets a token, asks, and follows the reply over breaks of the
//! connection.

mod device;
mod events;

use std::{path::Path, time::Duration};

use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::clock;
pub use device::DeviceCode;
pub use events::RemoteEvent;

const PATIENCE: Duration = Duration::from_secs(30);

/// A server, and somebody who may call it.
pub struct Remote {
    http: reqwest::Client,
    base: Url,
    token: String,
}

/// A question that was asked.
#[derive(Clone, Debug)]
pub struct RemoteReply {
    pub conversation: String,
    pub reply: String,
    events: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// No token could be had, or it is not accepted.
    #[error("{0}")]
    NotSignedIn(String),
    /// The server refuses, in its own words.
    #[error("{detail}{}", reference(.correlation_id))]
    Refused { status: u16, detail: String, correlation_id: String, retry_after_secs: Option<u64> },
    #[error("its answer is not what it should be")]
    Unreadable,
}

fn reference(correlation_id: &str) -> String {
    if correlation_id.is_empty() { String::new() } else { format!(" (reference {correlation_id})") }
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    detail: String,
    #[serde(default)]
    correlation_id: String,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Asked {
    reply: Begun,
}

#[derive(Deserialize)]
struct Begun {
    id: String,
    events: String,
}

/// What requests are made with.
pub type HttpClient = reqwest::Client;

/// A client that trusts `extra_ca_certs` besides the system's store.
pub fn http_client(extra_ca_certs: Option<&Path>) -> Result<reqwest::Client, RemoteError> {
    let unusable = |error: &dyn std::fmt::Display| RemoteError::Unreachable("EXTRA_CA_CERTS".into(), error.to_string());
    let mut builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("banter-ask/", env!("CARGO_PKG_VERSION")));
    if let Some(path) = extra_ca_certs {
        let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unusable(&error))?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| unusable(&error))
}

impl Remote {
    /// The server at `base` (an origin), called with `token`.
    pub fn new(http: reqwest::Client, base: Url, token: String) -> Self {
        Self { http, base, token }
    }

    /// Asks in `conversation`, or in a new one.
    pub async fn ask(
        &self,
        conversation: Option<&str>,
        question: &str,
        model: Option<&str>,
    ) -> Result<RemoteReply, RemoteError> {
        let conversation = match conversation {
            Some(id) => id.to_owned(),
            None => {
                let title: String =
                    question.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
                self.create::<Id>(&["conversations"], &json!({ "title": title })).await?.id
            }
        };
        let mut body = json!({ "content": question });
        if let Some(model) = model {
            body["model"] = model.into();
        }
        let asked: Asked = self.create(&["conversations", &conversation, "messages"], &body).await?;
        Ok(RemoteReply { conversation, reply: asked.reply.id, events: asked.reply.events })
    }

    /// Sends something that is to happen once, again if the connection breaks.
    async fn create<T: serde::de::DeserializeOwned>(&self, path: &[&str], body: &Value) -> Result<T, RemoteError> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        let key = clock::new_id().to_string();
        let request = || {
            let request = self.http.post(url.clone()).bearer_auth(&self.token).header("idempotency-key", &key);
            request.timeout(PATIENCE).json(body).send()
        };
        let response = match request().await {
            Err(error) if !error.is_connect() => request().await,
            answered => answered,
        };
        let response = response.map_err(|error| self.unreachable(error))?;
        let response = checked(response).await?;
        response.json().await.map_err(|_| RemoteError::Unreadable)
    }

    fn unreachable(&self, error: reqwest::Error) -> RemoteError {
        let server = self.base.origin().ascii_serialization();
        RemoteError::Unreachable(server, crate::identity::causes(&error.without_url()))
    }
}

/// The response, if it is a success.
async fn checked(response: Response) -> Result<Response, RemoteError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after_secs = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let body = response.bytes().await.unwrap_or_default();
    let problem: Problem = serde_json::from_slice(&body)
        .unwrap_or_else(|_| Problem { detail: format!("the server answers {status}"), correlation_id: String::new() });
    let detail = if problem.detail.is_empty() { format!("the server answers {status}") } else { problem.detail };
    Err(match status {
        StatusCode::UNAUTHORIZED => RemoteError::NotSignedIn(detail),
        _ => RemoteError::Refused {
            status: status.as_u16(),
            detail,
            correlation_id: problem.correlation_id,
            retry_after_secs,
        },
    })
}
