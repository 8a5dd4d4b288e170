//! A database for each test, on one PostgreSQL: `DATABASE_URL`'s, or the sandbox's.

use sqlx::{Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions};
use tokio::sync::OnceCell;

/// The URL of a new, empty database.
pub async fn create() -> String {
    let server = server_url().await;
    let name = format!("banter_test_{}", services::clock::new_id().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
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
