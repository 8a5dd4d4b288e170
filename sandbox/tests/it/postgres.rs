//! The real PostgreSQL: made, kept, copied, stopped.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

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

#[test]
fn the_program_stops_with_its_parent() {
    if Binaries::find().is_err() {
        eprintln!("skipped: no PostgreSQL here");
        return;
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(["postgres", "--exit-with-parent"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = url::Url::parse(line.trim().strip_prefix("DATABASE_URL=").unwrap()).unwrap();
    let port = url.port().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn the_server_does_not_outlive_a_killed_owner() {
    if Binaries::find().is_err() {
        eprintln!("skipped: no PostgreSQL here");
        return;
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox")).arg("postgres").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = url::Url::parse(line.trim().strip_prefix("DATABASE_URL=").unwrap()).unwrap().port().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let gone = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        TcpStream::connect(("127.0.0.1", port)).is_err()
    });
    assert!(gone, "PostgreSQL still answers on port {port}");
}
