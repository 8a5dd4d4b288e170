//! A database for each test, on one PostgreSQL: `DATABASE_URL`'s, or the sandbox's.

use std::cell::RefCell;
use std::mem;
use std::sync::Mutex;

use sqlx::{Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::OnceCell;

/// Those of tests that are over.
static DONE: Mutex<Vec<String>> = Mutex::new(Vec::new());

thread_local! {
    /// Those of the test that this thread runs.
    static OURS: RefCell<Ours> = RefCell::default();
}

#[derive(Default)]
struct Ours(Vec<String>);

impl Drop for Ours {
    fn drop(&mut self) {
        DONE.lock().unwrap().append(&mut self.0);
    }
}

/// The URL of a new, empty database. It is there until its test is over and another one wants a database: all of them
/// together would fill gigabytes.
pub async fn create() -> String {
    let server = server_url().await;
    let name = format!("banter_test_{}", services::clock::new_id().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let done = mem::take(&mut *DONE.lock().unwrap());
    for done in done {
        connection.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE {done} WITH (FORCE)"))).await.unwrap();
    }
    OURS.with_borrow_mut(|ours| ours.0.push(name.clone()));
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let options: PgConnectOptions = server.parse().unwrap();
    let old = format!("/{}", options.get_database().unwrap_or("postgres"));
    let at = server.rfind(&old).unwrap();
    format!("{}/{name}{}", &server[..at], &server[at + old.len()..])
}

async fn server_url() -> String {
    if let Ok(url) = std::env::var("DATABASE_URL") {
        return url;
    }
    // Shuts itself down when this process ends.
    static SERVER: OnceCell<sandbox::postgres::Server> = OnceCell::const_new();
    let start = || async { sandbox::postgres::Server::start(sandbox::postgres::PgOptions::default()).await.unwrap() };
    SERVER.get_or_init(start).await.url()
}
