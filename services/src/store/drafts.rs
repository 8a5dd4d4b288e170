//! What people have written and not sent yet.

use model::{ConversationId, UserId};
use sqlx::PgPool;

/// Keeps what `owner` has written in one of their conversations or in a new one; an empty text is nothing to keep.
/// False when there is no such conversation.
pub async fn keep(
    pool: &PgPool,
    owner: UserId,
    conversation: Option<ConversationId>,
    content: &str,
) -> Result<bool, sqlx::Error> {
    let id = conversation.map(|id| id.0);
    let place = "owner_id = $1 AND conversation_id IS NOT DISTINCT FROM $2";
    if content.is_empty() {
        let sql = format!("DELETE FROM drafts WHERE {place}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner.0).bind(id).execute(pool).await?;
        return Ok(true);
    }
    let kept = sqlx::query(
        "INSERT INTO drafts (owner_id, conversation_id, content)
         SELECT $1, $2, $3 WHERE $2::uuid IS NULL
            OR EXISTS (SELECT FROM conversations WHERE id = $2 AND owner_id = $1 AND deleted_at IS NULL)
         ON CONFLICT (owner_id, coalesce(conversation_id, '00000000-0000-0000-0000-000000000000'))
            DO UPDATE SET content = excluded.content, written_at = now()",
    )
    .bind(owner.0)
    .bind(id)
    .bind(content)
    .execute(pool)
    .await?;
    Ok(kept.rows_affected() > 0)
}

/// What `owner` has written and not sent for a new conversation.
pub async fn of_new(pool: &PgPool, owner: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT content FROM drafts WHERE owner_id = $1 AND conversation_id IS NULL")
        .bind(owner.0)
        .fetch_optional(pool)
        .await
}
