//! Replies and their event logs. Only the server that holds a reply's lease appends to its log.

use std::time::Duration;

use model::{Ending, MessageId, Notice, NumberedEvent, ReplyEvent, Usage, UserId};
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use super::news;

/// How long a server is believed to live without renewing its leases.
pub const LEASE: Duration = Duration::from_secs(10);

/// Somebody else ended this reply, or it is gone: stop writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseLost;

/// Opens the log of a reply whose message row was just inserted.
pub async fn create(tx: &mut PgConnection, id: MessageId, writer: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO replies (id, writer, lease_until) VALUES ($1, $2, now() + $3)")
        .bind(id.0)
        .bind(writer)
        .bind(LEASE)
        .execute(tx)
        .await?;
    Ok(())
}

/// Appends events, renews the lease, and says whether the reader wants the reply stopped.
pub async fn append(
    pool: &PgPool,
    id: MessageId,
    writer: Uuid,
    events: &[NumberedEvent],
) -> Result<Result<bool, LeaseLost>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Ok(stop) = heartbeat(&mut tx, id, writer).await? else { return Ok(Err(LeaseLost)) };
    insert_events(&mut tx, id, events).await?;
    tx.commit().await?;
    Ok(Ok(stop))
}

/// The number of the last event in the log; 0 when it is empty.
pub async fn last_number(pool: &PgPool, id: MessageId) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce(max(n), 0) FROM reply_events WHERE reply_id = $1")
        .bind(id.0)
        .fetch_one(pool)
        .await
}

/// Renews the lease and says whether the reader wants the reply stopped.
pub async fn heartbeat(
    connection: &mut PgConnection,
    id: MessageId,
    writer: Uuid,
) -> Result<Result<bool, LeaseLost>, sqlx::Error> {
    let stop: Option<bool> = sqlx::query_scalar(
        "UPDATE replies SET lease_until = now() + $3 WHERE id = $1 AND writer = $2 AND ended_at IS NULL
         RETURNING stop_requested",
    )
    .bind(id.0)
    .bind(writer)
    .bind(LEASE)
    .fetch_optional(connection)
    .await?;
    Ok(stop.ok_or(LeaseLost))
}

/// How a reply ends.
pub struct End<'a> {
    /// The last events, the `end` event included.
    pub events: &'a [NumberedEvent],
    pub ending: Ending,
    pub notice: Option<&'a Notice>,
    pub usage: Option<Usage>,
}

/// Appends the last events, closes the log, and gathers the text into the message: all or nothing.
pub async fn end(
    pool: &PgPool,
    id: MessageId,
    writer: Uuid,
    end: &End<'_>,
) -> Result<Result<(), LeaseLost>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let held = sqlx::query(
        "UPDATE replies SET ended_at = now(), usage = $3 WHERE id = $1 AND writer = $2 AND ended_at IS NULL",
    )
    .bind(id.0)
    .bind(writer)
    .bind(end.usage.map(Json))
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if held == 0 {
        return Ok(Err(LeaseLost));
    }
    insert_events(&mut tx, id, end.events).await?;
    gather(&mut tx, id, end.ending, end.notice).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Ends the replies of servers that died, keeping what was written. How many there were.
pub async fn end_orphans(pool: &PgPool, notice: &Notice) -> Result<usize, sqlx::Error> {
    let mut tx = pool.begin().await?;
    // Servers sweep at the same time; each takes those that no other is ending.
    let orphans: Vec<(Uuid, i32)> = sqlx::query_as(
        "SELECT r.id, coalesce((SELECT max(n) FROM reply_events e WHERE e.reply_id = r.id), 0)
         FROM replies r WHERE r.ended_at IS NULL AND r.lease_until < now() FOR UPDATE SKIP LOCKED",
    )
    .fetch_all(&mut *tx)
    .await?;
    for (id, last) in &orphans {
        let id = MessageId(*id);
        sqlx::query("UPDATE replies SET ended_at = now() WHERE id = $1").bind(id.0).execute(&mut *tx).await?;
        let events = [
            NumberedEvent { n: last + 1, event: ReplyEvent::Notice(notice.clone()) },
            NumberedEvent { n: last + 2, event: ReplyEvent::End(Ending::Interrupted) },
        ];
        insert_events(&mut tx, id, &events).await?;
        gather(&mut tx, id, Ending::Interrupted, Some(notice)).await?;
    }
    tx.commit().await?;
    Ok(orphans.len())
}

/// The events of a reply of `owner` after number `after`, in order; at most `limit`.
pub async fn events_after(
    pool: &PgPool,
    owner: UserId,
    id: MessageId,
    after: i32,
    limit: i64,
) -> Result<Vec<NumberedEvent>, sqlx::Error> {
    let rows: Vec<(i32, Json<ReplyEvent>)> = sqlx::query_as(
        "SELECT e.n, e.event FROM reply_events e
         JOIN messages m ON m.id = e.reply_id JOIN conversations c ON c.id = m.conversation_id
         WHERE e.reply_id = $1 AND c.owner_id = $2 AND e.n > $3 ORDER BY e.n LIMIT $4",
    )
    .bind(id.0)
    .bind(owner.0)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(n, event)| NumberedEvent { n, event: event.0 }).collect())
}

/// Whether a reply of `owner` has ended; `None` when there is none.
pub async fn has_ended(pool: &PgPool, owner: UserId, id: MessageId) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT r.ended_at IS NOT NULL FROM replies r
         JOIN messages m ON m.id = r.id JOIN conversations c ON c.id = m.conversation_id
         WHERE r.id = $1 AND c.owner_id = $2",
    )
    .bind(id.0)
    .bind(owner.0)
    .fetch_optional(pool)
    .await
}

/// Asks whoever writes this reply of `owner` to stop. False when there is no such reply; stopping one that has ended
/// changes nothing.
pub async fn request_stop(pool: &PgPool, owner: UserId, id: MessageId) -> Result<bool, sqlx::Error> {
    let found = sqlx::query(
        "WITH found AS (
            UPDATE replies r SET stop_requested = true
            FROM messages m JOIN conversations c ON c.id = m.conversation_id
            WHERE r.id = $1 AND m.id = r.id AND c.owner_id = $2 RETURNING r.id
         )
         SELECT pg_notify($3, $4 || id::text) FROM found",
    )
    .bind(id.0)
    .bind(owner.0)
    .bind(news::CHANNEL)
    .bind(news::STOP)
    .fetch_optional(pool)
    .await?;
    Ok(found.is_some())
}

/// Asks for all replies of `owner` to be stopped, whichever servers write them.
pub async fn request_stop_all(pool: &PgPool, owner: UserId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH found AS (
            UPDATE replies r SET stop_requested = true
            FROM messages m JOIN conversations c ON c.id = m.conversation_id
            WHERE m.id = r.id AND r.ended_at IS NULL AND c.owner_id = $1 RETURNING r.id
         )
         SELECT pg_notify($2, $3 || id::text) FROM found",
    )
    .bind(owner.0)
    .bind(news::CHANNEL)
    .bind(news::STOP)
    .execute(pool)
    .await?;
    Ok(())
}

async fn insert_events(tx: &mut PgConnection, id: MessageId, events: &[NumberedEvent]) -> Result<(), sqlx::Error> {
    let numbers: Vec<i32> = events.iter().map(|event| event.n).collect();
    let bodies: Vec<Json<&ReplyEvent>> = events.iter().map(|event| Json(&event.event)).collect();
    sqlx::query(
        "WITH written AS (
            INSERT INTO reply_events (reply_id, n, event)
            SELECT $1, n, event FROM unnest($2::int[], $3::jsonb[]) AS new (n, event)
         )
         SELECT pg_notify($4, $1::text)",
    )
    .bind(id.0)
    .bind(&numbers)
    .bind(&bodies)
    .bind(news::CHANNEL)
    .execute(tx)
    .await?;
    Ok(())
}

/// Moves a finished reply's text from the log into its message.
async fn gather(
    tx: &mut PgConnection,
    id: MessageId,
    ending: Ending,
    notice: Option<&Notice>,
) -> Result<(), sqlx::Error> {
    // The conversation's row first, in the order in which asking takes the locks: the other way round would deadlock.
    sqlx::query(
        "SELECT c.id FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE m.id = $1 FOR UPDATE OF c",
    )
    .bind(id.0)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "WITH ended AS (
            UPDATE messages SET status = $2, notice = $3, content = coalesce(
                (SELECT string_agg(event->>'d', '' ORDER BY n) FROM reply_events WHERE reply_id = $1), '')
            WHERE id = $1 RETURNING conversation_id
         )
         UPDATE conversations SET revision = revision + 1 WHERE id = (SELECT conversation_id FROM ended)",
    )
    .bind(id.0)
    .bind(ending.status().as_str())
    .bind(notice.map(Json))
    .execute(tx)
    .await?;
    Ok(())
}
