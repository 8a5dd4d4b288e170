//! Completions for callers that speak OpenAI's protocol: checked, metered and held to the same quotas as the page's
//! questions. Nothing of them is stored but what they used.

mod meter;
mod request;

use std::{pin::Pin, sync::Arc};

use async_stream::try_stream;
use futures::{Stream, StreamExt as _};
use model::UserId;
use serde_json::{Map, Value, json};
use sqlx::PgPool;
use tokio::sync::watch;
use uuid::Uuid;

pub use request::Rejected;

use crate::{
    clock,
    completions::{Answer, Completions, Failure, FailureKind},
    error::Error,
    hub::Hub,
    metering::Metering,
    models::Models,
    replies::out_of_grace,
    store::{answered, usage},
};
use meter::Meter;
use request::Request;

/// See [`Calls::complete`].
pub struct Calls {
    pool: PgPool,
    models: Arc<Models>,
    completions: Arc<Completions>,
    metering: Arc<Metering>,
    hub: Arc<Hub>,
    shutdown: watch::Receiver<bool>,
}

/// A completion.
pub enum Completion {
    Whole(Value),
    /// Its events as they come. Ends without an error after the last one only. Dropping it aborts the request, and what
    /// was used until then is metered.
    Events(Pin<Box<dyn Stream<Item = Result<Value, Failure>> + Send>>),
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The request is not as it should be.
    #[error("{0:?}")]
    Rejected(Rejected),
    #[error("no such model")]
    NoSuchModel(String),
    #[error("{0}")]
    Failed(#[from] Error),
    /// The model's service did not answer.
    #[error("{0}")]
    Model(Failure),
}

impl From<sqlx::Error> for CallError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Calls {
    pub(crate) fn new(
        pool: PgPool,
        models: Arc<Models>,
        completions: Arc<Completions>,
        metering: Arc<Metering>,
        hub: Arc<Hub>,
        shutdown: watch::Receiver<bool>,
    ) -> Self {
        Self { pool, models, completions, metering, hub, shutdown }
    }

    /// Has a model complete `body`, the object that OpenAI's "Create chat completion" takes, for `owner`, whose
    /// application is `client`. A `cost_centre` pays in place of their department.
    pub async fn complete(
        &self,
        owner: UserId,
        client: &str,
        cost_centre: Option<&str>,
        body: Map<String, Value>,
        correlation_id: &str,
    ) -> Result<Completion, CallError> {
        let request = Request::read(body).map_err(CallError::Rejected)?;
        let id = clock::new_id();
        let model = answered(async {
            let model = match self.models.pick(owner, Some(&request.model)).await {
                Err(Error::Invalid(_)) => return Err(CallError::NoSuchModel(request.model.clone())),
                picked => picked?,
            };
            let mut tx = self.pool.begin().await?;
            self.metering.admit(&mut tx, owner).await?;
            usage::begin_call(&mut tx, id, owner, &model, cost_centre).await?;
            tx.commit().await?;
            Ok(model)
        })
        .await?;
        let user = crate::crypto::pseudonym(owner.0.as_bytes());
        let upstream = request.upstream(&user);
        // From here on what is used is metered, whatever becomes of the caller.
        let mut meter = self.meter(id, &model, &request);
        let asked = tokio::select! {
            asked = self.completions.relay(&model, &upstream, correlation_id) => asked,
            () = out_of_grace(self.shutdown.clone()) => return Err(CallError::Model(restarted())),
        };
        let (deployment, answer) = match asked {
            Ok(answer) => answer,
            Err(failure) => {
                meter.nothing_was_used();
                return Err(CallError::Model(failure));
            }
        };
        tracing::info!(
            correlation_id,
            user = %owner,
            client,
            completion = %id,
            model,
            deployment,
            streamed = request.stream,
            "a completion for a caller"
        );
        meter.deployment = Some(deployment);
        let name = Name { id: format!("chatcmpl-{}", id.simple()), model, created: clock::now().unix_timestamp() };
        Ok(match answer {
            Answer::Whole(mut whole) => {
                meter.saw(&whole);
                name.give(&mut whole);
                Completion::Whole(whole)
            }
            Answer::Events(events) => {
                let wants_usage = request.wants_usage;
                let events = events.filter_map(move |event| {
                    let event = event.map(|event| {
                        meter.saw(&event);
                        name.event(event, wants_usage)
                    });
                    std::future::ready(event.transpose())
                });
                Completion::Events(Box::pin(until_restarted(events, self.shutdown.clone())))
            }
        })
    }

    fn meter(&self, id: Uuid, model: &str, request: &Request) -> Meter {
        let (pool, metering) = (self.pool.clone(), Arc::clone(&self.metering));
        Meter::new(pool, metering, self.hub.begin_writing(), id, model, request.turns())
    }
}

/// `events`, or as many of them as come before this server has to end.
fn until_restarted(
    events: impl Stream<Item = Result<Value, Failure>> + Send,
    shutdown: watch::Receiver<bool>,
) -> impl Stream<Item = Result<Value, Failure>> + Send {
    try_stream! {
        let (mut events, mut over) = (std::pin::pin!(events), std::pin::pin!(out_of_grace(shutdown)));
        loop {
            let next = tokio::select! {
                event = events.next() => event,
                () = &mut over => Some(Err(restarted())),
            };
            match next {
                Some(event) => yield event?,
                None => return,
            }
        }
    }
}

fn restarted() -> Failure {
    Failure::new(FailureKind::Unreachable, "the server is restarted")
}

/// What a completion is called, so that callers see one id and the model that they asked for.
struct Name {
    id: String,
    model: String,
    created: i64,
}

impl Name {
    fn give(&self, object: &mut Value) {
        let Some(members) = object.as_object_mut() else { return };
        members.insert("id".to_owned(), self.id.as_str().into());
        members.insert("model".to_owned(), self.model.as_str().into());
        members.insert("created".to_owned(), self.created.into());
    }

    /// An event as OpenAI's own service would send it. Azure's first one has no choices, those of its asynchronous
    /// filter have no `delta`, and many clients take neither.
    fn event(&self, mut event: Value, wants_usage: bool) -> Option<Value> {
        self.give(&mut event);
        event["object"] = "chat.completion.chunk".into();
        let has_usage = event.get("usage").is_some_and(Value::is_object);
        let choices = event.get_mut("choices").and_then(Value::as_array_mut);
        let is_empty = choices.as_ref().is_none_or(|choices| choices.is_empty());
        for choice in choices.into_iter().flatten() {
            if choice.get("delta").is_none_or(Value::is_null) {
                choice["delta"] = json!({});
            }
        }
        if !wants_usage && let Some(members) = event.as_object_mut() {
            members.remove("usage");
        }
        (!is_empty || (has_usage && wants_usage)).then_some(event)
    }
}
