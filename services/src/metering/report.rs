//! What was used: by one person, and by all.

use std::collections::BTreeMap;

use model::UserId;
use time::{Date, Duration};
use uuid::Uuid;

use super::Metering;
use crate::{
    error::Error,
    store::usage_reports::{self as store, By, Sum},
};

/// What answers used together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Those under way and those that came to nothing, too.
    pub answers: u64,
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    /// Millionths by currency.
    pub costs: BTreeMap<String, i64>,
}

impl Totals {
    /// Of prompts and answers.
    pub fn tokens(&self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }

    fn add(&mut self, sum: &Sum) {
        self.answers += sum.answers.unsigned_abs();
        self.prompt_tokens += sum.prompt_tokens.unsigned_abs();
        self.completion_tokens += sum.completion_tokens.unsigned_abs();
        if let Some(currency) = &sum.currency {
            *self.costs.entry(currency.clone()).or_default() += sum.cost_micros;
        }
    }
}

/// What one person used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserUsage {
    /// Since midnight UTC.
    pub today: Totals,
    /// Since the first of the month UTC.
    pub month: Totals,
}

/// What one model, department or person used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Absent: not known.
    pub name: Option<String>,
    pub totals: Totals,
}

/// What everybody used, those first who used most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub models: Vec<Share>,
    pub departments: Vec<Share>,
    /// Each day, oldest first, also those without anything.
    pub days: Vec<(Date, Totals)>,
    pub people: Vec<Share>,
}

impl Metering {
    /// What `owner` used today and this month.
    pub async fn of(&self, owner: UserId) -> Result<UserUsage, Error> {
        let mut usage = UserUsage::default();
        for sum in store::of_user(&self.pool, owner).await? {
            usage.month.add(&sum);
            if sum.key.as_deref() == Some("today") {
                usage.today.add(&sum);
            }
        }
        Ok(usage)
    }

    /// What everybody used in the last `days` days, with the `people` who used most.
    pub async fn report(&self, days: u16, people: usize) -> Result<Report, Error> {
        let (pool, span) = (&self.pool, i32::from(days));
        let (models, departments, by_day, users, today) = futures::try_join!(
            store::sums(pool, By::Model, span),
            store::sums(pool, By::Department, span),
            store::sums(pool, By::Day, span),
            store::sums(pool, By::User, span),
            store::today(pool),
        )?;
        let mut users = shares(users);
        users.truncate(people);
        Ok(Report {
            models: shares(models),
            departments: shares(departments),
            days: each_day(&by_day, today, days),
            people: self.named(users).await?,
        })
    }

    /// With names in place of ids.
    async fn named(&self, shares: Vec<Share>) -> Result<Vec<Share>, Error> {
        let id = |share: &Share| share.name.as_deref().and_then(|id| Uuid::parse_str(id).ok());
        let ids: Vec<Uuid> = shares.iter().filter_map(id).collect();
        let names: BTreeMap<Uuid, String> = store::names(&self.pool, &ids).await?.into_iter().collect();
        let named = |share: Share| Share { name: id(&share).and_then(|id| names.get(&id).cloned()), ..share };
        Ok(shares.into_iter().map(named).collect())
    }
}

/// One for each key, the largest first.
fn shares(sums: Vec<Sum>) -> Vec<Share> {
    let mut by_key: BTreeMap<Option<String>, Totals> = BTreeMap::new();
    for sum in &sums {
        by_key.entry(sum.key.clone()).or_default().add(sum);
    }
    let mut shares: Vec<Share> = by_key.into_iter().map(|(name, totals)| Share { name, totals }).collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.totals.tokens()));
    shares
}

fn each_day(sums: &[Sum], today: Date, days: u16) -> Vec<(Date, Totals)> {
    let day = |age: u16| today.saturating_sub(Duration::days(age.into()));
    let totals = |day: Date| {
        let mut totals = Totals::default();
        let name = day.to_string();
        sums.iter().filter(|sum| sum.key.as_deref() == Some(&name)).for_each(|sum| totals.add(sum));
        totals
    };
    (0..days).rev().map(|age| (day(age), totals(day(age)))).collect()
}
