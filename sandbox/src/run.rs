//! Runs the servers until told to stop.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use sandbox::postgres::{self, PgOptions, Server};
use sandbox::{Error, Options, Result};

use crate::cli::{Postgres, Serve};
use crate::lifetime;

const DEFAULT_TOKENS_PER_SECOND: u32 = 45;

pub async fn serve(serve: Serve) -> Result<()> {
    // The ports first: a second sandbox must fail before it touches the first one's database.
    let running = sandbox::start(options(&serve)?).await?;
    let mut server = None;
    if serve.postgres {
        server = Some(
            Server::start(PgOptions {
                data_dir: Some(postgres::cluster_dir(&serve.data_dir)),
                port: Some(serve.pg_port),
                fsync: true,
                fresh: serve.fresh,
            })
            .await?,
        );
    }
    say(&format!("READY http://localhost:{}", running.http_addr.port()));
    let ended = run_until_stopped(server.as_mut(), serve.exit_with_parent).await;
    drop(running);
    stop(server).await;
    ended
}

pub async fn postgres(options: Postgres) -> Result<()> {
    let mut server =
        Server::start(PgOptions { data_dir: options.data_dir, port: options.port, fsync: false, fresh: false }).await?;
    say(&format!("DATABASE_URL={}", server.url()));
    let ended = run_until_stopped(Some(&mut server), options.exit_with_parent).await;
    stop(Some(server)).await;
    ended
}

fn options(serve: &Serve) -> Result<Options> {
    let tokens_per_second = match std::env::var("SANDBOX_TOKENS_PER_SECOND") {
        Ok(text) if !text.is_empty() => {
            text.parse().map_err(|_| Error::Other(format!("SANDBOX_TOKENS_PER_SECOND={text}: not a whole number")))?
        }
        _ => DEFAULT_TOKENS_PER_SECOND,
    };
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let loopback = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Ok(Options {
        http_addr: loopback(serve.http_port),
        https_addr: (serve.https_port != 0).then(|| loopback(serve.https_port)),
        data_dir: Some(serve.data_dir.clone()),
        tokens_per_second,
        upstream: set("SANDBOX_UPSTREAM"),
        upstream_api_key: set("SANDBOX_UPSTREAM_API_KEY"),
        upstream_model: set("SANDBOX_UPSTREAM_MODEL"),
        ..Options::default()
    })
}

/// Whoever started us reads this line, perhaps through a pipe.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

async fn run_until_stopped(server: Option<&mut Server>, exit_with_parent: bool) -> Result<()> {
    tokio::select! {
        stopped = lifetime::until_stopped(exit_with_parent) => stopped,
        () = ended(server) => Err(Error::Postgres("the server ended by itself; see postgres.log in its folder".into())),
    }
}

async fn ended(server: Option<&mut Server>) {
    let Some(server) = server else {
        return std::future::pending().await;
    };
    while !server.has_ended() {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn stop(server: Option<Server>) {
    if let Some(server) = server {
        let _ = tokio::task::spawn_blocking(move || server.stop()).await;
    }
}
