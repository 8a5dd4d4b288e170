//! Asking a model until one of its endpoints answers: at once at the next one, and again after a while.
//!
//! Only before the first piece of an answer: what somebody has read already is not asked for once more.

use std::pin::Pin;

use async_stream::try_stream;
use futures::{Stream, StreamExt as _};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{
    Chunk, Completions, Failure, FailureKind,
    breaker::Pass,
    endpoint,
    patience::{Patience, Step},
    routing::{Model, Route},
};

type Chunks = Pin<Box<dyn Stream<Item = Result<Chunk, Failure>> + Send>>;

/// The answer of `model`, if there is one, to `body`. Dropping the stream aborts the request, or the wait for the next.
pub(super) fn ask<'a>(
    completions: &'a Completions,
    model: Option<&'a Model>,
    body: Value,
    correlation_id: String,
) -> impl Stream<Item = Result<Chunk, Failure>> + Send + 'a {
    try_stream! {
        let model = model.ok_or_else(|| Failure::new(FailureKind::NoSuchDeployment, "no model of that name"))?;
        let mut asking = Patience::new(model, Instant::now());
        loop {
            match asking.next(Instant::now()) {
                Step::Ask(place, pass) => {
                    let route = &model.routes[place];
                    // On the heap, and gone once the answer begins: thousands of answers are read at once.
                    match Box::pin(begin(completions, route, pass, &body, &correlation_id)).await {
                        Ok((first, mut rest)) => {
                            drop(body);
                            yield Chunk::Answering(route.endpoint.config.deployment.clone());
                            for chunk in first {
                                yield chunk;
                            }
                            while let Some(chunk) = rest.next().await {
                                yield chunk?;
                            }
                            return;
                        }
                        Err(failure) => {
                            tell_operator(model, route, &failure, &correlation_id);
                            asking.failed(place, failure)?;
                        }
                    }
                }
                Step::Wait(wait) => {
                    yield Chunk::Waiting(wait);
                    sleep(wait).await;
                }
                Step::GiveUp(failure) => Err(failure)?,
            }
        }
    }
}

/// Asks one endpoint and waits for the first piece of its answer: a stream that breaks before it is a failure like any
/// other. What comes before that piece comes along.
async fn begin(
    completions: &Completions,
    route: &Route,
    mut pass: Pass<'_>,
    body: &Value,
    correlation_id: &str,
) -> Result<(Vec<Chunk>, Chunks), Failure> {
    let opened =
        route.endpoint.open(&endpoint::OPTIONAL, &completions.http, &completions.tokens, body, correlation_id).await;
    let response = match opened {
        Ok(response) => response,
        Err(failure) => return Err(learnt(pass, failure)),
    };
    pass.accepted();
    let upstream_id = super::failure::upstream_id(response.headers());
    let mut chunks: Chunks = Box::pin(endpoint::chunks(response));
    let mut first = Vec::new();
    loop {
        let failure = match chunks.next().await {
            Some(Ok(chunk @ Chunk::Usage(_))) => {
                first.push(chunk);
                continue;
            }
            Some(Ok(chunk)) => {
                pass.succeeded();
                first.push(chunk);
                return Ok((first, chunks));
            }
            Some(Err(failure)) => failure.with_kind(FailureKind::Unreachable),
            None => Failure::new(FailureKind::Unreachable, "it broke off before the first token")
                .with_upstream_id(upstream_id),
        };
        return Err(learnt(pass, failure));
    }
}

/// Tells the endpoint's breaker.
pub(super) fn learnt(pass: Pass<'_>, failure: Failure) -> Failure {
    pass.refused(Instant::now(), &failure);
    failure
}

/// What whoever runs the app needs to find the request in the service's own logs.
pub(super) fn tell_operator(model: &Model, route: &Route, failure: &Failure, correlation_id: &str) {
    tracing::warn!(
        correlation_id,
        model = model.name,
        endpoint = route.endpoint.host(),
        deployment = route.endpoint.config.deployment,
        status = failure.status,
        code = failure.code.as_deref(),
        upstream_id = failure.upstream_id,
        "an endpoint did not answer: {failure}"
    );
}
