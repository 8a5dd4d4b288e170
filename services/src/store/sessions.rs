//! Sessions, found by the hash of their id, and sign-in answers that were used.

use model::{UserId, Viewer};
use sqlx::{PgPool, Row as _};
use time::OffsetDateTime;

/// A session to store.
pub struct NewSession<'a> {
    pub id_hash: &'a [u8],
    pub user_id: UserId,
    pub sid: Option<&'a str>,
    /// Sealed; absent = leave what is stored.
    pub tokens: Option<&'a [u8]>,
    pub expires_at: OffsetDateTime,
}

/// A session and whose it is.
pub struct StoredSession {
    pub viewer: Viewer,
    pub sid: Option<String>,
    pub expires_at: OffsetDateTime,
}

/// Stores a session, or its changes.
pub async fn save(pool: &PgPool, session: &NewSession<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO sessions AS s (id_hash, user_id, sid, tokens, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id_hash) DO UPDATE SET
            user_id = excluded.user_id, sid = excluded.sid, tokens = coalesce(excluded.tokens, s.tokens),
            expires_at = excluded.expires_at",
    )
    .bind(session.id_hash)
    .bind(session.user_id.0)
    .bind(session.sid)
    .bind(session.tokens)
    .bind(session.expires_at)
    .execute(pool)
    .await?;
    Ok(())
}

/// The session with that id hash, unless it expired.
pub async fn load(pool: &PgPool, id_hash: &[u8]) -> Result<Option<StoredSession>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT s.user_id, s.sid, s.expires_at, u.display_name, u.department, u.roles
         FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id_hash = $1 AND s.expires_at > now()",
    )
    .bind(id_hash)
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        Ok(StoredSession {
            viewer: super::users::viewer(&row)?,
            sid: row.try_get("sid")?,
            expires_at: row.try_get("expires_at")?,
        })
    })
    .transpose()
}

/// The sealed tokens of a session.
pub async fn tokens(pool: &PgPool, id_hash: &[u8]) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let tokens: Option<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT tokens FROM sessions WHERE id_hash = $1 AND expires_at > now()")
            .bind(id_hash)
            .fetch_optional(pool)
            .await?;
    Ok(tokens.flatten())
}

/// Ends one session.
pub async fn delete(pool: &PgPool, id_hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(id_hash).execute(pool).await?;
    Ok(())
}

/// Ends the sessions that belong to a session at the provider. How many there were.
pub async fn delete_by_sid(pool: &PgPool, sid: &str) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query("DELETE FROM sessions WHERE sid = $1").bind(sid).execute(pool).await?.rows_affected())
}

/// Marks a sign-in answer as used; false when it was already.
pub async fn use_sign_in(pool: &PgPool, state_hash: &[u8], expires_at: OffsetDateTime) -> Result<bool, sqlx::Error> {
    let result =
        sqlx::query("INSERT INTO used_sign_ins (state_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(state_hash)
            .bind(expires_at)
            .execute(pool)
            .await?;
    Ok(result.rows_affected() == 1)
}

/// Removes what expired.
pub async fn sweep(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE expires_at < now()").execute(pool).await?;
    sqlx::query("DELETE FROM used_sign_ins WHERE expires_at < now()").execute(pool).await?;
    Ok(())
}
