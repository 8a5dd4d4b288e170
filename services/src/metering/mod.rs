//! What answers use and cost, what people may use, and what fits into a model.

mod cost;
pub(crate) mod fitting;
mod money;
mod quotas;
mod report;
pub(crate) mod tokens;

use std::sync::Arc;

use model::{MessageId, Usage, UserId};
use sqlx::{PgConnection, PgPool};

use crate::{
    completions::Turn,
    config::{ModelConfig, QuotaConfig},
    error::Error,
    store::usage::{self, Cost, Spent},
};
use fitting::Fitted;
pub use money::money;
pub(crate) use quotas::Exhausted;
use quotas::Quotas;
pub use quotas::{Allowance, Measure};
pub use report::{Report, Share, Totals, UserUsage};

/// See the methods.
pub struct Metering {
    pool: PgPool,
    models: Vec<ModelConfig>,
    quotas: Quotas,
}

/// What a reply used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metered {
    pub usage: Usage,
    /// Of the endpoint that answered.
    pub deployment: Option<String>,
    /// Absent: the model has no prices.
    pub cost: Option<Cost>,
}

impl Metering {
    pub(crate) fn new(pool: PgPool, models: Vec<ModelConfig>, quotas: Vec<QuotaConfig>) -> Self {
        Self { pool, models, quotas: Quotas(quotas) }
    }

    /// What a reply used, by what the service reports.
    pub(crate) fn reported(&self, model: &str, deployment: Option<String>, usage: Usage) -> Metered {
        let prices = self.model(model).and_then(|model| model.prices.as_ref());
        Metered { usage, deployment, cost: prices.map(|prices| cost::of(&usage, prices)) }
    }

    /// What a reply used, counted here: `turns` were asked, `text` was answered.
    pub(crate) async fn counted(
        &self,
        model: &str,
        deployment: Option<String>,
        turns: Arc<[Turn]>,
        text: String,
    ) -> Result<Metered, Error> {
        let count = move || (tokens::of_prompt(&turns), tokens::of_text(&text));
        let (prompt_tokens, completion_tokens) = tokens::counting(count).await?;
        let usage = Usage { prompt_tokens, completion_tokens, counted: true, ..Usage::default() };
        Ok(self.reported(model, deployment, usage))
    }

    /// What a reply used of which no more is known than that the model said `text`. `None` when it said nothing.
    pub(crate) async fn of_lost(&self, reply: MessageId, text: String) -> Result<Option<Metered>, Error> {
        if text.is_empty() {
            return Ok(None);
        }
        let Some((model, history)) = usage::prompt_of(&self.pool, reply).await? else { return Ok(None) };
        let turns = history.into_iter().map(|(role, text)| Turn { role, text }).collect();
        let turns = self.fit(&model, turns).await?.turns;
        self.counted(&model, None, turns.into(), text).await.map(Some)
    }

    /// What of `turns` fits into `model`.
    pub(crate) async fn fit(&self, model: &str, turns: Vec<Turn>) -> Result<Fitted, Error> {
        let Some(limit) = self.prompt_limit(model) else { return Ok(Fitted::whole(turns)) };
        // Mostly the texts' length says already that all of it fits, and no first token waits for a thread that counts.
        if tokens::at_most(turns.iter().map(|turn| turn.text.as_str())) <= limit as usize {
            return Ok(Fitted::whole(turns));
        }
        tokens::counting(move || Fitted::within(turns, limit)).await
    }

    /// Refuses a question that does not fit into `model` even alone.
    pub(crate) async fn check_length(&self, model: &str, question: &str) -> Result<(), Error> {
        let Some(limit) = self.prompt_limit(model) else { return Ok(()) };
        if tokens::at_most([question]) <= limit as usize {
            return Ok(());
        }
        let question = question.to_owned();
        let (around, tokens) =
            tokens::counting(move || (tokens::around_question(), tokens::of_text(&question))).await?;
        let limit = limit.saturating_sub(around);
        if tokens > limit { Err(Error::TooLong { tokens, limit }) } else { Ok(()) }
    }

    /// Whether anything limits anybody.
    pub(crate) fn has_quotas(&self) -> bool {
        !self.quotas.0.is_empty()
    }

    /// Lets `owner` ask, unless a quota of theirs is used up. Until `tx` ends nobody else asks in their name, on any
    /// server.
    pub(crate) async fn admit(&self, tx: &mut PgConnection, owner: UserId) -> Result<(), Error> {
        if !self.has_quotas() {
            return Ok(());
        }
        usage::queue(tx, owner).await?;
        let Some(spent) = usage::spent(tx, owner).await? else { return Ok(()) };
        match self.quotas.exhausted(&spent) {
            Some(exhausted) => Err(Error::QuotaUsedUp(exhausted)),
            None => Ok(()),
        }
    }

    /// Why `owner` may not ask at the moment, if they may not.
    pub async fn refusal(&self, owner: UserId) -> Result<Option<Error>, Error> {
        let spent = self.spent(owner).await?;
        Ok(spent.and_then(|spent| self.quotas.exhausted(&spent)).map(Error::QuotaUsedUp))
    }

    /// What is left of each quota of `owner`.
    pub async fn allowances(&self, owner: UserId) -> Result<Vec<Allowance>, Error> {
        Ok(self.spent(owner).await?.map(|spent| self.quotas.allowances(&spent)).unwrap_or_default())
    }

    async fn spent(&self, owner: UserId) -> Result<Option<Spent>, Error> {
        if self.quotas.0.is_empty() {
            return Ok(None);
        }
        Ok(usage::spent(&mut *self.pool.acquire().await?, owner).await?)
    }

    fn model(&self, name: &str) -> Option<&ModelConfig> {
        self.models.iter().find(|model| model.name == name)
    }

    fn prompt_limit(&self, model: &str) -> Option<u32> {
        self.model(model)?.prompt_limit()
    }
}
