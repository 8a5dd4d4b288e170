//! What people think of answers.

use model::{MessageId, UserId};
use sqlx::{PgPool, Row as _};
use time::OffsetDateTime;

/// An answer's rating, for administrators: what was asked and said stays with whoever asked.
#[derive(Clone, Debug)]
pub struct Rated {
    pub at: OffsetDateTime,
    pub by: String,
    pub model: Option<String>,
    pub good: bool,
    pub comment: Option<String>,
}

/// Rates an answer of `owner`, or takes the rating back. The conversation's revision then; `None` when there is no such
/// answer.
pub async fn rate(
    pool: &PgPool,
    owner: UserId,
    message: MessageId,
    good: Option<bool>,
    comment: Option<&str>,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "WITH rated AS (
            SELECT m.id, c.id AS conversation_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
            WHERE m.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL
                AND m.role = 'assistant' AND m.status <> 'streaming'
         ),
         set AS (
            INSERT INTO ratings (message_id, good, comment) SELECT id, $3, $4 FROM rated WHERE $3 IS NOT NULL
            ON CONFLICT (message_id) DO UPDATE SET good = $3, comment = $4, rated_at = now()
         ),
         unset AS (DELETE FROM ratings r USING rated WHERE r.message_id = rated.id AND $3 IS NULL)
         UPDATE conversations c SET revision = revision + 1 FROM rated WHERE c.id = rated.conversation_id
         RETURNING c.revision",
    )
    .bind(message.0)
    .bind(owner.0)
    .bind(good)
    .bind(comment)
    .fetch_optional(pool)
    .await
}

/// The newest ratings of everybody.
pub async fn recent(pool: &PgPool, limit: i64) -> Result<Vec<Rated>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT r.rated_at, u.display_name, m.model, r.good, r.comment
         FROM ratings r JOIN messages m ON m.id = r.message_id JOIN users u ON u.id = m.owner_id
         ORDER BY r.rated_at DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Rated {
                at: row.try_get("rated_at")?,
                by: row.try_get("display_name")?,
                model: row.try_get("model")?,
                good: row.try_get("good")?,
                comment: row.try_get("comment")?,
            })
        })
        .collect()
}
