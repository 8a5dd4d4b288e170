//! Replies: who writes them, how they end, and what is saved of their logs.

use model::{Ending, MessageId, MessageStatus, Notice, NumberedEvent, ReplyEvent, UserId};
use sqlx::{PgConnection, PgPool, Row as _, types::Json};
use uuid::Uuid;

use super::{news, reply_logs::last_of, usage};
use crate::metering::Metered;

/// Somebody else ended this reply, or it is gone: stop writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOurs;

/// A reply that goes on after it had ended.
pub struct Reopened {
    pub model: Option<String>,
    /// The text so far.
    pub text: String,
    /// The number of the last event in its new log, which begins with that text.
    pub n: i32,
}

/// Opens the log of a reply of `owner` again. `None` when there is no such reply, or when it is not one that broke off
/// and is the last message of its conversation's path.
pub async fn reopen(
    tx: &mut PgConnection,
    owner: UserId,
    id: MessageId,
    writer: Uuid,
) -> Result<Option<Reopened>, sqlx::Error> {
    // The conversation's row first, as in `end`.
    let conversation: Option<Uuid> = sqlx::query_scalar(
        "SELECT c.id FROM conversations c JOIN messages m ON m.conversation_id = c.id
         WHERE m.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL FOR UPDATE OF c",
    )
    .bind(id.0)
    .bind(owner.0)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(conversation) = conversation else { return Ok(None) };
    // Behind what is told of a log that was dropped (see `in_short`).
    let row = sqlx::query(
        "WITH again AS (
            UPDATE messages m SET status = 'streaming', notice = NULL FROM conversations c
            WHERE m.id = $1 AND c.leaf_id = m.id
                AND (m.status IN ('interrupted', 'stopped', 'failed') OR m.notice->>'kind' = 'length')
            RETURNING m.id, m.model, m.content
         ),
         bumped AS (UPDATE conversations c SET revision = revision + 1, updated_at = now() FROM again WHERE c.id = $3)
         UPDATE replies r SET writer = $2, begun_at = now(), ended_at = NULL, stop_requested = false, logged = true,
            last_n = last_n + 4
         FROM again WHERE r.id = again.id RETURNING again.model, again.content, r.last_n",
    )
    .bind(id.0)
    .bind(writer)
    .bind(conversation)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (text, n): (String, i32) = (row.try_get("content")?, row.try_get("last_n")?);
    sqlx::query("DELETE FROM reply_events WHERE reply_id = $1").bind(id.0).execute(&mut *tx).await?;
    sqlx::query("INSERT INTO reply_events (reply_id, n, events) VALUES ($1, $2, $3)")
        .bind(id.0)
        .bind(n)
        .bind(Json([NumberedEvent { n, event: ReplyEvent::All(text.clone()) }]))
        .execute(&mut *tx)
        .await?;
    usage::begin(tx, id).await?;
    Ok(Some(Reopened { model: row.try_get("model")?, text, n }))
}

/// A reply as its readers need to know it.
pub struct Standing {
    pub writer: Uuid,
    pub ended: bool,
    /// Whether its log is still there.
    pub logged: bool,
}

/// A reply of `owner`; `None` when there is none.
pub async fn standing(pool: &PgPool, owner: UserId, id: MessageId) -> Result<Option<Standing>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT r.writer, r.ended_at IS NOT NULL AS ended, r.logged FROM replies r
         JOIN messages m ON m.id = r.id JOIN conversations c ON c.id = m.conversation_id
         WHERE r.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL",
    )
    .bind(id.0)
    .bind(owner.0)
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        Ok(Standing { writer: row.try_get("writer")?, ended: row.try_get("ended")?, logged: row.try_get("logged")? })
    })
    .transpose()
}

/// What is saved of a reply's log after number `after`, in order; the first part of it if it is long.
pub async fn events_after(pool: &PgPool, id: MessageId, after: i32) -> Result<Vec<NumberedEvent>, sqlx::Error> {
    let rows: Vec<Json<Vec<NumberedEvent>>> =
        sqlx::query_scalar("SELECT events FROM reply_events WHERE reply_id = $1 AND n > $2 ORDER BY n LIMIT 50")
            .bind(id.0)
            .bind(after)
            .fetch_all(pool)
            .await?;
    Ok(rows.into_iter().flat_map(|row| row.0).filter(|event| event.n > after).collect())
}

/// A reply whose log was dropped, as events behind the numbers that the log had.
pub async fn in_short(pool: &PgPool, id: MessageId) -> Result<Vec<NumberedEvent>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT m.content, m.status, m.notice, r.last_n FROM replies r JOIN messages m ON m.id = r.id WHERE r.id = $1",
    )
    .bind(id.0)
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let last: i32 = row.try_get("last_n")?;
    let status: String = row.try_get("status")?;
    let notice = row.try_get::<Option<Json<Notice>>, _>("notice")?.map(|notice| ReplyEvent::Notice(Box::new(notice.0)));
    let text = Some(ReplyEvent::All(row.try_get("content")?));
    let end = Some(ReplyEvent::End(Ending::of(MessageStatus::named(&status))));
    let events = [text, notice, end].into_iter().flatten();
    Ok((last + 1..).zip(events).map(|(n, event)| NumberedEvent { n, event }).collect())
}

/// Whether the reader wants a reply stopped; `None` when it is not this writer's any more.
pub async fn stop_requested(pool: &PgPool, id: MessageId, writer: Uuid) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar("SELECT stop_requested FROM replies WHERE id = $1 AND writer = $2 AND ended_at IS NULL")
        .bind(id.0)
        .bind(writer)
        .fetch_optional(pool)
        .await
}

/// The replies of `writer` that are to be stopped.
pub async fn to_stop(pool: &PgPool, writer: Uuid) -> Result<Vec<MessageId>, sqlx::Error> {
    let ids: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM replies WHERE writer = $1 AND ended_at IS NULL AND stop_requested")
            .bind(writer)
            .fetch_all(pool)
            .await?;
    Ok(ids.into_iter().map(MessageId).collect())
}

/// Those of `ids` that have ended, or are gone.
pub async fn ended_among(pool: &PgPool, ids: &[MessageId]) -> Result<Vec<MessageId>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let ended: Vec<Uuid> = sqlx::query_scalar(
        "SELECT asked.id FROM unnest($1) AS asked (id) LEFT JOIN replies r ON r.id = asked.id
         WHERE r.id IS NULL OR r.ended_at IS NOT NULL",
    )
    .bind(&ids)
    .fetch_all(pool)
    .await?;
    Ok(ended.into_iter().map(MessageId).collect())
}

/// How a reply ends.
pub struct End<'a> {
    /// The last events, the `end` event included, with those that are in the journal only.
    pub events: &'a [NumberedEvent],
    /// All of its text.
    pub text: &'a str,
    pub ending: Ending,
    pub notice: Option<&'a Notice>,
    /// Absent: the model did nothing for it.
    pub metered: Option<&'a Metered>,
}

/// Saves the last events, closes the log, and puts the text into the message: all or nothing. Tells nobody (`news.rs`).
pub async fn end(
    pool: &PgPool,
    id: MessageId,
    writer: Uuid,
    end: &End<'_>,
) -> Result<Result<(), NotOurs>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    // The conversation's row first, in the order in which asking takes the locks: the other way round would deadlock.
    sqlx::query(
        "UPDATE conversations SET revision = revision + 1 WHERE id = (SELECT conversation_id FROM messages WHERE id = $1)",
    )
    .bind(id.0)
    .execute(&mut *tx)
    .await?;
    let held: Option<bool> = sqlx::query_scalar(
        "WITH held AS (
            UPDATE replies SET ended_at = now(), usage = $3, last_n = $4
            WHERE id = $1 AND writer = $2 AND ended_at IS NULL RETURNING id
         ),
         saved AS (INSERT INTO reply_events (reply_id, n, events) SELECT id, $4, $5 FROM held),
         ended AS (
            UPDATE messages m SET status = $6, notice = $7, content = $8 FROM held WHERE m.id = held.id
         )
         SELECT true FROM held",
    )
    .bind(id.0)
    .bind(writer)
    .bind(end.metered.map(|metered| Json(metered.usage)))
    .bind(last_of(end.events))
    .bind(Json(end.events))
    .bind(end.ending.status().as_str())
    .bind(end.notice.map(Json))
    .bind(end.text)
    .fetch_optional(&mut *tx)
    .await?;
    if held.is_none() {
        return Ok(Err(NotOurs));
    }
    if let Some(metered) = end.metered {
        usage::add(&mut tx, id, metered).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Events up to a wait under way, which is left for the page to read as an event.
pub fn before_a_wait(events: &[NumberedEvent]) -> &[NumberedEvent] {
    let last = events.iter().rposition(|event| !matches!(event.event, ReplyEvent::Waiting(_)));
    &events[..last.map_or(0, |at| at + 1)]
}

/// The text that events make, and the last notice among them.
pub fn gather(events: &[NumberedEvent]) -> (String, Option<Notice>) {
    let (mut text, mut notice) = (String::new(), None);
    add(events, &mut text, &mut notice);
    (text, notice)
}

/// Adds what events say to what those before them said.
pub fn add(events: &[NumberedEvent], text: &mut String, last: &mut Option<Notice>) {
    for NumberedEvent { event, .. } in events {
        match event {
            ReplyEvent::Delta(more) => text.push_str(more),
            ReplyEvent::All(all) => text.clone_from(all),
            ReplyEvent::Retracted(notice) => {
                text.clear();
                *last = Some(Notice::clone(notice));
            }
            ReplyEvent::Notice(notice) => *last = Some(Notice::clone(notice)),
            ReplyEvent::Waiting(_) | ReplyEvent::Usage(_) | ReplyEvent::End(_) => {}
        }
    }
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
