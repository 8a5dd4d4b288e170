//! People and their accounts.

use model::{Group, MessageId, UserId, UserRole, Viewer};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool, Row as _, postgres::PgRow, types::Json};
use texts::Language;
use time::OffsetDateTime;

use crate::clock;

/// Who somebody is to the provider: the only identity there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountKey {
    /// The tenant; for a provider without tenants its issuer.
    pub tid: String,
    /// The object id; for a provider without one the subject.
    pub oid: String,
}

/// What the provider and the directory say about somebody at a sign-in.
#[derive(Clone, Debug)]
pub struct Person {
    pub account: AccountKey,
    pub display_name: String,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub email: Option<String>,
    /// The sign-in name (UPN).
    pub username: Option<String>,
    pub department: Option<String>,
    pub job_title: Option<String>,
    pub preferred_language: Option<String>,
    pub roles: Vec<UserRole>,
    /// App roles of the registration, as the token names them.
    pub app_roles: Vec<String>,
    pub groups: Vec<Group>,
}

/// A user's row.
pub struct UserDetails {
    pub display_name: String,
    pub department: Option<String>,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub email: Option<String>,
    pub username: Option<String>,
    pub job_title: Option<String>,
    pub preferred_language: Option<String>,
    /// The language that they chose here.
    pub language: Option<String>,
    pub groups: Vec<Group>,
    pub app_roles: Vec<String>,
    pub synced_at: OffsetDateTime,
}

/// A user as they were synchronised.
pub struct Synced {
    pub id: UserId,
    /// They have a role that they did not have before.
    pub elevated: bool,
}

/// Creates the user at the first sign-in with this account; later updates what changed.
pub async fn sync(pool: &PgPool, person: &Person) -> Result<Synced, sqlx::Error> {
    let mut tx = pool.begin().await?;
    // Two first sign-ins of one person at the same moment: the second waits here and finds the first one's user.
    queue_for(&mut tx, &person.account).await?;
    let known: Option<(uuid::Uuid, Vec<String>)> = sqlx::query_as(
        "SELECT a.user_id, u.roles FROM accounts a JOIN users u ON u.id = a.user_id WHERE a.tid = $1 AND a.oid = $2",
    )
    .bind(&person.account.tid)
    .bind(&person.account.oid)
    .fetch_optional(&mut *tx)
    .await?;
    let id = known.as_ref().map_or_else(clock::new_id, |(id, _)| *id);
    let roles: Vec<&str> = person.roles.iter().map(|role| role.as_str()).collect();
    sqlx::query(
        "INSERT INTO users AS u (id, display_name, given_name, surname, email, department, job_title,
                                 preferred_language, roles, groups, username, app_roles)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET
            display_name = excluded.display_name, given_name = excluded.given_name, surname = excluded.surname,
            email = excluded.email, department = excluded.department, job_title = excluded.job_title,
            preferred_language = excluded.preferred_language, roles = excluded.roles, groups = excluded.groups,
            username = excluded.username, app_roles = excluded.app_roles,
            synced_at = now(),
            updated_at = CASE WHEN
                (u.display_name, u.given_name, u.surname, u.email, u.department, u.job_title, u.preferred_language,
                 u.roles, u.groups, u.username, u.app_roles)
                IS DISTINCT FROM
                (excluded.display_name, excluded.given_name, excluded.surname, excluded.email, excluded.department,
                 excluded.job_title, excluded.preferred_language, excluded.roles, excluded.groups, excluded.username,
                 excluded.app_roles)
                THEN now() ELSE u.updated_at END",
    )
    .bind(id)
    .bind(&person.display_name)
    .bind(&person.given_name)
    .bind(&person.surname)
    .bind(&person.email)
    .bind(&person.department)
    .bind(&person.job_title)
    .bind(&person.preferred_language)
    .bind(&roles)
    .bind(Json(&person.groups))
    .bind(&person.username)
    .bind(&person.app_roles)
    .execute(&mut *tx)
    .await?;
    if known.is_none() {
        sqlx::query("INSERT INTO accounts (tid, oid, user_id) VALUES ($1, $2, $3)")
            .bind(&person.account.tid)
            .bind(&person.account.oid)
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    let elevated = known.is_some_and(|(_, before)| roles.iter().any(|role| !before.iter().any(|had| had == role)));
    Ok(Synced { id: UserId(id), elevated })
}

/// Waits until nobody else creates the user of an account, and keeps others waiting until `tx` ends.
pub(super) async fn queue_for(tx: &mut PgConnection, account: &AccountKey) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))")
        .bind(&account.tid)
        .bind(&account.oid)
        .execute(tx)
        .await?;
    Ok(())
}

/// The user who signs in with an account.
pub async fn of_account(pool: &PgPool, account: &AccountKey) -> Result<Option<UserId>, sqlx::Error> {
    let id: Option<uuid::Uuid> = sqlx::query_scalar("SELECT user_id FROM accounts WHERE tid = $1 AND oid = $2")
        .bind(&account.tid)
        .bind(&account.oid)
        .fetch_optional(pool)
        .await?;
    Ok(id.map(UserId))
}

/// What somebody's rights follow from: the names of their roles and the ids of their groups.
pub async fn rights(pool: &PgPool, user: UserId) -> Result<Option<(Vec<String>, Vec<String>)>, sqlx::Error> {
    let row: Option<(Vec<String>, Json<Vec<Group>>)> =
        sqlx::query_as("SELECT roles, groups FROM users WHERE id = $1").bind(user.0).fetch_optional(pool).await?;
    Ok(row.map(|(roles, groups)| (roles, groups.0.into_iter().map(|group| group.id).collect())))
}

/// What the profile page adds to the viewer.
pub async fn details(pool: &PgPool, owner: UserId) -> Result<Option<UserDetails>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT display_name, department, given_name, surname, email, username, job_title, preferred_language, language, groups, app_roles, synced_at
         FROM users WHERE id = $1",
    )
    .bind(owner.0)
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        Ok(UserDetails {
            display_name: row.try_get("display_name")?,
            department: row.try_get("department")?,
            given_name: row.try_get("given_name")?,
            surname: row.try_get("surname")?,
            email: row.try_get("email")?,
            username: row.try_get("username")?,
            app_roles: row.try_get("app_roles")?,
            job_title: row.try_get("job_title")?,
            preferred_language: row.try_get("preferred_language")?,
            language: row.try_get("language")?,
            groups: row.try_get::<Json<Vec<Group>>, _>("groups")?.0,
            synced_at: row.try_get("synced_at")?,
        })
    })
    .transpose()
}

/// The user chooses a language, or none.
pub async fn choose_language(pool: &PgPool, owner: UserId, language: Option<Language>) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE users SET language = $2 WHERE id = $1")
        .bind(owner.0)
        .bind(language.map(Language::tag))
        .execute(pool)
        .await?;
    Ok(())
}

/// The language of whoever asked for a reply, as far as it is known without them.
pub async fn language_of_asker(pool: &PgPool, reply: MessageId) -> Result<Language, sqlx::Error> {
    let row = sqlx::query(
        "SELECT u.language, u.preferred_language FROM messages m
         JOIN conversations c ON c.id = m.conversation_id JOIN users u ON u.id = c.owner_id WHERE m.id = $1",
    )
    .bind(reply.0)
    .fetch_optional(pool)
    .await?;
    let languages = row.map(|row| languages(&row)).transpose()?;
    Ok(languages.and_then(Languages::language).unwrap_or_default())
}

/// What is known of the language somebody wants to be spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Languages {
    /// By themselves.
    pub chosen: Option<Language>,
    /// By the directory, if it names one of ours.
    pub in_directory: Option<Language>,
}

impl Languages {
    /// What they chose themselves comes first.
    pub fn language(self) -> Option<Language> {
        self.chosen.or(self.in_directory)
    }
}

/// From a row with `language` and `preferred_language`.
pub(super) fn languages(row: &PgRow) -> Result<Languages, sqlx::Error> {
    let of = |tag: Option<String>| tag.as_deref().and_then(Language::of_tag);
    Ok(Languages { chosen: of(row.try_get("language")?), in_directory: of(row.try_get("preferred_language")?) })
}

/// A user as administrators see them.
#[derive(sqlx::FromRow)]
pub struct ListedUser {
    pub id: uuid::Uuid,
    pub display_name: String,
    pub username: Option<String>,
    pub email: Option<String>,
    pub department: Option<String>,
    pub roles: Vec<String>,
    /// Sessions that were not ended and have time left.
    pub session_count: i64,
    pub last_seen_at: Option<OffsetDateTime>,
}

/// Up to `limit` users with `query` in their names or mail, those seen last first.
pub async fn search(pool: &PgPool, query: &str, limit: i64) -> Result<Vec<ListedUser>, sqlx::Error> {
    sqlx::query_as(
        "SELECT u.id, u.display_name, u.username, u.email, u.department, u.roles, s.session_count, s.last_seen_at
         FROM users u
         LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE ended_at IS NULL AND expires_at > now()) AS session_count,
                   max(last_seen_at) AS last_seen_at
            FROM sessions WHERE user_id = u.id
         ) s ON true
         WHERE $1 = '' OR strpos(lower(concat_ws(' ', u.display_name, u.username, u.email)), lower($1)) > 0
         ORDER BY s.last_seen_at DESC NULLS LAST, u.display_name LIMIT $2",
    )
    .bind(query)
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Somebody's display name and e-mail, for [`crate::people`].
pub async fn contact(pool: &PgPool, id: UserId) -> Result<Option<(String, Option<String>)>, sqlx::Error> {
    sqlx::query_as("SELECT display_name, email FROM users WHERE id = $1").bind(id.0).fetch_optional(pool).await
}

/// A viewer from a row with `user_id`, `display_name`, `department` and `roles`.
pub(super) fn viewer(row: &PgRow) -> Result<Viewer, sqlx::Error> {
    let roles: Vec<String> = row.try_get("roles")?;
    Ok(Viewer {
        id: UserId(row.try_get("user_id")?),
        name: row.try_get("display_name")?,
        department: row.try_get("department")?,
        roles: roles.into_iter().map(UserRole::from).collect(),
    })
}
