//! Conversations and their messages. A conversation shows the path that ends with its leaf (see
//! `migrations/0005_library.sql`).

use model::{
    Conversation, ConversationId, Message, MessageId, MessageStatus, Notice, NumberedEvent, Role, Siblings, UserId,
};
use sqlx::{PgConnection, PgPool, Row as _, postgres::PgRow, types::Json};
use uuid::Uuid;

use super::{
    news,
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
    pub temporary: bool,
    pub context_tokens: Option<u32>,
    pub draft: Option<String>,
    /// The reply being written, with its text so far.
    pub live: Option<Message>,
}

// A streaming reply's text so far is in its events; every other message holds its own.
const MESSAGE_COLUMNS: &str =
    "m.id, m.parent_id, m.role, m.model, m.status, m.notice, m.created_at, m.content, e.logged,
    (SELECT good FROM ratings WHERE message_id = m.id) AS good";
const MESSAGE_EVENTS: &str = "LEFT JOIN LATERAL (
        SELECT jsonb_agg(events ORDER BY n) AS logged FROM reply_events
        WHERE m.status = 'streaming' AND reply_id = m.id
    ) e ON true";
const CONVERSATION_COLUMNS: &str = "c.title, c.revision, c.session_id IS NOT NULL AS temporary,
    (SELECT (usage->>'prompt_tokens')::bigint + (usage->>'completion_tokens')::bigint
        FROM replies WHERE id = c.leaf_id) AS context_tokens,
    (SELECT content FROM drafts WHERE owner_id = c.owner_id AND conversation_id = c.id) AS draft";

/// The head of a conversation of `owner`.
pub async fn head(pool: &PgPool, owner: UserId, id: ConversationId) -> Result<Option<Head>, sqlx::Error> {
    // One statement, so that the revision and the reply under way belong to the same moment.
    let sql = format!(
        "SELECT {CONVERSATION_COLUMNS}, {MESSAGE_COLUMNS}, s.ids AS siblings FROM conversations c
         LEFT JOIN messages m ON m.id = c.leaf_id AND m.status = 'streaming' {MESSAGE_EVENTS}
         LEFT JOIN LATERAL (
            -- A reply has a question, so it is found by that.
            SELECT array_agg(id ORDER BY position) AS ids FROM messages WHERE parent_id = m.parent_id HAVING count(*) > 1
         ) s ON true
         WHERE c.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(owner.0).fetch_optional(pool).await?;
    row.map(|row| {
        let Conversation { title, revision, temporary, context_tokens, draft, mut messages, .. } =
            conversation(id, &row)?;
        let live = row.try_get::<Option<Uuid>, _>("id")?.is_some();
        if live {
            messages.push(message(&row)?);
        }
        Ok(Head { id, title, revision, temporary, context_tokens, draft, live: messages.pop() })
    })
    .transpose()
}

/// Versions of the same message, where there is more than one.
const SIBLINGS: &str = "SELECT array_agg(id ORDER BY position) AS ids FROM messages
    WHERE conversation_id = $1 GROUP BY parent_id HAVING count(*) > 1";

/// A conversation of `owner` with the messages of its path, oldest first.
pub async fn open(pool: &PgPool, owner: UserId, id: ConversationId) -> Result<Option<Conversation>, sqlx::Error> {
    let sql = format!(
        "WITH RECURSIVE path AS (
            SELECT m.id, m.parent_id, 0 AS up FROM conversations c JOIN messages m ON m.id = c.leaf_id WHERE c.id = $1
            UNION ALL SELECT m.id, m.parent_id, up + 1 FROM path p JOIN messages m ON m.id = p.parent_id
         ),
         siblings AS ({SIBLINGS})
         SELECT {CONVERSATION_COLUMNS}, {MESSAGE_COLUMNS}, s.ids AS siblings FROM conversations c
         LEFT JOIN path ON true LEFT JOIN messages m ON m.id = path.id {MESSAGE_EVENTS}
         LEFT JOIN siblings s ON m.id = ANY (s.ids)
         WHERE c.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL ORDER BY path.up DESC"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(owner.0).fetch_all(pool).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut conversation = conversation(id, first)?;
    // One in which nothing was asked yet is a row without a message.
    if first.try_get::<Option<Uuid>, _>("id")?.is_some() {
        conversation.messages = rows.iter().map(message).collect::<Result<_, _>>()?;
    }
    Ok(Some(conversation))
}

/// The text of one message of `owner`.
pub async fn message_source(pool: &PgPool, owner: UserId, id: MessageId) -> Result<Option<String>, sqlx::Error> {
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS}, NULL::uuid[] AS siblings
         FROM messages m JOIN conversations c ON c.id = m.conversation_id {MESSAGE_EVENTS}
         WHERE m.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(owner.0).fetch_optional(pool).await?;
    row.map(|row| Ok(message(&row)?.content)).transpose()
}

/// What a failed statement means.
pub fn under_way(error: sqlx::Error) -> Error {
    match error.as_database_error().and_then(|error| error.constraint()) {
        Some("messages_one_reply_at_a_time") => Error::ReplyUnderWay,
        Some("messages_pkey") => Error::AskedAlready,
        _ => error.into(),
    }
}

/// A message that the caller has found to be its owner's, and whose versions are of no interest now.
pub async fn message_of(tx: &mut PgConnection, id: MessageId) -> Result<Message, sqlx::Error> {
    let sql =
        format!("SELECT {MESSAGE_COLUMNS}, NULL::uuid[] AS siblings FROM messages m {MESSAGE_EVENTS} WHERE m.id = $1");
    message(&sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).fetch_one(tx).await?)
}

/// Calls a conversation `title`, if it is still called `before`. Does not wait for the disk: see `news.rs`.
pub async fn name(pool: &PgPool, id: ConversationId, before: &str, title: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH named AS (UPDATE conversations SET title = $3 WHERE id = $1 AND title = $2 RETURNING owner_id)
         SELECT pg_notify($4, $5 || owner_id::text), set_config('synchronous_commit', 'off', true) FROM named",
    )
    .bind(id.0)
    .bind(before)
    .bind(title)
    .bind(news::CHANNEL)
    .bind(news::LIBRARY)
    .execute(pool)
    .await?;
    Ok(())
}

/// What was said up to the message `last`, oldest first, as (role, text); answers that came to nothing are left out.
pub async fn history(tx: &mut PgConnection, last: Option<Uuid>) -> Result<Vec<(Role, String)>, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "WITH RECURSIVE path AS (
            SELECT id, parent_id, role, content, 0 AS up FROM messages WHERE id = $1
            UNION ALL SELECT m.id, m.parent_id, m.role, m.content, up + 1 FROM path p JOIN messages m ON m.id = p.parent_id
         )
         SELECT role, content FROM path WHERE content <> '' ORDER BY up DESC",
    )
    .bind(last)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(role, content)| (role_from(&role), content)).collect())
}

/// Without its messages.
fn conversation(id: ConversationId, row: &PgRow) -> Result<Conversation, sqlx::Error> {
    let tokens: Option<i64> = row.try_get("context_tokens")?;
    Ok(Conversation {
        id,
        title: row.try_get("title")?,
        revision: row.try_get("revision")?,
        temporary: row.try_get("temporary")?,
        context_tokens: tokens.and_then(|tokens| u32::try_from(tokens).ok()),
        draft: row.try_get("draft")?,
        messages: Vec::new(),
    })
}

fn message(row: &PgRow) -> Result<Message, sqlx::Error> {
    let role: String = row.try_get("role")?;
    let status = MessageStatus::named(&row.try_get::<String, _>("status")?);
    let id: Uuid = row.try_get("id")?;
    let siblings: Option<Vec<Uuid>> = row.try_get("siblings")?;
    let mut message = Message {
        id: MessageId(id),
        role: role_from(&role),
        content: row.try_get("content")?,
        model: row.try_get("model")?,
        status,
        created_at: clock::rfc3339(row.try_get("created_at")?),
        notice: row.try_get::<Option<Json<Notice>>, _>("notice")?.map(|notice| notice.0),
        last_event: 0,
        siblings: siblings.and_then(|ids| among(&ids, id)),
        good: row.try_get("good")?,
    };
    if let Some(Json(logged)) = row.try_get::<Option<Json<Vec<Vec<NumberedEvent>>>>, _>("logged")? {
        let events = logged.concat();
        message.last_event = last_of(before_a_wait(&events));
        (message.content, message.notice) = gather(&events);
    }
    Ok(message)
}

/// Where the message `id` stands among its siblings.
fn among(ids: &[Uuid], id: Uuid) -> Option<Siblings> {
    let at = ids.iter().position(|sibling| *sibling == id)?;
    let sibling = |at: Option<usize>| at.and_then(|at| ids.get(at)).copied().map(MessageId);
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    Some(Siblings {
        nth: number(at + 1),
        count: number(ids.len()),
        previous: sibling(at.checked_sub(1)),
        next: sibling(Some(at + 1)),
    })
}

fn role_from(name: &str) -> Role {
    match name {
        "assistant" => Role::Assistant,
        "system" => Role::System,
        _ => Role::User,
    }
}
