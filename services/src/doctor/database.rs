//! The database: can it be reached, is it new enough, has it this build's tables, and do servers hear of each other.

use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use tokio::time::timeout;

use super::{Check, Doctor, Outcome, PATIENCE, reach};
use crate::store::inspection::{self, Inspection, Schema};

const OLDEST_VERSION: i32 = 14;

pub(super) async fn examine(doctor: Arc<Doctor>) -> Vec<Check> {
    let options = &doctor.config().database;
    let place = place(options);
    let inspection = match timeout(PATIENCE, inspection::look(options)).await {
        Ok(Ok(inspection)) => inspection,
        Ok(Err(error)) => return unreachable(refused(&error, &place)),
        Err(_) => return unreachable(reach::too_slow(&place)),
    };
    let notifications = match timeout(PATIENCE, inspection::notify_and_hear(options)).await {
        Ok(Ok(true)) => Outcome::ok("LISTEN and NOTIFY work"),
        Ok(Ok(false)) | Err(_) => Outcome::wrong(
            "A notification that was sent did not arrive: answers are slow to appear, and cannot be stopped from another \
             server.",
            "What stands between here and the database has to keep sessions (PgBouncer: pool_mode = session).",
        ),
        Ok(Err(error)) => refused(&error, &place),
    };
    vec![
        version(&inspection, &place).of("database"),
        schema(&inspection).of("database schema"),
        notifications.of("notifications"),
    ]
}

fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    format!("{}:{}/{database}", options.get_host(), options.get_port())
}

fn unreachable(outcome: Outcome) -> Vec<Check> {
    let skipped = |subject: &str| Outcome::skipped("the database cannot be reached").of(subject);
    vec![outcome.of("database"), skipped("database schema"), skipped("notifications")]
}

fn version(inspection: &Inspection, place: &str) -> Outcome {
    // 140005 is 14.5.
    let (major, minor) = (inspection.version / 10_000, inspection.version % 10_000);
    if major < OLDEST_VERSION {
        return Outcome::wrong(
            format!("{place} is PostgreSQL {major}.{minor}."),
            format!("Banter needs version {OLDEST_VERSION} or newer."),
        );
    }
    Outcome::ok(format!("PostgreSQL {major}.{minor} at {place}"))
}

fn schema(inspection: &Inspection) -> Outcome {
    let migrate = if inspection.may_create {
        "Run `banter migrate`, or let `banter serve` do it at its start.".to_owned()
    } else {
        "Run `banter migrate` with a user that may create tables, or allow this one to: GRANT CREATE ON SCHEMA public TO \
         <user>."
            .to_owned()
    };
    match &inspection.schema {
        Schema::Current(count) => Outcome::ok(format!("{count} migrations applied")),
        Schema::Pending { applied: 0, pending } => {
            Outcome::wrong(format!("The database is empty: {pending} migrations are pending."), migrate)
        }
        Schema::Pending { applied, pending } => Outcome::wrong(
            format!("The tables are older than this build: {applied} migrations applied, {pending} pending."),
            migrate,
        ),
        Schema::Newer => Outcome::wrong(
            "The tables were made by a newer build than this one.",
            "Run that build, or restore a backup from before it.",
        ),
        Schema::Changed(version) => Outcome::wrong(
            format!("Migration {version} is not the one of this build, or it stopped half-way."),
            "DATABASE_URL has to name a database of its own for Banter. If it does, restore a backup.",
        ),
    }
}

fn refused(error: &sqlx::Error, place: &str) -> Outcome {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
    let remedy = match (error, code.as_str()) {
        (_, "28P01" | "28000") => "Correct user and password in DATABASE_URL, and look at pg_hba.conf of the server.",
        (_, "3D000") => "Create the database, or correct its name in DATABASE_URL.",
        (_, "53300") => "Raise max_connections of the server: each replica takes up to 16.",
        (sqlx::Error::Tls(_), _) => "Correct sslmode and sslrootcert in DATABASE_URL.",
        _ => "Start the database, correct host and port in DATABASE_URL, and allow connections from here to it.",
    };
    let said = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    };
    Outcome::wrong(format!("{place} cannot be used: {said}"), remedy)
}
