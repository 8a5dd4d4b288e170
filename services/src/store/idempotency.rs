//! Requests that are to happen once.

use model::UserId;
use sqlx::PgPool;

const KEPT_SECS: f64 = 24.0 * 3600.0;
/// A server that has not answered for so long has died over it. Longer than the longest answer that is waited for.
const GIVEN_UP_SECS: f64 = 900.0;

/// What there is for a key.
#[derive(Debug, PartialEq)]
pub enum Standing<Body> {
    /// Nothing: it is the caller's to work on.
    Begun,
    /// Somebody is working on it.
    UnderWay,
    Answered {
        status: u16,
        body: Body,
    },
    /// It came with something else.
    Other,
}

/// Takes a key of `owner`, or says what there is for it, with the answer sealed.
pub async fn begin(
    pool: &PgPool,
    owner: UserId,
    key_hash: &[u8],
    fingerprint: &[u8],
) -> Result<Standing<Vec<u8>>, sqlx::Error> {
    // The row's lock makes one of two requests the first.
    let begun = sqlx::query(
        "INSERT INTO idempotency_keys AS k (owner_id, key_hash, fingerprint, expires_at)
         VALUES ($1, $2, $3, now() + make_interval(secs => $4))
         ON CONFLICT (owner_id, key_hash) DO UPDATE SET fingerprint = excluded.fingerprint, begun_at = now(),
            expires_at = excluded.expires_at, status = NULL, body = NULL
         WHERE k.expires_at < now() OR (k.status IS NULL AND k.begun_at < now() - make_interval(secs => $5))",
    )
    .bind(owner.0)
    .bind(key_hash)
    .bind(fingerprint)
    .bind(KEPT_SECS)
    .bind(GIVEN_UP_SECS)
    .execute(pool)
    .await?;
    if begun.rows_affected() == 1 {
        return Ok(Standing::Begun);
    }
    let row: Option<(bool, Option<i16>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT fingerprint = $3, status, body FROM idempotency_keys WHERE owner_id = $1 AND key_hash = $2",
    )
    .bind(owner.0)
    .bind(key_hash)
    .bind(fingerprint)
    .fetch_optional(pool)
    .await?;
    Ok(match row {
        Some((false, ..)) => Standing::Other,
        Some((true, Some(status), Some(body))) => Standing::Answered { status: status.unsigned_abs(), body },
        // It was let go of a moment ago: whoever tries again will have it.
        Some((true, ..)) | None => Standing::UnderWay,
    })
}

/// Keeps the answer to a request that was begun.
pub async fn finish(
    pool: &PgPool,
    owner: UserId,
    key_hash: &[u8],
    status: u16,
    body: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE idempotency_keys SET status = $3, body = $4 WHERE owner_id = $1 AND key_hash = $2")
        .bind(owner.0)
        .bind(key_hash)
        .bind(i16::try_from(status).unwrap_or(500))
        .bind(body)
        .execute(pool)
        .await?;
    Ok(())
}

/// Nothing came of it: the same request may be tried again.
pub async fn let_go(pool: &PgPool, owner: UserId, key_hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM idempotency_keys WHERE owner_id = $1 AND key_hash = $2 AND status IS NULL")
        .bind(owner.0)
        .bind(key_hash)
        .execute(pool)
        .await?;
    Ok(())
}

/// Removes what is not kept any longer.
pub async fn sweep(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM idempotency_keys WHERE expires_at < now()").execute(pool).await?;
    Ok(())
}
