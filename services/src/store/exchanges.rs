//! A question and the reply to it, stored together.

use model::{AskReceipt, ConversationId, Message, MessageId, MessageStatus, Role, UserId};
use sqlx::{PgConnection, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::conversations::under_way;
use crate::{clock, error::Error};

/// What is asked.
pub struct Exchange<'a> {
    pub owner: UserId,
    /// `None` begins one.
    pub conversation: Option<ConversationId>,
    /// Of a conversation that begins.
    pub title: &'a str,
    pub question: &'a str,
    pub model: &'a str,
    /// The server that will write the reply.
    pub writer: Uuid,
}

/// A stored exchange.
pub struct Asked {
    pub receipt: AskReceipt,
    /// Of the question, among its conversation's messages.
    pub position: i32,
}

/// Stores the question and an empty reply under way, and moves the conversation to the top of the list. `None` when
/// there is no such conversation of the owner; [`Error::ReplyUnderWay`] when one is being written in it.
///
/// One statement: somebody waits for it, and each round trip to the database is a millisecond or more of theirs.
pub async fn store(connection: &mut PgConnection, exchange: &Exchange<'_>) -> Result<Option<Asked>, Error> {
    // The row's lock gives two questions at once different places.
    const EXTENDED: &str = "UPDATE conversations
        SET message_count = message_count + 2, revision = revision + 1, updated_at = now()
        WHERE id = $1 AND owner_id = $2 AND $3::text IS NOT NULL RETURNING id, title, message_count";
    const BEGUN: &str = "INSERT INTO conversations (id, owner_id, title, message_count)
        VALUES ($1, $2, $3, 2) RETURNING id, title, message_count";
    let sql = format!(
        "WITH conversation AS ({}),
         said AS (
            INSERT INTO messages (id, conversation_id, position, role, content, model, status)
            SELECT $4, id, message_count - 2, 'user', $6, NULL, 'complete' FROM conversation
            UNION ALL SELECT $5, id, message_count - 1, 'assistant', '', $7, 'streaming' FROM conversation
            RETURNING id, created_at
         ),
         reply AS (INSERT INTO replies (id, writer) SELECT id, $8 FROM said WHERE id = $5),
         used AS (
            INSERT INTO usage (reply_id, user_id, department, model)
            SELECT said.id, u.id, u.department, $7 FROM said, users u WHERE said.id = $5 AND u.id = $2
         )
         SELECT c.title, c.message_count, s.created_at FROM conversation c, said s WHERE s.id = $5",
        if exchange.conversation.is_some() { EXTENDED } else { BEGUN }
    );
    let conversation = exchange.conversation.unwrap_or_else(|| ConversationId(clock::new_id()));
    let (question, reply) = (MessageId(clock::new_id()), MessageId(clock::new_id()));
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(conversation.0)
        .bind(exchange.owner.0)
        .bind(exchange.title)
        .bind(question.0)
        .bind(reply.0)
        .bind(exchange.question)
        .bind(exchange.model)
        .bind(exchange.writer)
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
    };
    Ok(Some(Asked {
        receipt: AskReceipt {
            conversation_id: conversation,
            title: row.try_get("title")?,
            question: message(question, Role::User, exchange.question, None, MessageStatus::Complete),
            reply: message(reply, Role::Assistant, "", Some(exchange.model), MessageStatus::Streaming),
        },
        position: row.try_get::<i32, _>("message_count")? - 2,
    }))
}
