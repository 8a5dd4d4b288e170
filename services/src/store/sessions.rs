//! Sessions, found by the hash of their id, and sign-in answers that were used.

use model::{EndReason, UserId, Viewer};
use sqlx::{PgPool, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{news, users::Languages};

/// A session to store.
pub struct NewSession<'a> {
    pub id_hash: &'a [u8],
    pub user_id: UserId,
    pub sid: Option<&'a str>,
    /// Sealed.
    pub tokens: &'a [u8],
    pub user_agent: Option<&'a str>,
    pub network: Option<&'a str>,
    pub expires_at: OffsetDateTime,
}

/// A session's row.
#[derive(Clone, Debug)]
pub struct StoredSession {
    pub public_id: Uuid,
    pub viewer: Viewer,
    /// Of their owner.
    pub languages: Languages,
    pub user_agent: Option<String>,
    pub network: Option<String>,
    pub created_at: OffsetDateTime,
    pub last_seen_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub access_checked_at: OffsetDateTime,
    pub renewal_due: bool,
    /// A server is finding out whether its owner may still be here.
    pub is_being_checked: bool,
    pub ended: Option<EndReason>,
}

const COLUMNS: &str = "s.public_id, s.user_agent, s.network, s.created_at, s.last_seen_at, s.expires_at, \
    s.access_checked_at, s.renewal_due, (s.checking_until > now()) IS TRUE AS is_being_checked, s.end_reason, s.user_id, u.display_name, u.department, \
    u.roles, u.language, u.preferred_language";

/// For how long the id before the last renewal still works.
const OLD_ID_SECS: f64 = 10.0;

/// Stores a new session.
pub async fn insert(pool: &PgPool, session: &NewSession<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO sessions (id_hash, user_id, sid, tokens, user_agent, network, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(session.id_hash)
    .bind(session.user_id.0)
    .bind(session.sid)
    .bind(session.tokens)
    .bind(session.user_agent)
    .bind(session.network)
    .bind(session.expires_at)
    .execute(pool)
    .await?;
    Ok(())
}

/// The session with that id hash, also one that is over.
pub async fn find(pool: &PgPool, id_hash: &[u8]) -> Result<Option<StoredSession>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id_hash = $1
            OR (s.previous_id_hash = $1 AND s.renewed_at > now() - make_interval(secs => $2))"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id_hash).bind(OLD_ID_SECS).fetch_optional(pool).await?;
    row.as_ref().map(stored).transpose()
}

/// The session with that public id, also one that is over.
pub async fn find_public(pool: &PgPool, public_id: Uuid) -> Result<Option<StoredSession>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.public_id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(public_id).fetch_optional(pool).await?;
    row.as_ref().map(stored).transpose()
}

/// The sessions of `owner` that go on, the one used last first.
pub async fn of_user(pool: &PgPool, owner: UserId, idle_secs: f64) -> Result<Vec<StoredSession>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.user_id = $1 AND s.ended_at IS NULL AND s.expires_at > now()
           AND s.last_seen_at > now() - make_interval(secs => $2)
         ORDER BY s.last_seen_at DESC LIMIT 100"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner.0).bind(idle_secs).fetch_all(pool).await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &sqlx::postgres::PgRow) -> Result<StoredSession, sqlx::Error> {
    let end_reason: Option<String> = row.try_get("end_reason")?;
    Ok(StoredSession {
        public_id: row.try_get("public_id")?,
        viewer: super::users::viewer(row)?,
        languages: super::users::languages(row)?,
        user_agent: row.try_get("user_agent")?,
        network: row.try_get("network")?,
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
        expires_at: row.try_get("expires_at")?,
        access_checked_at: row.try_get("access_checked_at")?,
        renewal_due: row.try_get("renewal_due")?,
        is_being_checked: row.try_get("is_being_checked")?,
        // The column's constraint knows the same names; a newer build's reason is an end all the same.
        ended: end_reason.map(|name| EndReason::from_name(&name).unwrap_or(EndReason::Expired)),
    })
}

/// Somebody did something in the session just now.
pub async fn touch(pool: &PgPool, public_id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET last_seen_at = now() WHERE public_id = $1 AND ended_at IS NULL")
        .bind(public_id)
        .execute(pool)
        .await?;
    Ok(())
}

/// The sealed tokens of a session that goes on, and the id hash they are sealed for.
pub async fn tokens(pool: &PgPool, public_id: Uuid) -> Result<Option<(Vec<u8>, Vec<u8>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id_hash, tokens FROM sessions WHERE public_id = $1 AND ended_at IS NULL AND tokens IS NOT NULL",
    )
    .bind(public_id)
    .fetch_optional(pool)
    .await
}

/// Those of some sessions that are over, or whose owner's access was not confirmed within `recheck_secs`. Somebody who
/// reads a reply is there, and that is seen; of those `idle`, who only look on, it is not, and they are over as well when
/// they were not used for `idle_secs`.
pub async fn over_among(
    pool: &PgPool,
    in_use: &[Uuid],
    idle: &[Uuid],
    recheck_secs: f64,
    idle_secs: f64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "WITH seen AS (
            UPDATE sessions SET last_seen_at = now()
            WHERE public_id = ANY($1) AND ended_at IS NULL AND last_seen_at < now() - interval '1 minute'
         )
         SELECT watched.id FROM unnest($1 || $2) AS watched (id) LEFT JOIN sessions s ON s.public_id = watched.id
         WHERE s.public_id IS NULL OR s.ended_at IS NOT NULL OR s.expires_at <= now()
            OR s.access_checked_at <= now() - make_interval(secs => $3)
            OR (watched.id <> ALL ($1) AND s.last_seen_at <= now() - make_interval(secs => $4))",
    )
    .bind(in_use)
    .bind(idle)
    .bind(recheck_secs)
    .bind(idle_secs)
    .fetch_all(pool)
    .await
}

/// Gives a session a new id, under which `tokens` are sealed; false when its id or its tokens changed meanwhile.
pub async fn renew(
    pool: &PgPool,
    public_id: Uuid,
    old: (&[u8], &[u8]),
    new: (&[u8], &[u8]),
) -> Result<bool, sqlx::Error> {
    let result = sqlx::query(
        "UPDATE sessions SET id_hash = $4, tokens = $5, previous_id_hash = $2, renewed_at = now(), renewal_due = false
         WHERE public_id = $1 AND id_hash = $2 AND tokens = $3 AND ended_at IS NULL",
    )
    .bind(public_id)
    .bind(old.0)
    .bind(old.1)
    .bind(new.0)
    .bind(new.1)
    .execute(pool)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// All sessions of a user get new ids at their next opportunity.
pub async fn make_renewal_due(pool: &PgPool, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET renewal_due = true WHERE user_id = $1 AND ended_at IS NULL")
        .bind(user.0)
        .execute(pool)
        .await?;
    Ok(())
}

/// Which sessions to end.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    One(Uuid),
    /// One, if it is that person's.
    OneOf(UserId, Uuid),
    AllOf(UserId),
    /// All but that one.
    OthersOf(UserId, Uuid),
    /// Those that go with the provider's session.
    Sid(&'a str),
}

/// Ends sessions that go on, whose tokens are forgotten, and tells every server. How many there were.
pub async fn end(pool: &PgPool, which: Which<'_>, reason: EndReason) -> Result<u64, sqlx::Error> {
    let (condition, user, id, sid) = match which {
        Which::One(id) => ("public_id = $3", None, Some(id), None),
        Which::OneOf(user, id) => ("user_id = $2 AND public_id = $3", Some(user), Some(id), None),
        Which::AllOf(user) => ("user_id = $2", Some(user), None, None),
        Which::OthersOf(user, id) => ("user_id = $2 AND public_id <> $3", Some(user), Some(id), None),
        Which::Sid(sid) => ("sid = $4", None, None, Some(sid)),
    };
    // The conditions that do not name a parameter still have to give it a type.
    let sql = format!(
        "WITH ended AS (
            UPDATE sessions SET ended_at = now(), end_reason = $1, tokens = NULL, checking_until = NULL
            WHERE ended_at IS NULL AND {condition}
              AND ($2::uuid IS NULL OR true) AND ($3::uuid IS NULL OR true) AND ($4::text IS NULL OR true)
            RETURNING public_id
         ) SELECT count(pg_notify($5, $6 || public_id::text)) FROM ended"
    );
    let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(reason.as_str())
        .bind(user.map(|user| user.0))
        .bind(id)
        .bind(sid)
        .bind(news::CHANNEL)
        .bind(news::SESSION)
        .fetch_one(pool)
        .await?;
    Ok(count.unsigned_abs())
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

/// Removes what has been over for a day, and forgets the tokens of what is over.
pub async fn sweep(pool: &PgPool, idle_secs: f64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE sessions SET tokens = NULL WHERE tokens IS NOT NULL
         AND (expires_at < now() OR last_seen_at < now() - make_interval(secs => $1))",
    )
    .bind(idle_secs)
    .execute(pool)
    .await?;
    sqlx::query(
        "DELETE FROM sessions WHERE least(ended_at, expires_at, last_seen_at + make_interval(secs => $1))
         < now() - interval '1 day'",
    )
    .bind(idle_secs)
    .execute(pool)
    .await?;
    sqlx::query("DELETE FROM used_sign_ins WHERE expires_at < now()").execute(pool).await?;
    Ok(())
}
