//! The trail of sign-ins. Only ever added to.

use model::UserId;
use sqlx::{PgPool, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock;

/// A sign-in, or an attempt at one.
#[derive(Clone, Debug, Default)]
pub struct SignInEvent {
    pub user_id: Option<UserId>,
    pub tid: Option<String>,
    pub oid: Option<String>,
    pub username: Option<String>,
    /// How it was asked for, such as `silent`.
    pub method: String,
    /// `success`, or the name of the failure.
    pub outcome: String,
    /// The provider's number of the failure.
    pub code: Option<String>,
    pub network: Option<String>,
    pub user_agent: Option<String>,
    pub correlation_id: String,
}

/// The same with its time, as auditors read it.
pub struct RecordedSignIn {
    pub at: OffsetDateTime,
    /// The user's name as it is now, or the account's name.
    pub who: Option<String>,
    pub event: SignInEvent,
}

/// Adds to the trail.
pub async fn record(pool: &PgPool, event: &SignInEvent) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO sign_in_events
            (id, user_id, tid, oid, username, method, outcome, code, network, user_agent, correlation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(clock::new_id())
    .bind(event.user_id.map(|id| id.0))
    .bind(&event.tid)
    .bind(&event.oid)
    .bind(&event.username)
    .bind(&event.method)
    .bind(&event.outcome)
    .bind(&event.code)
    .bind(&event.network)
    .bind(&event.user_agent)
    .bind(&event.correlation_id)
    .execute(pool)
    .await?;
    Ok(())
}

/// The newest sign-ins of one user, or of everybody.
pub async fn recent(pool: &PgPool, of: Option<UserId>, limit: i64) -> Result<Vec<RecordedSignIn>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT e.at, e.user_id, e.tid, e.oid, e.username, e.method, e.outcome, e.code, e.network, e.user_agent,
                e.correlation_id, coalesce(u.display_name, e.username) AS who
         FROM sign_in_events e LEFT JOIN users u ON u.id = e.user_id
         WHERE $1::uuid IS NULL OR e.user_id = $1
         ORDER BY e.at DESC, e.id DESC LIMIT $2",
    )
    .bind(of.map(|id| id.0))
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let event = SignInEvent {
                user_id: row.try_get::<Option<Uuid>, _>("user_id")?.map(UserId),
                tid: row.try_get("tid")?,
                oid: row.try_get("oid")?,
                username: row.try_get("username")?,
                method: row.try_get("method")?,
                outcome: row.try_get("outcome")?,
                code: row.try_get("code")?,
                network: row.try_get("network")?,
                user_agent: row.try_get("user_agent")?,
                correlation_id: row.try_get("correlation_id")?,
            };
            Ok(RecordedSignIn { at: row.try_get("at")?, who: row.try_get("who")?, event })
        })
        .collect()
}
