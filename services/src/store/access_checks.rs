//! Checking sessions again while they last: which are due, and who is doing it. One server at a time checks a session;
//! it holds a lease rather than a lock, so that a directory that hangs takes no connection with it.

use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;

/// A server that has not reported for so long is believed dead. Longer than a check with all its timeouts.
const LEASE_SECS: f64 = 60.0;
/// After a check that could not be done.
const PAUSE_SECS: f64 = 5.0;

/// A session that this server may check now.
#[derive(sqlx::FromRow)]
pub struct Claimed {
    pub public_id: Uuid,
    pub id_hash: Vec<u8>,
    pub user_id: Uuid,
    /// Sealed.
    pub tokens: Option<Vec<u8>>,
}

/// Takes the lease of a session that was last checked at least `age` ago; `None` when there is nothing to do, or
/// another server does it.
pub async fn claim(pool: &PgPool, public_id: Uuid, age: Duration) -> Result<Option<Claimed>, sqlx::Error> {
    // The row's lock makes one of several servers the first; the others then see its lease.
    sqlx::query_as(
        "UPDATE sessions SET checking_until = now() + make_interval(secs => $2)
         WHERE public_id = $1 AND ended_at IS NULL
           AND (checking_until IS NULL OR checking_until < now())
           AND (check_not_before IS NULL OR check_not_before < now())
           AND access_checked_at <= now() - make_interval(secs => $3)
         RETURNING public_id, id_hash, user_id, tokens",
    )
    .bind(public_id)
    .bind(LEASE_SECS)
    .bind(age.as_secs_f64())
    .fetch_optional(pool)
    .await
}

/// Sessions in use that were last checked at least `age` ago and that nobody is checking, the most urgent first.
pub async fn due(pool: &PgPool, age: Duration, in_use: Duration, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT public_id FROM sessions
         WHERE ended_at IS NULL AND expires_at > now()
           AND access_checked_at <= now() - make_interval(secs => $1)
           AND last_seen_at > now() - make_interval(secs => $2)
           AND (checking_until IS NULL OR checking_until < now())
           AND (check_not_before IS NULL OR check_not_before < now())
         ORDER BY access_checked_at LIMIT $3",
    )
    .bind(age.as_secs_f64())
    .bind(in_use.as_secs_f64())
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Stores tokens that were just renewed, at once: the old ones may not work any more.
pub async fn save_tokens(pool: &PgPool, claimed: &Claimed, sealed: &[u8]) -> Result<bool, sqlx::Error> {
    let saved =
        sqlx::query("UPDATE sessions SET tokens = $3 WHERE public_id = $1 AND id_hash = $2 AND ended_at IS NULL")
            .bind(claimed.public_id)
            .bind(&claimed.id_hash)
            .bind(sealed)
            .execute(pool)
            .await?;
    Ok(saved.rows_affected() == 1)
}

/// The owner may go on being here.
pub async fn passed(pool: &PgPool, public_id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE sessions SET access_checked_at = now(), checking_until = NULL, check_not_before = NULL
         WHERE public_id = $1",
    )
    .bind(public_id)
    .execute(pool)
    .await?;
    Ok(())
}

/// It could not be found out; somebody may try again in a moment.
pub async fn put_off(pool: &PgPool, public_id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE sessions SET checking_until = NULL, check_not_before = now() + make_interval(secs => $2)
         WHERE public_id = $1",
    )
    .bind(public_id)
    .bind(PAUSE_SECS)
    .execute(pool)
    .await?;
    Ok(())
}
