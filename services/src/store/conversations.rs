//! Conversations and their messages.

use model::{
    Conversation, ConversationId, ConversationSummary, Message, MessageId, MessageStatus, Notice, NumberedEvent, Role,
    UserId,
};
use sqlx::{PgConnection, PgPool, Row as _, postgres::PgRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    replies::{before_a_wait, gather},
    reply_logs::last_of,
};
use crate::{clock, error::Error};

/// The beginning of a conversation's page: cheap to read, and enough to find the rest already rendered.
#[derive(Clone, Debug)]
pub struct Head {
    pub id: ConversationId,
    pub title: String,
    pub revision: i64,
    /// The reply being written, with its text so far.
    pub live: Option<Message>,
}

/// A whole conversation at one moment.
#[derive(Clone, Debug)]
pub struct Opened {
    pub conversation: Conversation,
    pub revision: i64,
}

/// Where the list goes on: after the conversation with this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub updated_at: OffsetDateTime,
    pub id: Uuid,
}

// A streaming reply's text so far is in its events; every other message holds its own.
const MESSAGE_COLUMNS: &str = "m.id, m.role, m.model, m.status, m.notice, m.created_at, m.content, e.logged";
const MESSAGE_EVENTS: &str = "LEFT JOIN LATERAL (
        SELECT jsonb_agg(events ORDER BY n) AS logged FROM reply_events
        WHERE m.status = 'streaming' AND reply_id = m.id
    ) e ON true";

/// The head of a conversation of `owner`.
pub async fn head(pool: &PgPool, owner: UserId, id: ConversationId) -> Result<Option<Head>, sqlx::Error> {
    // One statement, so that the revision and the reply under way belong to the same moment.
    let sql = format!(
        "SELECT c.title, c.revision, {MESSAGE_COLUMNS} FROM conversations c
         LEFT JOIN messages m ON m.conversation_id = c.id AND m.status = 'streaming' {MESSAGE_EVENTS}
         WHERE c.id = $1 AND c.owner_id = $2"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(owner.0).fetch_optional(pool).await?;
    row.map(|row| {
        let live = row.try_get::<Option<Uuid>, _>("id")?.is_some();
        Ok(Head {
            id,
            title: row.try_get("title")?,
            revision: row.try_get("revision")?,
            live: if live { Some(message(&row)?) } else { None },
        })
    })
    .transpose()
}

/// A conversation of `owner` with its messages, oldest first.
pub async fn open(pool: &PgPool, owner: UserId, id: ConversationId) -> Result<Option<Opened>, sqlx::Error> {
    let sql = format!(
        "SELECT c.title, c.revision, {MESSAGE_COLUMNS}
         FROM conversations c JOIN messages m ON m.conversation_id = c.id {MESSAGE_EVENTS}
         WHERE c.id = $1 AND c.owner_id = $2 ORDER BY m.position"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(owner.0).fetch_all(pool).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(Opened {
        revision: first.try_get("revision")?,
        conversation: Conversation {
            id,
            title: first.try_get("title")?,
            messages: rows.iter().map(message).collect::<Result<_, _>>()?,
        },
    }))
}

/// Up to `limit` conversations of `owner`, newest first, after `cursor`.
pub async fn list(
    pool: &PgPool,
    owner: UserId,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<(ConversationSummary, Cursor)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, title, updated_at FROM conversations
         WHERE owner_id = $1 AND ($2::timestamptz IS NULL OR (updated_at, id) < ($2, $3))
         ORDER BY updated_at DESC, id DESC LIMIT $4",
    )
    .bind(owner.0)
    .bind(cursor.map(|cursor| cursor.updated_at))
    .bind(cursor.map(|cursor| cursor.id))
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            let cursor = Cursor { updated_at: row.try_get("updated_at")?, id: row.try_get("id")? };
            let summary = ConversationSummary {
                id: ConversationId(cursor.id),
                title: row.try_get("title")?,
                updated_at: clock::rfc3339(cursor.updated_at),
            };
            Ok((summary, cursor))
        })
        .collect()
}

/// The text of one message of `owner`.
pub async fn message_source(pool: &PgPool, owner: UserId, id: MessageId) -> Result<Option<String>, sqlx::Error> {
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m JOIN conversations c ON c.id = m.conversation_id {MESSAGE_EVENTS}
         WHERE m.id = $1 AND c.owner_id = $2"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(owner.0).fetch_optional(pool).await?;
    row.map(|row| Ok(message(&row)?.content)).transpose()
}

/// [`Error::ReplyUnderWay`] where that is what a failed statement means.
pub fn under_way(error: sqlx::Error) -> Error {
    match error.as_database_error().and_then(|error| error.constraint()) {
        Some("messages_one_reply_at_a_time") => Error::ReplyUnderWay,
        _ => Error::Database(error),
    }
}

/// A message that the caller has found to be its owner's.
pub async fn message_of(tx: &mut PgConnection, id: MessageId) -> Result<Message, sqlx::Error> {
    let sql = format!("SELECT {MESSAGE_COLUMNS} FROM messages m {MESSAGE_EVENTS} WHERE m.id = $1");
    message(&sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).fetch_one(tx).await?)
}

/// Calls a conversation `title`, if it is still called `before`.
pub async fn rename(pool: &PgPool, id: ConversationId, before: &str, title: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE conversations SET title = $3 WHERE id = $1 AND title = $2")
        .bind(id.0)
        .bind(before)
        .bind(title)
        .execute(pool)
        .await?;
    Ok(())
}

/// What was said before `position`, oldest first, as (role, text); answers that came to nothing are left out.
pub async fn history(
    tx: &mut PgConnection,
    conversation: ConversationId,
    position: i32,
) -> Result<Vec<(Role, String)>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT role, content FROM messages
         WHERE conversation_id = $1 AND position < $2 AND content <> '' ORDER BY position",
    )
    .bind(conversation.0)
    .bind(position)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(role, content)| (role_from(&role), content)).collect())
}

fn message(row: &PgRow) -> Result<Message, sqlx::Error> {
    let role: String = row.try_get("role")?;
    let status = MessageStatus::named(&row.try_get::<String, _>("status")?);
    let mut message = Message {
        id: MessageId(row.try_get("id")?),
        role: role_from(&role),
        content: row.try_get("content")?,
        model: row.try_get("model")?,
        status,
        created_at: clock::rfc3339(row.try_get("created_at")?),
        notice: row.try_get::<Option<Json<Notice>>, _>("notice")?.map(|notice| notice.0),
        last_event: 0,
    };
    if let Some(Json(logged)) = row.try_get::<Option<Json<Vec<Vec<NumberedEvent>>>>, _>("logged")? {
        let events = logged.concat();
        message.last_event = last_of(before_a_wait(&events));
        (message.content, message.notice) = gather(&events);
    }
    Ok(message)
}

fn role_from(name: &str) -> Role {
    match name {
        "assistant" => Role::Assistant,
        "system" => Role::System,
        _ => Role::User,
    }
}
