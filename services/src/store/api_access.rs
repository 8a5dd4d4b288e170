//! Callers of the API: who they are here, and when it was last confirmed that they may be.

use model::{UserId, UserRole, Viewer};
use sqlx::{PgPool, Row as _, postgres::PgRow};
use time::OffsetDateTime;

use super::users::{self, AccountKey};
use crate::clock;

/// A person or an application as it is stored.
pub struct Known {
    pub viewer: Viewer,
    pub is_service: bool,
    /// Of an application: what its tokens said last.
    pub app_roles: Vec<String>,
    /// Absent: it has to be checked before anything else.
    pub checked_at: Option<OffsetDateTime>,
}

const KNOWN: &str = "SELECT u.id AS user_id, u.display_name, u.department, u.roles, u.kind, u.app_roles, x.checked_at
    FROM users u LEFT JOIN api_access x ON x.user_id = u.id";

/// Whoever has this account.
pub async fn of_account(pool: &PgPool, account: &AccountKey) -> Result<Option<Known>, sqlx::Error> {
    let sql = format!("{KNOWN} JOIN accounts a ON a.user_id = u.id WHERE a.tid = $1 AND a.oid = $2");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(&account.tid).bind(&account.oid);
    query.fetch_optional(pool).await?.as_ref().map(known).transpose()
}

/// The user with this id.
pub async fn of_user(pool: &PgPool, user: UserId) -> Result<Option<Known>, sqlx::Error> {
    let sql = format!("{KNOWN} WHERE u.id = $1");
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(user.0);
    query.fetch_optional(pool).await?.as_ref().map(known).transpose()
}

fn known(row: &PgRow) -> Result<Known, sqlx::Error> {
    Ok(Known {
        viewer: users::viewer(row)?,
        is_service: row.try_get::<&str, _>("kind")? == "service",
        app_roles: row.try_get("app_roles")?,
        checked_at: row.try_get("checked_at")?,
    })
}

/// It was confirmed that `user` may call, as of `at`. An older confirmation replaces no newer one.
pub async fn confirm(pool: &PgPool, user: UserId, at: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO api_access AS x (user_id, checked_at) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET checked_at = greatest(x.checked_at, excluded.checked_at)",
    )
    .bind(user.0)
    .bind(at)
    .execute(pool)
    .await?;
    Ok(())
}

/// What was confirmed counts no longer.
pub async fn forget(pool: &PgPool, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM api_access WHERE user_id = $1").bind(user.0).execute(pool).await?;
    Ok(())
}

/// When it was last confirmed that `user` may call.
pub async fn checked_at(pool: &PgPool, user: UserId) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    sqlx::query_scalar("SELECT checked_at FROM api_access WHERE user_id = $1").bind(user.0).fetch_optional(pool).await
}

/// Creates or updates the user of an application.
pub async fn sync_service(
    pool: &PgPool,
    account: &AccountKey,
    name: &str,
    roles: &[UserRole],
    app_roles: &[String],
) -> Result<UserId, sqlx::Error> {
    let mut tx = pool.begin().await?;
    users::queue_for(&mut tx, account).await?;
    let known: Option<uuid::Uuid> = sqlx::query_scalar("SELECT user_id FROM accounts WHERE tid = $1 AND oid = $2")
        .bind(&account.tid)
        .bind(&account.oid)
        .fetch_optional(&mut *tx)
        .await?;
    let id = known.unwrap_or_else(clock::new_id);
    let roles: Vec<&str> = roles.iter().map(UserRole::as_str).collect();
    sqlx::query(
        "INSERT INTO users (id, kind, display_name, roles, app_roles) VALUES ($1, 'service', $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, roles = excluded.roles,
            app_roles = excluded.app_roles, synced_at = now(), updated_at = now()",
    )
    .bind(id)
    .bind(name)
    .bind(&roles)
    .bind(app_roles)
    .execute(&mut *tx)
    .await?;
    if known.is_none() {
        sqlx::query("INSERT INTO accounts (tid, oid, user_id) VALUES ($1, $2, $3)")
            .bind(&account.tid)
            .bind(&account.oid)
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(UserId(id))
}
