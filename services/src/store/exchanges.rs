//! A question and the reply to it, stored together.

use model::{AskReceipt, ConversationId, Message, MessageId, MessageStatus, Role, UserId};
use sqlx::{PgConnection, PgPool, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::conversations::{message_of, under_way};
use crate::{clock, error::Error};

/// What is asked.
pub struct Exchange<'a> {
    pub owner: UserId,
    pub place: Place,
    /// Of the question, if there is one.
    pub question_id: MessageId,
    /// Of the reply.
    pub reply_id: MessageId,
    /// Of a conversation that begins.
    pub title: &'a str,
    /// Absent where an answer is asked for again.
    pub question: Option<&'a str>,
    pub model: &'a str,
    /// The server that will write the reply.
    pub writer: Uuid,
    /// Which pays, in place of the owner's department.
    pub cost_centre: Option<&'a str>,
}

/// Where something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a new conversation; in one that goes with that session if there is one.
    New(Option<Uuid>),
    /// At the end of a conversation's path.
    After(ConversationId),
    /// In place of another question, which stays beside it.
    InsteadOf(MessageId),
    /// The same question once more, for an answer beside the one it has.
    Again(MessageId),
}

/// What a conversation is called that has neither a title nor a question yet.
pub const UNTITLED: &str = "New chat";

/// A stored exchange.
pub struct Asked {
    pub conversation: ConversationId,
    pub title: String,
    pub revision: i64,
    /// What the reply, or the question if there is one, follows.
    pub parent: Option<Uuid>,
    pub question: Option<Message>,
    pub reply: Message,
}

// Each finds the conversation (its row's lock gives two questions at once different places) and the parent. $1 is what
// the place names, $2 the owner.
const AFTER: &str = "SELECT id, leaf_id AS parent_id FROM conversations
    WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL FOR UPDATE";
const BESIDE: &str = "SELECT c.id, m.parent_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL AND m.status <> 'streaming'
        AND (m.role = 'user') = ($6::text IS NOT NULL) FOR UPDATE OF c";
// It is used again: it comes back to the list. Its title it has already, unless it was begun without one and without a
// question, by a program (`UNTITLED`): then it gets $3.
const EXTENDED: &str = "UPDATE conversations c
    SET message_count = message_count + $9, revision = revision + 1, updated_at = now(), archived_at = NULL, leaf_id = $5,
        title = CASE WHEN c.message_count = 0 AND c.title = 'New chat' THEN $3 ELSE c.title END
    FROM found WHERE c.id = found.id AND $3::text IS NOT NULL AND $10::uuid IS NULL
    RETURNING c.id, c.title, c.revision, c.message_count, found.parent_id";
const BEGUN: &str = "INSERT INTO conversations (id, owner_id, title, message_count, leaf_id, session_id)
    VALUES ($1, $2, $3, $9, $5, $10) RETURNING id, title, revision, message_count, NULL::uuid AS parent_id";

/// Stores the question and an empty reply under way, and moves the conversation to the top of the list. `None` when
/// there is no such place of the owner's; [`Error::ReplyUnderWay`] when a reply is being written in it.
///
/// One statement: somebody waits for it, and each round trip to the database is a millisecond or more of theirs.
pub async fn store(connection: &mut PgConnection, exchange: &Exchange<'_>) -> Result<Option<Asked>, Error> {
    let conversation = match exchange.place {
        Place::New(_) => format!("conversation AS ({BEGUN})"),
        Place::After(_) => format!("found AS ({AFTER}), conversation AS ({EXTENDED})"),
        Place::InsteadOf(_) | Place::Again(_) => format!("found AS ({BESIDE}), conversation AS ({EXTENDED})"),
    };
    let sql = format!(
        "WITH {conversation},
         said AS (
            INSERT INTO messages (id, conversation_id, owner_id, parent_id, position, role, content, model, status)
            SELECT $4, id, $2, parent_id, message_count - 2, 'user', $6, NULL, 'complete' FROM conversation
                WHERE $6::text IS NOT NULL
            UNION ALL SELECT $5, id, $2, CASE WHEN $6::text IS NULL THEN parent_id ELSE $4 END, message_count - 1,
                'assistant', '', $7, 'streaming' FROM conversation
            RETURNING id, created_at
         ),
         sent AS (DELETE FROM drafts WHERE owner_id = $2 AND coalesce(conversation_id, $11) = $12),
         reply AS (INSERT INTO replies (id, writer) SELECT id, $8 FROM said WHERE id = $5),
         used AS (
            INSERT INTO usage (reply_id, user_id, department, model)
            SELECT said.id, u.id, coalesce($13, u.department), $7 FROM said, users u WHERE said.id = $5 AND u.id = $2
         )
         SELECT c.id, c.title, c.revision, c.parent_id, s.created_at FROM conversation c, said s WHERE s.id = $5",
    );
    let (named, session) = match exchange.place {
        Place::New(session) => (clock::new_id(), session),
        Place::After(conversation) => (conversation.0, None),
        Place::InsteadOf(message) | Place::Again(message) => (message.0, None),
    };
    let (question, reply) = (exchange.question_id, exchange.reply_id);
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(named)
        .bind(exchange.owner.0)
        .bind(exchange.title)
        .bind(question.0)
        .bind(reply.0)
        .bind(exchange.question)
        .bind(exchange.model)
        .bind(exchange.writer)
        .bind(if exchange.question.is_some() { 2_i32 } else { 1 })
        .bind(session)
        .bind(Uuid::nil())
        .bind(match exchange.place {
            Place::New(_) => Some(Uuid::nil()),
            Place::After(conversation) => Some(conversation.0),
            Place::InsteadOf(_) | Place::Again(_) => None,
        })
        .bind(exchange.cost_centre)
        .fetch_optional(connection)
        .await
        .map_err(under_way)?;
    let Some(row) = row else { return Ok(None) };
    let created_at = clock::rfc3339(row.try_get::<OffsetDateTime, _>("created_at")?);
    let message = |id, role, content: &str, model: Option<&str>, status| Message {
        id,
        role,
        content: content.to_owned(),
        model: model.map(str::to_owned),
        status,
        created_at: created_at.clone(),
        notice: None,
        last_event: 0,
        siblings: None,
        good: None,
    };
    let asked = |content: &str| message(question, Role::User, content, None, MessageStatus::Complete);
    Ok(Some(Asked {
        conversation: ConversationId(row.try_get("id")?),
        title: row.try_get("title")?,
        revision: row.try_get("revision")?,
        parent: row.try_get("parent_id")?,
        question: exchange.question.map(asked),
        reply: message(reply, Role::Assistant, "", Some(exchange.model), MessageStatus::Streaming),
    }))
}

/// What became of a question of `owner` that was asked before: its first reply as it is now.
pub async fn find(pool: &PgPool, owner: UserId, question: MessageId) -> Result<Option<AskReceipt>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let row = sqlx::query(
        "SELECT c.id, c.title, c.revision, r.id AS reply FROM messages q
         JOIN conversations c ON c.id = q.conversation_id JOIN messages r ON r.parent_id = q.id
         WHERE q.id = $1 AND q.role = 'user' AND c.owner_id = $2 AND c.deleted_at IS NULL ORDER BY r.position LIMIT 1",
    )
    .bind(question.0)
    .bind(owner.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(AskReceipt {
        conversation_id: ConversationId(row.try_get("id")?),
        title: row.try_get("title")?,
        revision: row.try_get("revision")?,
        question: message_of(&mut connection, question).await?,
        reply: message_of(&mut connection, MessageId(row.try_get("reply")?)).await?,
    }))
}

impl Asked {
    /// For whoever asked a question.
    pub fn receipt(self) -> Option<AskReceipt> {
        let Self { conversation, title, revision, question, reply, .. } = self;
        Some(AskReceipt { conversation_id: conversation, title, revision, question: question?, reply })
    }
}
