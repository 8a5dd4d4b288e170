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

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{
    Connection as _, PgConnection, PgPool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::time::{Instant, timeout};

const ASSUMED_ALIVE: Duration = Duration::from_millis(500);
/// A connection that is silent for this long when it is asked whether it is there is not.
const SILENT: Duration = Duration::from_secs(1);
/// A database that does not answer for this long has not heard.
const ANSWER: Duration = Duration::from_secs(5);

/// When a connection last turned out to be dead.
static DOUBTED: Mutex<Option<Instant>> = Mutex::new(None);

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// A pool that connects when it is first used, so that the server starts, and says what is wrong, without a database.
///
/// A machine that is switched off closes no connections, and TCP takes a quarter of an hour to notice: whatever waits
/// for the database has an end of its own, and connections that are silent then are not used again.
pub fn connect(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(15)
        .acquire_timeout(ANSWER)
        // Asking each connection first would cost every request a round trip; those that were idle may have died with
        // a database that was restarted meanwhile, and those that were last used before one that is dead died with it.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            let is_doubtful = lock(&DOUBTED).is_some_and(|at| meta.idle_for >= at.elapsed());
            Box::pin(async move {
                if meta.idle_for < ASSUMED_ALIVE && !is_doubtful {
                    return Ok(true);
                }
                is_there(connection).await.map(|()| true)
            })
        })
        // Whoever waited for it may have given it up. The pool asks once more, and without an end.
        .after_release(|connection, _| {
            Box::pin(async move {
                let is_there = is_there(connection).await;
                is_there.inspect_err(doubt).map(|()| true)
            })
        })
        .connect_lazy_with(options.clone().application_name("banter"))
}

/// Takes note of an `error` by which a connection turns out to be dead, as soon as somebody hears of it: what the pool
/// finds out when it gets the connection back can be later than the next request.
pub fn doubt(error: &sqlx::Error) {
    let is_dead = match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        // It was told to end its connections (PostgreSQL, appendix A: operator intervention).
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    };
    if is_dead {
        *lock(&DOUBTED) = Some(Instant::now());
    }
}

fn lock(doubted: &Mutex<Option<Instant>>) -> MutexGuard<'_, Option<Instant>> {
    doubted.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn is_there(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    timeout(SILENT, connection.ping()).await.unwrap_or_else(|_| Err(silent()))
}

/// A connection of its own that hears what is announced on `channel`: one that died would keep its place in the pool.
pub async fn listen(pool: &PgPool, channel: &str) -> Result<PgListener, sqlx::Error> {
    let options = PgConnectOptions::clone(&pool.connect_options());
    let alone = PgPoolOptions::new().max_connections(1).acquire_timeout(ANSWER).connect_lazy_with(options);
    answered(async {
        let mut listener = PgListener::connect_with(&alone).await?;
        listener.listen(channel).await?;
        Ok(listener)
    })
    .await
}

/// A database that does not answer counts as one that cannot be reached.
pub async fn answered<T, E: From<sqlx::Error>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    timeout(ANSWER, work).await.unwrap_or_else(|_| Err(silent().into()))
}

fn silent() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the database does not answer").into()
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
