//! The real PostgreSQL: made, kept, copied, stopped.

use sandbox::postgres::{Binaries, PgOptions, Server};
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn data_survive_a_restart_and_fresh_wipes_them() {
    if Binaries::find().is_err() {
        eprintln!("skipped: no PostgreSQL here");
        return;
    }
    let root = sandbox::files::cache_dir().unwrap().join(format!("test-{}", std::process::id()));
    let start = |fresh| Server::start(PgOptions { data_dir: Some(root.clone()), fresh, ..PgOptions::default() });
    let server = start(false).await.unwrap();
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    sqlx::query("CREATE TABLE kept (word text)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(start(false).await.is_err(), "two servers on one folder");
    let copy = server.create_database("copy", Some("banter")).await.unwrap();
    let mut connection = PgConnection::connect(&copy).await.unwrap();
    sqlx::query("SELECT word FROM kept").fetch_all(&mut connection).await.unwrap();
    drop(connection);
    server.drop_database("copy").await.unwrap();
    server.stop();

    let server = start(false).await.unwrap();
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    sqlx::query("SELECT word FROM kept").fetch_all(&mut connection).await.unwrap();
    drop(connection);
    server.stop();

    let server = start(true).await.unwrap();
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    assert!(sqlx::query("SELECT word FROM kept").fetch_all(&mut connection).await.is_err());
    drop(connection);
    server.stop();
    std::fs::remove_dir_all(root).unwrap();
}
