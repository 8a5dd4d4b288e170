//! What replies used.

use model::{MessageId, Role, UserId};
use sqlx::{PgConnection, PgPool, Row as _, postgres::PgArguments};
use time::OffsetDateTime;
use uuid::Uuid;

use super::conversations::history;
use crate::metering::Metered;

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Millionths.
    pub micros: i64,
    /// ISO 4217, such as `EUR`.
    pub currency: String,
}

/// Notes that a reply, whose message is stored, is asked for, or asked to go on.
pub async fn begin(tx: &mut PgConnection, reply: MessageId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO usage (reply_id, user_id, department, model)
         SELECT m.id, u.id, u.department, m.model FROM messages m
         JOIN conversations c ON c.id = m.conversation_id JOIN users u ON u.id = c.owner_id WHERE m.id = $1
         ON CONFLICT (reply_id) DO UPDATE SET asked_at = now(), at = now()",
    )
    .bind(reply.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes that a completion without a conversation is asked for.
pub async fn begin_call(
    tx: &mut PgConnection,
    id: Uuid,
    owner: UserId,
    model: &str,
    cost_centre: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO usage (reply_id, user_id, department, model)
         SELECT $1, id, coalesce($4, department), $3 FROM users WHERE id = $2",
    )
    .bind(id)
    .bind(owner.0)
    .bind(model)
    .bind(cost_centre)
    .execute(tx)
    .await?;
    Ok(())
}

/// Adds what such a completion used. Once.
pub async fn add_to_call(pool: &PgPool, id: Uuid, metered: &Metered) -> Result<(), sqlx::Error> {
    let query = sqlx::query(
        "UPDATE usage SET deployment = $2, prompt_tokens = $3, completion_tokens = $4, cached_tokens = $5,
            reasoning_tokens = $6, counted = $7, cost_micros = $8, currency = $9, at = now()
         WHERE reply_id = $1",
    )
    .bind(id);
    bind(query, metered).execute(pool).await?;
    Ok(())
}

/// Adds what a reply used. Once for each time that it ends: in the transaction that ends it.
pub async fn add(tx: &mut PgConnection, reply: MessageId, metered: &Metered) -> Result<(), sqlx::Error> {
    // Replies that were begun by a version that did not note it have no row yet.
    let query = sqlx::query(
        "INSERT INTO usage AS u (reply_id, user_id, department, model, deployment, prompt_tokens, completion_tokens,
                                 cached_tokens, reasoning_tokens, counted, cost_micros, currency)
         SELECT m.id, p.id, p.department, m.model, $2, $3, $4, $5, $6, $7, $8, $9 FROM messages m
         JOIN conversations c ON c.id = m.conversation_id JOIN users p ON p.id = c.owner_id WHERE m.id = $1
         ON CONFLICT (reply_id) DO UPDATE SET
            deployment = coalesce(excluded.deployment, u.deployment),
            prompt_tokens = u.prompt_tokens + excluded.prompt_tokens,
            completion_tokens = u.completion_tokens + excluded.completion_tokens,
            cached_tokens = u.cached_tokens + excluded.cached_tokens,
            reasoning_tokens = u.reasoning_tokens + excluded.reasoning_tokens,
            counted = u.counted OR excluded.counted,
            cost_micros = CASE WHEN excluded.currency IS NULL THEN u.cost_micros
                               WHEN excluded.currency = u.currency THEN u.cost_micros + excluded.cost_micros
                               ELSE excluded.cost_micros END,
            currency = coalesce(excluded.currency, u.currency),
            at = now()",
    )
    .bind(reply.0);
    bind(query, metered).execute(tx).await?;
    Ok(())
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, PgArguments>;

/// Binds $2 to $9: deployment, the four kinds of tokens, whether they were counted, cost and currency.
fn bind<'q>(query: Query<'q>, metered: &'q Metered) -> Query<'q> {
    query
        .bind(metered.deployment.as_deref())
        .bind(i64::from(metered.usage.prompt_tokens))
        .bind(i64::from(metered.usage.completion_tokens))
        .bind(i64::from(metered.usage.cached_tokens))
        .bind(i64::from(metered.usage.reasoning_tokens))
        .bind(metered.usage.counted)
        .bind(metered.cost.as_ref().map(|cost| cost.micros))
        .bind(metered.cost.as_ref().map(|cost| cost.currency.as_str()))
}

/// What a reply's model was asked, as (model, what was said before); `None` when the reply is gone.
pub async fn prompt_of(pool: &PgPool, reply: MessageId) -> Result<Option<(String, Vec<(Role, String)>)>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let row: Option<(Option<Uuid>, Option<String>)> =
        sqlx::query_as("SELECT parent_id, model FROM messages WHERE id = $1")
            .bind(reply.0)
            .fetch_optional(&mut *connection)
            .await?;
    let Some((parent, model)) = row else { return Ok(None) };
    let history = history(&mut connection, parent).await?;
    Ok(Some((model.unwrap_or_default(), history)))
}

/// Somebody, and what they used so far of what quotas measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The database's clock, which all servers share.
    pub now: OffsetDateTime,
    pub roles: Vec<String>,
    pub department: Option<String>,
    pub username: Option<String>,
    /// Of their accounts.
    pub object_ids: Vec<String>,
    /// When they asked within the last minute, oldest first.
    pub recent: Vec<OffsetDateTime>,
    /// Since midnight UTC.
    pub tokens_today: u64,
    /// Currency and millionths, since the first of the month UTC.
    pub months: Vec<(String, i64)>,
}

impl Spent {
    /// Millionths of `currency` this month.
    pub fn this_month(&self, currency: &str) -> i64 {
        self.months.iter().filter(|(known, _)| known == currency).map(|(_, micros)| micros).sum()
    }
}

/// Waits until nobody else asks in the name of `owner`, and keeps others waiting until `tx` ends.
pub async fn queue(tx: &mut PgConnection, owner: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('usage ' || $1::text, 0))")
        .bind(owner.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// What `owner` used so far; `None` when there is no such user.
pub async fn spent(connection: &mut PgConnection, owner: UserId) -> Result<Option<Spent>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT now() AS now, u.roles, u.department, u.username, a.oids, s.currency, s.micros, s.tokens, s.recent
         FROM users u
         LEFT JOIN LATERAL (SELECT array_agg(oid) AS oids FROM accounts WHERE user_id = u.id) a ON true
         LEFT JOIN LATERAL (
            SELECT currency,
                   sum(cost_micros) FILTER (WHERE at >= date_trunc('month', now(), 'UTC'))::bigint AS micros,
                   sum(prompt_tokens + completion_tokens)
                       FILTER (WHERE at >= date_trunc('day', now(), 'UTC'))::bigint AS tokens,
                   array_agg(asked_at) FILTER (WHERE asked_at > now() - interval '1 minute') AS recent
            FROM usage
            WHERE user_id = u.id AND at >= least(date_trunc('month', now(), 'UTC'), now() - interval '1 minute')
            GROUP BY currency
         ) s ON true
         WHERE u.id = $1",
    )
    .bind(owner.0)
    .fetch_all(connection)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut spent = Spent {
        now: first.try_get("now")?,
        roles: first.try_get("roles")?,
        department: first.try_get("department")?,
        username: first.try_get("username")?,
        object_ids: first.try_get::<Option<_>, _>("oids")?.unwrap_or_default(),
        recent: Vec::new(),
        tokens_today: 0,
        months: Vec::new(),
    };
    for row in &rows {
        let tokens: Option<i64> = row.try_get("tokens")?;
        spent.tokens_today += tokens.unwrap_or_default().unsigned_abs();
        spent.recent.extend(row.try_get::<Option<Vec<OffsetDateTime>>, _>("recent")?.unwrap_or_default());
        if let (Some(currency), Some(micros)) = (row.try_get("currency")?, row.try_get("micros")?) {
            spent.months.push((currency, micros));
        }
    }
    spent.recent.sort_unstable();
    Ok(Some(spent))
}
