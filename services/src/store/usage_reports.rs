//! Sums of what replies used.

use model::UserId;
use sqlx::PgPool;
use uuid::Uuid;

/// Rows of one kind and one currency, summed up.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Sum {
    /// What the rows have in common; absent = not known.
    pub key: Option<String>,
    pub answers: i64,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub cost_micros: i64,
    /// Absent: of these no cost is known.
    pub currency: Option<String>,
}

/// What rows are summed up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Model,
    Department,
    /// `YYYY-MM-DD`, UTC.
    Day,
    /// Their ids.
    User,
}

/// Sums over the last `days` days, today included, of everybody.
pub async fn sums(pool: &PgPool, by: By, days: i32) -> Result<Vec<Sum>, sqlx::Error> {
    let key = match by {
        By::Model => "model",
        By::Department => "department",
        By::Day => "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        By::User => "user_id::text",
    };
    let sql = format!(
        "SELECT {key} AS key, count(*) AS answers, sum(prompt_tokens)::bigint AS prompt_tokens,
                sum(completion_tokens)::bigint AS completion_tokens,
                coalesce(sum(cost_micros), 0)::bigint AS cost_micros, currency
         FROM usage WHERE at >= date_trunc('day', now(), 'UTC') - make_interval(days => $1 - 1)
         GROUP BY 1, currency"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(days).fetch_all(pool).await
}

/// Sums of `owner`, by `today` and `month` (the days before today).
pub async fn of_user(pool: &PgPool, owner: UserId) -> Result<Vec<Sum>, sqlx::Error> {
    sqlx::query_as(
        "SELECT CASE WHEN at >= date_trunc('day', now(), 'UTC') THEN 'today' ELSE 'month' END AS key,
                count(*) AS answers, sum(prompt_tokens)::bigint AS prompt_tokens,
                sum(completion_tokens)::bigint AS completion_tokens,
                coalesce(sum(cost_micros), 0)::bigint AS cost_micros, currency
         FROM usage WHERE user_id = $1 AND at >= date_trunc('month', now(), 'UTC') GROUP BY 1, currency",
    )
    .bind(owner.0)
    .fetch_all(pool)
    .await
}

/// Display names.
pub async fn names(pool: &PgPool, users: &[Uuid]) -> Result<Vec<(Uuid, String)>, sqlx::Error> {
    sqlx::query_as("SELECT id, display_name FROM users WHERE id = ANY($1)").bind(users).fetch_all(pool).await
}

/// Today, UTC, by the database's clock, as `YYYY-MM-DD`.
pub async fn today(pool: &PgPool) -> Result<time::Date, sqlx::Error> {
    sqlx::query_scalar("SELECT (now() AT TIME ZONE 'UTC')::date").fetch_one(pool).await
}
