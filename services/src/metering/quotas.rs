//! Quotas: which of them are somebody's, and what is left of them.

use time::{Duration, OffsetDateTime, Time, UtcDateTime};

use super::money::money;
use crate::{
    config::QuotaConfig,
    store::usage::{Cost, Spent},
};

/// All quotas. Whoever several of them name is held by the strictest.
pub(super) struct Quotas(pub(super) Vec<QuotaConfig>);

/// What a quota measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    Requests,
    Tokens,
    /// In millionths of this currency.
    Money(String),
}

/// A quota of somebody, and what they used of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub measure: Measure,
    pub used: u64,
    pub limit: u64,
    /// When there will be something of it again; for requests that are not used up, now.
    pub renews_at: OffsetDateTime,
}

/// A quota is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    what: Allowance,
    wait: Duration,
    pub(crate) retry_after_secs: u64,
}

impl Quotas {
    /// Of all quotas that somebody has used up, the one that renews last.
    pub(super) fn exhausted(&self, spent: &Spent) -> Option<Exhausted> {
        let allowances = self.allowances(spent).into_iter().filter(Allowance::is_used_up);
        allowances.max_by_key(|allowance| allowance.renews_at).map(|allowance| allowance.exhausted(spent.now))
    }

    /// What somebody used of each of their quotas.
    pub(super) fn allowances(&self, spent: &Spent) -> Vec<Allowance> {
        let theirs = || self.0.iter().filter(|quota| quota.is_for(spent));
        let requests = theirs().filter_map(|quota| quota.requests_per_minute).min();
        let tokens = theirs().filter_map(|quota| quota.tokens_per_day).min();
        let mut budgets: Vec<&Cost> = theirs().filter_map(|quota| quota.money_per_month.as_ref()).collect();
        budgets.sort_by(|one, other| (&one.currency, one.micros).cmp(&(&other.currency, other.micros)));
        budgets.dedup_by(|one, other| one.currency == other.currency);

        let requests = requests.map(|limit| Allowance {
            measure: Measure::Requests,
            used: spent.recent.len() as u64,
            limit: limit.into(),
            renews_at: next_request_at(spent, limit as usize),
        });
        let tokens = tokens.map(|limit| Allowance {
            measure: Measure::Tokens,
            used: spent.tokens_today,
            limit,
            renews_at: next_day(spent.now),
        });
        let budgets = budgets.into_iter().map(|budget| Allowance {
            measure: Measure::Money(budget.currency.clone()),
            used: spent.this_month(&budget.currency).unsigned_abs(),
            limit: budget.micros.unsigned_abs(),
            renews_at: next_month(spent.now),
        });
        requests.into_iter().chain(tokens).chain(budgets).collect()
    }
}

impl QuotaConfig {
    /// A quota that names nobody is everybody's.
    fn is_for(&self, who: &Spent) -> bool {
        let is_same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let has = |names: &[String], name: Option<&str>| {
            name.is_some_and(|name| names.iter().any(|known| is_same(known, name)))
        };
        let names_nobody = self.roles.is_empty() && self.departments.is_empty() && self.users.is_empty();
        names_nobody
            || who.roles.iter().any(|role| has(&self.roles, Some(role)))
            || has(&self.departments, who.department.as_deref())
            || has(&self.users, who.username.as_deref())
            || who.object_ids.iter().any(|id| has(&self.users, Some(id)))
    }
}

impl Allowance {
    /// Whether there is nothing of it left.
    pub fn is_used_up(&self) -> bool {
        self.used >= self.limit
    }

    fn exhausted(self, now: OffsetDateTime) -> Exhausted {
        let wait = (self.renews_at - now).max(Duration::ZERO);
        let retry_after_secs = wait.whole_seconds().unsigned_abs() + u64::from(wait.subsec_nanoseconds() > 0);
        Exhausted { what: self, wait, retry_after_secs }
    }
}

impl Exhausted {
    /// What is used up, and when it renews, in the language being spoken.
    pub(crate) fn message(&self) -> String {
        let Allowance { measure, limit, renews_at, .. } = &self.what;
        match measure {
            Measure::Requests => texts::quota_requests(*limit, &self.retry_after_secs.to_string()),
            Measure::Tokens => texts::quota_tokens(&texts::number(*limit), &in_words(self.wait)),
            Measure::Money(currency) => {
                let month = usize::from(u8::from(renews_at.month())) - 1;
                let month = texts::LONG_MONTHS.text().split(' ').nth(month).unwrap_or_default();
                texts::quota_money(&money(i64::try_from(*limit).unwrap_or(i64::MAX), currency), month)
            }
        }
    }
}

/// Such as `3 h 20 min`, never too little.
fn in_words(wait: Duration) -> String {
    let minutes = wait.whole_minutes() + i64::from(!(wait - Duration::minutes(wait.whole_minutes())).is_zero());
    if minutes < 60 {
        texts::MINUTES.about(&minutes.to_string())
    } else {
        texts::hours_and_minutes(&(minutes / 60).to_string(), &(minutes % 60).to_string())
    }
}

/// When enough of the last minute's requests are a minute old.
fn next_request_at(spent: &Spent, limit: usize) -> OffsetDateTime {
    let over = spent.recent.len().checked_sub(limit);
    over.and_then(|over| spent.recent.get(over)).map_or(spent.now, |asked_at| *asked_at + Duration::MINUTE)
}

fn next_day(now: OffsetDateTime) -> OffsetDateTime {
    let today = UtcDateTime::from(now).date();
    today.next_day().unwrap_or(today).with_time(Time::MIDNIGHT).assume_utc()
}

fn next_month(now: OffsetDateTime) -> OffsetDateTime {
    let today = UtcDateTime::from(now).date();
    let year = today.year() + i32::from(today.month() == time::Month::December);
    let first = time::Date::from_calendar_date(year, today.month().next(), 1);
    first.unwrap_or(today).with_time(Time::MIDNIGHT).assume_utc()
}

#[cfg(test)]
mod tests;
