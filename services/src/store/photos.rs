//! Pictures from the directory, kept with their ETag.

use model::UserId;
use sqlx::PgPool;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Photo {
    pub etag: Option<String>,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// The picture of `owner`, if the directory had one.
pub async fn get(pool: &PgPool, owner: UserId) -> Result<Option<Photo>, sqlx::Error> {
    sqlx::query_as("SELECT etag, content_type, bytes FROM photos WHERE user_id = $1 AND bytes IS NOT NULL")
        .bind(owner.0)
        .fetch_optional(pool)
        .await
}

/// The ETag that the directory gave with the picture of `owner`.
pub async fn etag(pool: &PgPool, owner: UserId) -> Result<Option<String>, sqlx::Error> {
    let etag: Option<Option<String>> =
        sqlx::query_scalar("SELECT etag FROM photos WHERE user_id = $1 AND bytes IS NOT NULL")
            .bind(owner.0)
            .fetch_optional(pool)
            .await?;
    Ok(etag.flatten())
}

/// Stores what the directory has now; `None`: no picture.
pub async fn put(pool: &PgPool, owner: UserId, photo: Option<&Photo>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO photos (user_id, etag, content_type, bytes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET
            etag = excluded.etag, content_type = excluded.content_type, bytes = excluded.bytes, fetched_at = now()",
    )
    .bind(owner.0)
    .bind(photo.and_then(|photo| photo.etag.as_deref()))
    .bind(photo.map(|photo| photo.content_type.as_str()))
    .bind(photo.map(|photo| photo.bytes.as_slice()))
    .execute(pool)
    .await?;
    Ok(())
}
