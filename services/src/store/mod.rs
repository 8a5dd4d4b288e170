//! The only SQL, one file per aggregate. Every read and write of user data names its owner in the `WHERE`.

pub(crate) mod access_checks;
pub(crate) mod api_access;
pub(crate) mod conversations;
pub(crate) mod drafts;
pub(crate) mod exchanges;
pub(crate) mod idempotency;
pub(crate) mod inspection;
pub(crate) mod library;
pub(crate) mod news;
pub(crate) mod photos;
pub(crate) mod ratings;
pub(crate) mod replies;
pub(crate) mod reply_logs;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
pub(crate) mod usage;
pub(crate) mod usage_reports;
pub(crate) mod users;

use std::time::Duration;

use sqlx::{
    Connection as _, PgPool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};

const ASSUMED_ALIVE: Duration = Duration::from_millis(500);

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// A pool that connects when it is first used, so that the server starts, and says what is wrong, without a database.
pub fn connect(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(5))
        // Asking each connection first would cost every request a round trip; those that were idle may have died with
        // a database that was restarted meanwhile.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < ASSUMED_ALIVE {
                    return Ok(true);
                }
                Ok(connection.ping().await.is_ok())
            })
        })
        .connect_lazy_with(options.clone().application_name("banter"))
}

/// Brings the schema up to date. Many replicas may do it at once: one works, the others wait for its lock.
pub async fn migrate(pool: &PgPool) -> Result<(), MigrateError> {
    MIGRATOR.run(pool).await
}

/// Whether the database answers and has this build's schema.
pub async fn check(pool: &PgPool) -> Result<(), String> {
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    let applied: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
        .fetch_one(pool)
        .await
        .map_err(|error| match error {
            sqlx::Error::Database(error) => format!("the database refuses: {}", error.message()),
            _ => "the database cannot be reached".to_owned(),
        })?;
    if applied.unwrap_or_default() < newest {
        return Err("the database schema is older than this build; run `banter migrate`".to_owned());
    }
    Ok(())
}
