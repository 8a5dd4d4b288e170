//! What state the database is in, for whoever sets the app up. Changes nothing.

use std::time::Duration;

use sqlx::{
    Connection as _, PgConnection, Row as _,
    postgres::{PgConnectOptions, PgListener},
};

use super::MIGRATOR;
use crate::clock;

/// How long a notification may be under way.
const HEARD_WITHIN: Duration = Duration::from_secs(3);

/// See [`look`].
pub struct Inspection {
    /// As PostgreSQL counts: 140005 is 14.5.
    pub version: i32,
    pub schema: Schema,
    /// Whether the user may make tables where they would be made.
    pub may_create: bool,
}

/// This build's tables in comparison with those that are there.
#[derive(Debug, PartialEq, Eq)]
pub enum Schema {
    /// All of that many migrations are applied.
    Current(usize),
    Pending {
        applied: usize,
        pending: usize,
    },
    /// There are migrations that this build does not know.
    Newer,
    /// This one is there, but is another one or was not finished.
    Changed(i64),
}

/// Looks at a database through a connection of its own, whose failures are told as they are: a pool would wait and
/// only say that it waited.
pub async fn look(options: &PgConnectOptions) -> Result<Inspection, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let row = sqlx::query(
        "SELECT current_setting('server_version_num')::int AS version,
            to_regclass('_sqlx_migrations') IS NOT NULL AS migrated,
            coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create",
    )
    .fetch_one(&mut connection)
    .await?;
    let applied: Vec<(i64, bool, Vec<u8>)> = if row.try_get("migrated")? {
        sqlx::query_as("SELECT version, success, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut connection)
            .await?
    } else {
        Vec::new()
    };
    connection.close().await?;
    Ok(Inspection {
        version: row.try_get("version")?,
        schema: compared(&applied),
        may_create: row.try_get("may_create")?,
    })
}

/// Whether what one connection announces arrives at another.
pub async fn notify_and_hear(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    // Nobody else's: others may be examining the same database.
    let channel = format!("banter_doctor_{}", clock::new_id().simple());
    let pool = super::connect(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(&channel).await?;
    sqlx::query("SELECT pg_notify($1, 'heard')").bind(&channel).execute(&pool).await?;
    let heard = tokio::time::timeout(HEARD_WITHIN, listener.recv()).await;
    drop(listener);
    pool.close().await;
    match heard {
        Ok(notification) => notification.map(|notification| notification.channel() == channel),
        Err(_silence) => Ok(false),
    }
}

fn compared(applied: &[(i64, bool, Vec<u8>)]) -> Schema {
    let known: Vec<_> = MIGRATOR.iter().filter(|migration| migration.migration_type.is_up_migration()).collect();
    let mut found = 0;
    for (version, success, checksum) in applied {
        match known.iter().find(|migration| migration.version == *version) {
            None => return Schema::Newer,
            Some(migration) if !success || *migration.checksum != **checksum => return Schema::Changed(*version),
            Some(_) => found += 1,
        }
    }
    match known.len() - found {
        0 => Schema::Current(found),
        pending => Schema::Pending { applied: found, pending },
    }
}
