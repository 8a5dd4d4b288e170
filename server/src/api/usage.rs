//! What the caller used, and what is left of their quotas.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use services::{
    clock,
    metering::{Allowance, Measure, Totals},
};
use utoipa::ToSchema;

use super::{caller::Calling, problem::Problem};
use crate::{Doors, request::CorrelationId};

#[derive(Serialize, ToSchema)]
pub(super) struct UsageRead {
    /// Since midnight UTC.
    today: Sums,
    /// Since the first of the month UTC.
    month: Sums,
    quotas: Vec<QuotaRead>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Sums {
    requests: u64,
    prompt_tokens: u64,
    completion_tokens: u64,
    /// Millionths by currency.
    cost_micros: BTreeMap<String, i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct QuotaRead {
    /// `requests` in a minute, `tokens` in a day, or `money` in a month, in millionths of `currency`.
    measure: &'static str,
    currency: Option<String>,
    used: u64,
    limit: u64,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    renews_at: String,
}

/// What the caller used.
#[utoipa::path(get, path = "/api/v1/usage", tag = "Caller", responses((status = 200, body = UsageRead)))]
pub(super) async fn usage(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
) -> Result<Json<UsageRead>, Problem> {
    let (owner, metering) = (calling.id(), &doors.services.metering);
    let read = futures::future::try_join(metering.of(owner), metering.allowances(owner)).await;
    let (usage, quotas) = read.map_err(|error| Problem::failed(error, &correlation_id))?;
    Ok(Json(UsageRead {
        today: usage.today.into(),
        month: usage.month.into(),
        quotas: quotas.into_iter().map(QuotaRead::from).collect(),
    }))
}

impl From<Totals> for Sums {
    fn from(totals: Totals) -> Self {
        Self {
            requests: totals.answers,
            prompt_tokens: totals.prompt_tokens,
            completion_tokens: totals.completion_tokens,
            cost_micros: totals.costs,
        }
    }
}

impl From<Allowance> for QuotaRead {
    fn from(allowance: Allowance) -> Self {
        let (measure, currency) = match allowance.measure {
            Measure::Requests => ("requests", None),
            Measure::Tokens => ("tokens", None),
            Measure::Money(currency) => ("money", Some(currency)),
        };
        let renews_at = clock::rfc3339(allowance.renews_at);
        Self { measure, currency, used: allowance.used, limit: allowance.limit, renews_at }
    }
}
