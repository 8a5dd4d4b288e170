//! How replies' logs are written: servers and their leases, their journals, and what is saved under each reply.

use std::time::Duration;

use model::{MessageId, NumberedEvent};
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

use super::news;

/// How long a server is believed to live without renewing its lease.
pub const LEASE: Duration = Duration::from_secs(6);
/// A journal's row is kept for at least this long, so that servers that follow it have time to.
pub const JOURNAL_KEPT: Duration = Duration::from_secs(10);
/// The log of a reply that has ended is kept for this long; then its text is in its message only.
const LOG_KEPT: Duration = Duration::from_secs(600);

/// Another server took this one for dead: nothing more may be written under this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another server took this one for dead")]
pub struct Fenced;

/// The events of some replies, in a journal's row.
pub type Entries = Vec<(MessageId, Vec<NumberedEvent>)>;

/// Renews the lease of `writer`, or begins it. Does not wait for the disk, because the journal would wait for it, too;
/// what is stored under a lease is on the disk only after the lease is.
pub async fn renew(pool: &PgPool, writer: Uuid) -> Result<Result<(), Fenced>, sqlx::Error> {
    let renewed = sqlx::query(
        "WITH renewed AS (
            INSERT INTO reply_writers AS w (id, lease_until) VALUES ($1, now() + $2)
            ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until WHERE w.fenced_at IS NULL RETURNING id
         )
         SELECT set_config('synchronous_commit', 'off', true) FROM renewed",
    )
    .bind(writer)
    .bind(LEASE)
    .fetch_optional(pool)
    .await?;
    Ok(renewed.map(drop).ok_or(Fenced))
}

/// Gives the lease up: nothing is written under this id any more.
pub async fn leave(pool: &PgPool, writer: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE reply_writers SET fenced_at = now() WHERE id = $1").bind(writer).execute(pool).await?;
    Ok(())
}

/// Appends row `seq` to the journal of `writer`, if there are `entries`, and tells all servers the payloads in `told`
/// (`news.rs`). The same row again changes nothing, so that one whose answer got lost can be repeated.
///
/// It does not wait for the disk: others see the row at once, and if the database crashes before it is written there,
/// which takes less than a second, `writer` has it still, until it is saved (see [`save`]).
/// <https://www.postgresql.org/docs/current/wal-async-commit.html>
pub async fn append(
    pool: &PgPool,
    writer: Uuid,
    seq: i64,
    entries: &[(MessageId, Vec<NumberedEvent>)],
    told: &[String],
) -> Result<Result<(), Fenced>, sqlx::Error> {
    let grown = (!entries.is_empty()).then(|| format!("{}{writer}", news::JOURNAL));
    let told: Vec<&str> = grown.iter().chain(told).map(String::as_str).collect();
    // A fencing server waits for the lock, and then sees what was written.
    let held = sqlx::query(
        "WITH held AS (SELECT id FROM reply_writers WHERE id = $1 AND fenced_at IS NULL FOR SHARE),
         written AS (
            INSERT INTO reply_journal (writer, seq, events) SELECT id, $2, $3 FROM held WHERE $4
            ON CONFLICT DO NOTHING
         )
         SELECT set_config('synchronous_commit', 'off', true),
            (SELECT count(pg_notify($5, told)) FROM unnest($6::text[]) AS told)
         FROM held",
    )
    .bind(writer)
    .bind(seq)
    .bind(Json(entries))
    .bind(!entries.is_empty())
    .bind(news::CHANNEL)
    .bind(&told)
    .fetch_optional(pool)
    .await?;
    Ok(held.map(drop).ok_or(Fenced))
}

/// Saves events under their replies, where they are on disk when this returns. The same again changes nothing.
pub async fn save(
    pool: &PgPool,
    writer: Uuid,
    events: &[(MessageId, Vec<NumberedEvent>)],
) -> Result<Result<(), Fenced>, sqlx::Error> {
    let replies: Vec<Uuid> = events.iter().map(|(reply, _)| reply.0).collect();
    let numbers: Vec<i32> = events.iter().map(|(_, events)| last_of(events)).collect();
    let events: Vec<Json<&Vec<NumberedEvent>>> = events.iter().map(|(_, events)| Json(events)).collect();
    let held: Option<Uuid> = sqlx::query_scalar(
        "WITH held AS (SELECT id FROM reply_writers WHERE id = $1 AND fenced_at IS NULL FOR SHARE),
         saved AS (
            INSERT INTO reply_events (reply_id, n, events)
            SELECT r.id, new.n, new.events
            FROM held, unnest($2::uuid[], $3::int[], $4::jsonb[]) AS new (id, n, events)
            JOIN replies r ON r.id = new.id AND r.ended_at IS NULL
            ON CONFLICT DO NOTHING
         )
         SELECT id FROM held",
    )
    .bind(writer)
    .bind(&replies)
    .bind(&numbers)
    .bind(&events)
    .fetch_optional(pool)
    .await?;
    Ok(held.map(drop).ok_or(Fenced))
}

/// Deletes the rows of a journal up to `seq`.
pub async fn forget_journal(pool: &PgPool, writer: Uuid, seq: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM reply_journal WHERE writer = $1 AND seq <= $2")
        .bind(writer)
        .bind(seq)
        .execute(pool)
        .await?;
    Ok(())
}

/// The rows of all journals but that of `but`, behind those that are `known`, as (writer, number, entries).
pub async fn journals_after(
    pool: &PgPool,
    but: Uuid,
    known: &[(Uuid, i64)],
) -> Result<Vec<(Uuid, i64, Entries)>, sqlx::Error> {
    let (writers, numbers): (Vec<Uuid>, Vec<i64>) = known.iter().copied().unzip();
    let rows: Vec<(Uuid, i64, Json<Entries>)> = sqlx::query_as(
        "SELECT j.writer, j.seq, j.events FROM reply_journal j
         LEFT JOIN unnest($2::uuid[], $3::bigint[]) AS known (writer, seq) ON known.writer = j.writer
         WHERE j.writer <> $1 AND j.seq > coalesce(known.seq, 0) ORDER BY j.writer, j.seq",
    )
    .bind(but)
    .bind(&writers)
    .bind(&numbers)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(writer, seq, entries)| (writer, seq, entries.0)).collect())
}

/// Takes servers whose lease ran out for dead. How many there were.
pub async fn fence_dead(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let fenced =
        sqlx::query("UPDATE reply_writers SET fenced_at = now() WHERE lease_until < now() AND fenced_at IS NULL");
    Ok(fenced.execute(pool).await?.rows_affected())
}

/// Replies of servers that are dead, at most `limit`: reply and writer.
pub async fn orphans(pool: &PgPool, limit: i64) -> Result<Vec<(MessageId, Uuid)>, sqlx::Error> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "SELECT r.id, r.writer FROM replies r LEFT JOIN reply_writers w ON w.id = r.writer
         WHERE r.ended_at IS NULL AND (w.id IS NULL OR w.fenced_at IS NOT NULL) LIMIT $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(reply, writer)| (MessageId(reply), writer)).collect())
}

/// Replies of `writer` that were begun more than `age` ago and have not ended.
pub async fn older_of(pool: &PgPool, writer: Uuid, age: Duration) -> Result<Vec<MessageId>, sqlx::Error> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT r.id FROM replies r WHERE r.writer = $1 AND r.ended_at IS NULL AND r.begun_at < now() - $2",
    )
    .bind(writer)
    .bind(age)
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(MessageId).collect())
}

/// What a dead server's journal has beyond what was saved under the replies, by reply.
pub async fn journal_of(pool: &PgPool, writer: Uuid) -> Result<Entries, sqlx::Error> {
    let rows: Vec<Json<Entries>> =
        sqlx::query_scalar("SELECT events FROM reply_journal WHERE writer = $1 ORDER BY seq")
            .bind(writer)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().flat_map(|row| row.0).collect())
}

/// Removes what is left of dead servers without replies under way, and the logs of replies that ended a while ago.
pub async fn tidy(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH gone AS (
            DELETE FROM reply_writers w WHERE fenced_at < now() - $1
                AND NOT EXISTS (SELECT FROM replies r WHERE r.writer = w.id AND r.ended_at IS NULL)
            RETURNING id
         )
         DELETE FROM reply_journal WHERE writer IN (SELECT id FROM gone)",
    )
    .bind(JOURNAL_KEPT * 2)
    .execute(pool)
    .await?;
    sqlx::query(
        "WITH dropped AS (
            UPDATE replies SET logged = false WHERE id IN (
                SELECT id FROM replies WHERE logged AND ended_at < now() - $1 LIMIT 1000 FOR UPDATE SKIP LOCKED
            ) RETURNING id
         )
         DELETE FROM reply_events WHERE reply_id IN (SELECT id FROM dropped)",
    )
    .bind(LOG_KEPT)
    .execute(pool)
    .await?;
    Ok(())
}

/// The number of the last of some events; 0 without any.
pub fn last_of(events: &[NumberedEvent]) -> i32 {
    events.last().map_or(0, |event| event.n)
}
