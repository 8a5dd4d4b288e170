//! Conversations as their owner keeps them: the list, what can be done with one, and when they are gone.

use model::{ConversationId, ConversationSummary, MessageId, UserId};
use sqlx::{PgPool, Row as _, postgres::PgRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::news;
use crate::clock;

/// How long a conversation that was deleted can be had back.
const UNDO_SECS: f64 = 3600.0;
/// More of them are no list of what is important.
const PINNED_MAX: i64 = 100;

/// Where the list goes on: after the conversation with this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub updated_at: OffsetDateTime,
    pub id: Uuid,
}

/// Which conversations are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    /// Those that are neither put away nor filed, the pinned ones first.
    #[default]
    Current,
    /// Those that are filed under this name.
    Folder(String),
    Archived,
    /// Every one, by its last use alone.
    All,
}

/// What is to be changed about a conversation; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes<'a> {
    pub title: Option<&'a str>,
    /// Empty: in none.
    pub folder: Option<&'a str>,
    pub pinned: Option<bool>,
    pub archived: Option<bool>,
    pub deleted: Option<bool>,
}

pub(super) const SUMMARY: &str = "c.id, c.title, c.created_at, c.updated_at, c.revision, c.folder,
    c.pinned_at IS NOT NULL AS pinned, c.archived_at IS NOT NULL AS archived";

/// Up to `limit` conversations of `owner`, newest first, after `cursor`.
pub async fn list(
    pool: &PgPool,
    owner: UserId,
    shelf: &Shelf,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<(ConversationSummary, Cursor)>, sqlx::Error> {
    // As in the indexes.
    let (which, folder) = match shelf {
        Shelf::Current => ("archived_at IS NULL AND pinned_at IS NULL AND folder IS NULL", None),
        Shelf::Folder(folder) => ("archived_at IS NULL AND pinned_at IS NULL AND folder = $5", Some(folder)),
        Shelf::Archived => ("archived_at IS NOT NULL", None),
        Shelf::All => ("true", None),
    };
    let sql = format!(
        "SELECT {SUMMARY} FROM conversations c
         WHERE owner_id = $1 AND deleted_at IS NULL AND session_id IS NULL AND {which}
            AND ($2::timestamptz IS NULL OR (updated_at, id) < ($2, $3)) AND $5 IS NOT DISTINCT FROM $5::text
         ORDER BY updated_at DESC, id DESC LIMIT $4"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(owner.0)
        .bind(cursor.map(|cursor| cursor.updated_at))
        .bind(cursor.map(|cursor| cursor.id))
        .bind(limit)
        .bind(folder)
        .fetch_all(pool)
        .await?;
    rows.iter().map(|row| Ok((summary(row)?, cursor_of(row)?))).collect()
}

fn cursor_of(row: &PgRow) -> Result<Cursor, sqlx::Error> {
    Ok(Cursor { updated_at: row.try_get("updated_at")?, id: row.try_get("id")? })
}

/// The folders of `owner` that have something in them, and whether anything is put away.
pub async fn shelves(pool: &PgPool, owner: UserId) -> Result<(Vec<String>, bool), sqlx::Error> {
    sqlx::query_as(
        "SELECT ARRAY(
                SELECT DISTINCT folder FROM conversations
                WHERE owner_id = $1 AND folder IS NOT NULL AND archived_at IS NULL AND deleted_at IS NULL ORDER BY folder
            ), EXISTS (
                SELECT FROM conversations WHERE owner_id = $1 AND archived_at IS NOT NULL AND deleted_at IS NULL
            )",
    )
    .bind(owner.0)
    .fetch_one(pool)
    .await
}

/// The conversations of `owner` that are pinned, the one pinned last first.
pub async fn pinned(pool: &PgPool, owner: UserId) -> Result<Vec<ConversationSummary>, sqlx::Error> {
    let sql = format!(
        "SELECT {SUMMARY} FROM conversations c
         WHERE owner_id = $1 AND pinned_at IS NOT NULL AND archived_at IS NULL AND deleted_at IS NULL
            AND session_id IS NULL
         ORDER BY pinned_at DESC, id DESC LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner.0).bind(PINNED_MAX).fetch_all(pool).await?;
    rows.iter().map(summary).collect()
}

/// Stores a conversation in which nothing was asked yet.
pub async fn create(pool: &PgPool, owner: UserId, title: &str) -> Result<ConversationSummary, sqlx::Error> {
    let sql = format!(
        "WITH c AS (INSERT INTO conversations (id, owner_id, title) VALUES ($1, $2, $3) RETURNING *)
         SELECT {SUMMARY}, pg_notify($4, $5 || $2::uuid::text) FROM c"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(clock::new_id())
        .bind(owner.0)
        .bind(title)
        .bind(news::CHANNEL)
        .bind(news::LIBRARY)
        .fetch_one(pool)
        .await?;
    summary(&row)
}

/// One conversation of `owner`.
pub async fn find(
    pool: &PgPool,
    owner: UserId,
    id: ConversationId,
) -> Result<Option<ConversationSummary>, sqlx::Error> {
    let sql = format!("SELECT {SUMMARY} FROM conversations c WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.0).bind(owner.0).fetch_optional(pool).await?;
    row.as_ref().map(summary).transpose()
}

/// Changes a conversation of `owner`, all of it or nothing; as it is then. `None` when there is no such one. Only one that
/// was deleted can be had back, and only that can be done with it.
pub async fn change(
    pool: &PgPool,
    owner: UserId,
    id: ConversationId,
    changes: Changes<'_>,
) -> Result<Option<ConversationSummary>, sqlx::Error> {
    let sql = format!(
        "WITH c AS (
            UPDATE conversations SET title = coalesce($3, title),
                folder = CASE WHEN $4::text IS NULL THEN folder ELSE nullif($4, '') END,
                pinned_at = CASE $5 WHEN true THEN coalesce(pinned_at, now()) WHEN false THEN NULL ELSE pinned_at END,
                archived_at = CASE $6 WHEN true THEN coalesce(archived_at, now()) WHEN false THEN NULL ELSE archived_at END,
                deleted_at = CASE $7 WHEN true THEN now() WHEN false THEN NULL ELSE deleted_at END
            WHERE id = $1 AND owner_id = $2 AND (deleted_at IS NOT NULL) = ($7 IS NOT DISTINCT FROM false) RETURNING *
         ),
         -- What is deleted is not written any further.
         stopped AS (
            UPDATE replies r SET stop_requested = true FROM c JOIN messages m ON m.conversation_id = c.id
            WHERE c.deleted_at IS NOT NULL AND m.status = 'streaming' AND r.id = m.id RETURNING r.id
         )
         SELECT {SUMMARY}, pg_notify($8, $9 || $2::uuid::text),
            (SELECT count(pg_notify($8, $10 || id::text)) FROM stopped) AS stopped FROM c"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(id.0)
        .bind(owner.0)
        .bind(changes.title)
        .bind(changes.folder)
        .bind(changes.pinned)
        .bind(changes.archived)
        .bind(changes.deleted)
        .bind(news::CHANNEL)
        .bind(news::LIBRARY)
        .bind(news::STOP)
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(summary).transpose()
}

/// Shows the path through `message`, on to the newest message behind it, in its conversation of `owner`; nothing changes
/// where what is shown goes through it already. Says which conversation that is; `None` when there is no such message.
pub async fn choose(pool: &PgPool, owner: UserId, message: MessageId) -> Result<Option<ConversationId>, sqlx::Error> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "WITH RECURSIVE chosen AS (
            SELECT m.id, m.conversation_id, c.leaf_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
            WHERE m.id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL
         ),
         shown AS (
            SELECT m.id, m.parent_id FROM chosen JOIN messages m ON m.id = chosen.leaf_id
            UNION ALL SELECT m.id, m.parent_id FROM shown s JOIN messages m ON m.id = s.parent_id
         ),
         onwards AS (
            SELECT id FROM chosen
            UNION ALL SELECT next.id FROM onwards o, LATERAL (
                SELECT id FROM messages WHERE parent_id = o.id ORDER BY position DESC LIMIT 1
            ) next
         ),
         told AS (
            UPDATE conversations c SET revision = revision + 1, leaf_id = (
                SELECT id FROM onwards o WHERE NOT EXISTS (SELECT FROM messages WHERE parent_id = o.id)
            ) FROM chosen
            WHERE c.id = chosen.conversation_id AND NOT EXISTS (SELECT FROM shown WHERE id = $1) RETURNING c.id
         )
         SELECT conversation_id, (SELECT pg_notify($3, $4 || $2::uuid::text) FROM told) FROM chosen",
    )
    .bind(message.0)
    .bind(owner.0)
    .bind(news::CHANNEL)
    .bind(news::LIBRARY)
    .fetch_optional(pool)
    .await?;
    Ok(id.map(ConversationId))
}

/// Removes some of what was deleted long enough ago, and temporary conversations whose session is over.
pub async fn tidy(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM conversations WHERE id IN (
            SELECT id FROM conversations WHERE deleted_at < now() - make_interval(secs => $1) LIMIT 100
         )",
    )
    .bind(UNDO_SECS)
    .execute(pool)
    .await?;
    sqlx::query(
        "DELETE FROM conversations WHERE id IN (
            SELECT c.id FROM conversations c WHERE c.session_id IS NOT NULL
                AND NOT EXISTS (
                    SELECT FROM sessions s
                    WHERE s.public_id = c.session_id AND s.ended_at IS NULL AND s.expires_at > now()
                )
                AND NOT EXISTS (SELECT FROM messages m WHERE m.conversation_id = c.id AND m.status = 'streaming')
            LIMIT 100
         )",
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) fn summary(row: &PgRow) -> Result<ConversationSummary, sqlx::Error> {
    Ok(ConversationSummary {
        id: ConversationId(row.try_get("id")?),
        title: row.try_get("title")?,
        created_at: clock::rfc3339(row.try_get("created_at")?),
        updated_at: clock::rfc3339(row.try_get("updated_at")?),
        revision: row.try_get("revision")?,
        pinned: row.try_get("pinned")?,
        archived: row.try_get("archived")?,
        folder: row.try_get("folder")?,
    })
}
