//! One deployment at one address: how it is asked, and how its answer is read. Both URL forms, key or bearer.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_stream::try_stream;
use futures::{Stream, StreamExt as _};
use reqwest::{RequestBuilder, Response};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::{
    Chunk,
    failure::{self, Failure, FailureKind},
    sse, wire,
};
use crate::{
    config::EndpointConfig,
    identity::{ServiceTokenError, ServiceTokens},
};

/// Headers have to be there by then; a streamed body may take as long as it keeps coming.
const RESPONSE_HEAD: Duration = Duration::from_secs(120);

/// What an answer can do without. Old versions of the interface and stand-ins for it do not know all of them.
pub(super) const OPTIONAL: [&str; 3] = ["stream_options", "user", "max_completion_tokens"];
/// Those of them that we put into a caller's own request; from mistakes in the rest of it nothing is learnt.
pub(super) const OURS: [&str; 2] = ["stream_options", "user"];

/// Where a request can go.
pub(super) struct Endpoint {
    pub(super) config: EndpointConfig,
    /// Which of [`OPTIONAL`] it has refused; they are not sent again.
    refused: Mutex<BTreeSet<&'static str>>,
}

impl Endpoint {
    pub(super) fn new(config: EndpointConfig) -> Self {
        Self { config, refused: Mutex::default() }
    }

    /// For logs: where, and nothing that could be secret.
    pub(super) fn host(&self) -> &str {
        self.config.base_url.host_str().unwrap_or_default()
    }

    /// Sends `body`, with this deployment as its model and without those of its `optional` members that were refused
    /// before. Comes back when the endpoint has accepted it.
    pub(super) async fn open(
        &self,
        optional: &[&'static str],
        http: &reqwest::Client,
        tokens: &ServiceTokens,
        body: &Value,
        correlation_id: &str,
    ) -> Result<Response, Failure> {
        let mut body = body.clone();
        body["model"] = self.config.deployment.as_str().into();
        loop {
            self.leave_out_what_was_refused(optional, &mut body);
            match self.send(http, tokens, &body, correlation_id).await {
                Err(failure) if self.learn(&failure, optional, &body) => {}
                answer => return answer,
            }
        }
    }

    async fn send(
        &self,
        http: &reqwest::Client,
        tokens: &ServiceTokens,
        body: &Value,
        correlation_id: &str,
    ) -> Result<Response, Failure> {
        let request = self.request(http).header("x-ms-client-request-id", correlation_id).json(body);
        let request = self.authorise(request, tokens).await?;
        let response = tokio::time::timeout(RESPONSE_HEAD, request.send())
            .await
            .map_err(|_| Failure::new(FailureKind::Unreachable, "no answer in time"))?
            .map_err(|error| Failure::new(FailureKind::Unreachable, error.without_url()))?;
        if response.status().is_success() { Ok(response) } else { Err(failure::of(response).await) }
    }

    fn leave_out_what_was_refused(&self, optional: &[&str], body: &mut Value) {
        if let Some(members) = body.as_object_mut() {
            let refused = self.refused();
            refused.iter().filter(|name| optional.contains(name)).for_each(|name| _ = members.remove(*name));
        }
    }

    /// Whether `failure` is about a member of `body` that an answer can do without; it is not sent from now on.
    fn learn(&self, failure: &Failure, optional: &[&'static str], body: &Value) -> bool {
        let sent = optional.iter().copied().filter(|name| body.get(name).is_some());
        let Some(name) = sent.into_iter().find(|name| failure.is_about(name)) else { return false };
        tracing::info!(
            endpoint = self.host(),
            deployment = self.config.deployment,
            parameter = name,
            "an endpoint does not know a parameter; it is asked without it from now on"
        );
        self.refused().insert(name);
        true
    }

    fn refused(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request(&self, http: &reqwest::Client) -> RequestBuilder {
        let mut url = self.config.base_url.clone();
        let is_v1 = url.path().trim_end_matches('/').ends_with("/openai/v1");
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            if is_v1 {
                path.extend(["chat", "completions"]);
            } else {
                path.extend(["openai", "deployments", &self.config.deployment, "chat", "completions"]);
            }
        }
        let request = http.post(url);
        // The v1 form refuses a version, the dated form demands one.
        if is_v1 { request } else { request.query(&[("api-version", &self.config.api_version)]) }
    }

    async fn authorise(&self, request: RequestBuilder, tokens: &ServiceTokens) -> Result<RequestBuilder, Failure> {
        match &self.config.api_key {
            Some(key) => Ok(request.header("api-key", key.key.expose_secret())),
            None => {
                let token = tokens.get(&self.config.scope).await;
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

/// The chunks of an accepted request's answer. Dropping the stream aborts the request.
pub(super) fn chunks(response: Response) -> impl Stream<Item = Result<Chunk, Failure>> + Send {
    try_stream! {
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
                for chunk in wire::parse(data).map_err(|failure| failure.with_upstream_id(upstream_id.clone()))? {
                    yield chunk;
                }
            }
            if lines.is_endless() {
                Err(Failure::new(FailureKind::BrokenOff, "a chunk without an end").with_upstream_id(upstream_id.clone()))?;
            }
        }
    }
}
