//! Azure OpenAI: a question goes out, a stream of chunks comes back. Both URL forms, key or bearer.

mod failure;
mod probe;
mod sse;
mod wire;

use std::{sync::Arc, time::Duration};

use async_stream::try_stream;
use futures::{Stream, StreamExt as _};
use model::{Role, Usage};
use reqwest::{RequestBuilder, Response};
use secrecy::ExposeSecret as _;
use serde_json::json;

pub use failure::{Failure, FailureKind};

use crate::{
    config::OpenAiConfig,
    identity::{ServiceTokenError, ServiceTokens},
};

/// What every conversation begins with.
const INSTRUCTIONS: &str = "You are Banter, the assistant inside a company. Answer precisely and calmly, in the \
    language of the question. Use Markdown where structure helps: headings, lists, tables, and code blocks with their \
    language. Say so when you do not know.";
/// Headers have to be there by then; a streamed body may take as long as it keeps coming.
const RESPONSE_HEAD: Duration = Duration::from_secs(120);

/// One message of what is sent to the model.
#[derive(Clone, Debug)]
pub struct Turn {
    pub role: Role,
    pub text: String,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    Text(String),
    Usage(Usage),
    /// Why the model stopped. An answer that ends without one broke off.
    Finish(Finish),
}

/// Why the model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    Stop,
    Length,
    /// The content filter's categories that stepped in.
    Filtered(Vec<String>),
}

/// The models.
pub struct Completions {
    config: OpenAiConfig,
    http: reqwest::Client,
    tokens: Arc<ServiceTokens>,
}

impl Completions {
    pub(crate) fn new(config: OpenAiConfig, http: reqwest::Client, tokens: Arc<ServiceTokens>) -> Self {
        Self { config, http, tokens }
    }

    /// The deployments there are, the default first.
    pub fn deployments(&self) -> &[String] {
        &self.config.deployments
    }

    /// The deployment called `name`, or the default; `None` when there is none of that name.
    pub fn deployment(&self, name: Option<&str>) -> Option<&str> {
        match name.filter(|name| !name.is_empty()) {
            Some(name) => self.config.deployments.iter().find(|known| *known == name),
            None => self.config.deployments.first(),
        }
        .map(String::as_str)
    }

    /// Asks `deployment`. Dropping the stream aborts the request.
    /// `user` is a pseudonym for abuse monitoring; `correlation_id` goes along so that both sides' logs can be matched.
    pub fn stream(
        &self,
        deployment: &str,
        turns: &[Turn],
        user: &str,
        correlation_id: &str,
    ) -> impl Stream<Item = Result<Chunk, Failure>> + Send {
        self.chunks(deployment, body(deployment, turns, user), correlation_id)
    }

    fn chunks(
        &self,
        deployment: &str,
        body: serde_json::Value,
        correlation_id: &str,
    ) -> impl Stream<Item = Result<Chunk, Failure>> + Send {
        try_stream! {
            let response = self.open(deployment, body, correlation_id).await?;
            let upstream_id = failure::upstream_id(response.headers());
            let mut lines = sse::Lines::default();
            let mut body = response.bytes_stream();
            while let Some(bytes) = body.next().await {
                // A connection that breaks shows as an end without a reason to finish.
                let Ok(bytes) = bytes else { return };
                lines.push(&bytes);
                while let Some(data) = lines.next_data() {
                    if data == b"[DONE]" {
                        return;
                    }
                    for chunk in wire::parse(&data).map_err(|failure| failure.with_upstream_id(upstream_id.clone()))? {
                        yield chunk;
                    }
                }
            }
        }
    }

    async fn open(&self, deployment: &str, body: serde_json::Value, correlation_id: &str) -> Result<Response, Failure> {
        let request = self.request(deployment).header("x-ms-client-request-id", correlation_id).json(&body);
        let request = self.authorise(request).await?;
        let response = tokio::time::timeout(RESPONSE_HEAD, request.send())
            .await
            .map_err(|_| Failure::new(FailureKind::Unreachable, "no answer in time"))?
            .map_err(|error| Failure::new(FailureKind::Unreachable, error.without_url()))?;
        if response.status().is_success() { Ok(response) } else { Err(failure::of(response).await) }
    }

    fn request(&self, deployment: &str) -> RequestBuilder {
        let mut url = self.config.base_url.clone();
        let is_v1 = url.path().trim_end_matches('/').ends_with("/openai/v1");
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            if is_v1 {
                path.extend(["chat", "completions"]);
            } else {
                path.extend(["openai", "deployments", deployment, "chat", "completions"]);
            }
        }
        let request = self.http.post(url);
        // The v1 form refuses a version, the dated form demands one.
        if is_v1 { request } else { request.query(&[("api-version", &self.config.api_version)]) }
    }

    async fn authorise(&self, request: RequestBuilder) -> Result<RequestBuilder, Failure> {
        match &self.config.api_key {
            Some(key) => Ok(request.header("api-key", key.expose_secret())),
            None => {
                let token = self.tokens.get(&self.config.scope).await;
                let token = token.map_err(|error| {
                    // Only a refusal says that the app may not; everything else may be over in a moment.
                    let refused = matches!(*error, ServiceTokenError::Refused(_));
                    Failure::new(if refused { FailureKind::NotAuthorised } else { FailureKind::Unreachable }, error)
                })?;
                Ok(request.bearer_auth(token.expose_secret()))
            }
        }
    }
}

fn body(deployment: &str, turns: &[Turn], user: &str) -> serde_json::Value {
    let system = json!({ "role": "system", "content": INSTRUCTIONS });
    let turns = turns.iter().map(|turn| {
        let role = match turn.role {
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::System => "system",
        };
        json!({ "role": role, "content": turn.text })
    });
    // Nothing that a reasoning model rejects: no temperature, no max_tokens.
    json!({
        "model": deployment,
        "messages": std::iter::once(system).chain(turns).collect::<Vec<_>>(),
        "stream": true,
        "stream_options": { "include_usage": true },
        "user": user,
    })
}
