//! Passing a request on to a model as it came, and its answer back as it comes: for callers that speak OpenAI's
//! protocol themselves. The same endpoints, failover and breakers as for the page; the callers' own clients wait and try
//! again, so that there are no long waits here.

use std::{pin::Pin, time::Duration};

use async_stream::try_stream;
use futures::{Stream, StreamExt as _};
use reqwest::Response;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use super::{
    Completions, Failure, FailureKind,
    asking::{learnt, tell_operator},
    breaker::Pass,
    endpoint,
    failure::{upstream_id, whole_secs},
    patience::{Patience, Step},
    routing::Route,
    sse, wire,
};

/// What is waited for here instead of by the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// Answers in one piece: a model's longest, with room for its JSON.
const MOST_BYTES: usize = 16 << 20;
/// Until such an answer is there. Reasoning takes minutes.
const WHOLE: Duration = Duration::from_secs(600);
/// Before the first token. There are two: the filter's word on the question, and the role.
const MOST_SILENT_EVENTS: usize = 16;

type Events = Pin<Box<dyn Stream<Item = Result<Value, Failure>> + Send>>;

/// A model's answer.
pub(crate) enum Answer {
    Whole(Value),
    /// Its events, the first one there already. Ends without an error after `[DONE]` only. Dropping it aborts the
    /// request.
    Events(Events),
}

impl Completions {
    /// Asks `model` with `body`, to which only the deployment's name is added. The deployment that answers, and what.
    pub(crate) async fn relay(
        &self,
        model: &str,
        body: &Value,
        correlation_id: &str,
    ) -> Result<(String, Answer), Failure> {
        let no_model = || Failure::new(FailureKind::NoSuchDeployment, "no model of that name");
        let model = self.model(model).ok_or_else(no_model)?;
        let mut asking = Patience::new(model, Instant::now());
        loop {
            match asking.next(Instant::now()) {
                Step::Ask(place, pass) => {
                    let route = &model.routes[place];
                    match Box::pin(begin(self, route, pass, body, correlation_id)).await {
                        Ok(answer) => return Ok((route.endpoint.config.deployment.clone(), answer)),
                        Err(failure) => {
                            tell_operator(model, route, &failure, correlation_id);
                            asking.failed(place, failure)?;
                        }
                    }
                }
                Step::Wait(wait) if wait > LONGEST_WAIT => return Err(asking.worst().in_at_least(whole_secs(wait))),
                Step::Wait(wait) => sleep(wait).await,
                Step::GiveUp(failure) => return Err(failure),
            }
        }
    }
}

async fn begin(
    completions: &Completions,
    route: &Route,
    mut pass: Pass<'_>,
    body: &Value,
    correlation_id: &str,
) -> Result<Answer, Failure> {
    let opened =
        route.endpoint.open(&endpoint::OURS, &completions.http, &completions.tokens, body, correlation_id).await;
    let response = match opened {
        Ok(response) => response,
        Err(failure) => return Err(learnt(pass, failure)),
    };
    pass.accepted();
    let id = upstream_id(response.headers());
    let answer = if body["stream"] == true { first_event(response).await } else { whole(response).await };
    match answer {
        Ok(answer) => {
            pass.succeeded();
            Ok(answer)
        }
        Err(failure) => Err(learnt(pass, failure.with_kind(FailureKind::Unreachable).with_upstream_id(id))),
    }
}

async fn whole(response: Response) -> Result<Answer, Failure> {
    let broken = |why: &str| Failure::new(FailureKind::BrokenOff, why);
    let read = async {
        let mut response = response;
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(|_| broken("the answer broke off"))? {
            if body.len() + bytes.len() > MOST_BYTES {
                return Err(broken("the answer is larger than 16 MB"));
            }
            body.extend_from_slice(&bytes);
        }
        let whole = serde_json::from_slice(&body).or_else(|_| serde_json::from_str(&wire::mended(&body)));
        whole.map(Answer::Whole).map_err(|_| broken("the answer is unreadable"))
    };
    timeout(WHOLE, read).await.map_err(|_| broken("the answer takes too long"))?
}

/// A stream that breaks before its first event is a failure like any other, which another endpoint can mend.
async fn first_event(response: Response) -> Result<Answer, Failure> {
    let mut events: Events = Box::pin(events(response));
    let mut first = Vec::new();
    loop {
        match events.next().await {
            Some(Ok(event)) => {
                let is_enough = says_something(&event) || first.len() >= MOST_SILENT_EVENTS;
                first.push(Ok(event));
                if is_enough {
                    return Ok(Answer::Events(Box::pin(futures::stream::iter(first).chain(events))));
                }
            }
            Some(Err(failure)) => return Err(failure),
            None => return Err(Failure::new(FailureKind::BrokenOff, "it ended before the first token")),
        }
    }
}

/// Whether an event has a part of the answer in it, and not only a role or what the filter said of the question.
fn says_something(event: &Value) -> bool {
    let choices = event.get("choices").and_then(Value::as_array).into_iter().flatten();
    let is_said = |said: &Value| match said {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    };
    choices.into_iter().any(|choice| {
        let parts = ["content", "tool_calls", "function_call", "refusal", "audio"];
        let delta = choice.get("delta");
        let in_delta = |name: &&str| delta.and_then(|delta| delta.get(name)).is_some_and(is_said);
        parts.iter().any(in_delta) || choice.get("finish_reason").is_some_and(is_said)
    })
}

fn events(response: Response) -> impl Stream<Item = Result<Value, Failure>> + Send {
    try_stream! {
        let mut lines = sse::Lines::default();
        let mut body = response.bytes_stream();
        while let Some(Ok(bytes)) = body.next().await {
            lines.push(&bytes);
            while let Some(data) = lines.next_data() {
                if data == b"[DONE]" {
                    return;
                }
                let event: Value = serde_json::from_slice(data)
                    .or_else(|_| serde_json::from_str(&wire::mended(data)))
                    .map_err(|_| Failure::new(FailureKind::BrokenOff, "an unreadable event"))?;
                if let Some(error) = event.get("error") {
                    let said = error.get("message").and_then(Value::as_str).unwrap_or("an error without a message");
                    Err(Failure::new(FailureKind::BrokenOff, said))?;
                }
                yield event;
            }
            if lines.is_endless() {
                Err(Failure::new(FailureKind::BrokenOff, "an event without an end"))?;
            }
        }
        Err(Failure::new(FailureKind::BrokenOff, "it ended without saying so"))?;
    }
}
