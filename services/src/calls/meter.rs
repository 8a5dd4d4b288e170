//! What one completion uses, noted when it is over: whole, broken off, or left by its caller.

use std::{mem, sync::Arc};

use model::Usage;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    completions::{Turn, usage_of},
    error::Error,
    hub::Writing,
    metering::Metering,
    store::usage,
};

/// Text that is kept to be counted, in case the service does not: a model's longest answer.
const MOST_BYTES: usize = 2 << 20;

/// Notes it when it is dropped, in the background.
pub(super) struct Meter {
    pub(super) deployment: Option<String>,
    sums: Option<Sums>,
}

struct Sums {
    pool: PgPool,
    metering: Arc<Metering>,
    /// A server that stops waits until it is noted.
    writing: Writing,
    id: Uuid,
    model: String,
    turns: Vec<Turn>,
    /// As far as it is known.
    answer: String,
    reported: Option<Usage>,
}

impl Meter {
    pub(super) fn new(
        pool: PgPool,
        metering: Arc<Metering>,
        writing: Writing,
        id: Uuid,
        model: &str,
        turns: Vec<Turn>,
    ) -> Self {
        let (model, answer) = (model.to_owned(), String::new());
        let sums = Sums { pool, metering, writing, id, model, turns, answer, reported: None };
        Self { deployment: None, sums: Some(sums) }
    }

    /// Takes in an answer, or an event of one.
    pub(super) fn saw(&mut self, object: &Value) {
        let Some(sums) = &mut self.sums else { return };
        if let Some(reported) = object.get("usage").and_then(usage_of) {
            sums.reported = Some(reported);
        }
        for choice in object.get("choices").and_then(Value::as_array).into_iter().flatten() {
            let said = choice.get("delta").or_else(|| choice.get("message"));
            let text = said.and_then(|said| said.get("content")).and_then(Value::as_str).unwrap_or_default();
            if sums.answer.len() + text.len() <= MOST_BYTES {
                sums.answer.push_str(text);
            }
        }
    }

    /// No model had the request.
    pub(super) fn nothing_was_used(mut self) {
        self.sums = None;
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let (Some(sums), deployment) = (self.sums.take(), mem::take(&mut self.deployment)) else { return };
        tokio::spawn(async move {
            let id = sums.id;
            if let Err(error) = sums.note(deployment).await {
                tracing::error!(completion = %id, error = %error, "what a completion used could not be noted");
            }
        });
    }
}

impl Sums {
    async fn note(self, deployment: Option<String>) -> Result<(), Error> {
        let Self { pool, metering, writing, id, model, turns, answer, reported } = self;
        let metered = match reported {
            Some(usage) => metering.reported(&model, deployment, usage),
            None => metering.counted(&model, deployment, turns.into(), answer).await?,
        };
        usage::add_to_call(&pool, id, &metered).await?;
        drop(writing);
        Ok(())
    }
}
