//! The server process, which never outlives its owner.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use super::PgOptions;
use super::cluster::Cluster;
use crate::error::{Error, Result};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Starts the server and waits for it. A second process of the shell reads from us: when the pipe closes, because we
/// stop or because we were killed, it asks the server for a fast shutdown; a line names another signal.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( read -r signal <&3; kill "-${signal:-INT}" "$server" 2>/dev/null ) &
watcher=$!
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
"#;

pub struct Process {
    child: Child,
    /// Closing it stops the server.
    leash: Option<ChildStdin>,
}

impl Process {
    /// Returns when the server accepts connections, with its port.
    pub async fn start(cluster: &Cluster, options: &PgOptions) -> Result<(Self, u16)> {
        if let Some(port) = options.port {
            let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            TcpListener::bind(addr).map_err(|_| Error::PortInUse { addr, option: "--pg-port" })?;
            return Ok((Self::try_start(cluster, options, port).await?, port));
        }
        // Somebody else may take the free port between looking and using it.
        let mut attempts = 0;
        loop {
            let port = free_port()?;
            attempts += 1;
            match Self::try_start(cluster, options, port).await {
                Ok(process) => return Ok((process, port)),
                Err(error) if attempts == 3 => return Err(error),
                Err(_) => {}
            }
        }
    }

    async fn try_start(cluster: &Cluster, options: &PgOptions, port: u16) -> Result<Self> {
        let log_path = cluster.log();
        let log = File::options().create(true).append(true).open(&log_path).map_err(Error::file(&log_path))?;
        let log_start = log.metadata().map_or(0, |meta| meta.len());
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SUPERVISOR, "sandbox-postgres"])
            .arg(cluster.binaries.dir.join("postgres"))
            .arg("-D")
            .arg(cluster.data())
            .args(["-p", &port.to_string()])
            .args(settings(options.fsync).flat_map(|setting| ["-c", setting]))
            .current_dir(cluster.data())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().map_err(Error::file(&log_path))?)
            .stderr(log)
            // Ctrl-C in the terminal is for us; we stop the server in order.
            .process_group(0);
        cluster.account.apply(&mut command);
        let mut child = command.spawn().map_err(|error| Error::Postgres(format!("cannot start: {error}")))?;
        let leash = child.stdin.take();
        let mut process = Self { child, leash };
        process.wait_until_ready(cluster, &log_path, log_start).await?;
        Ok(process)
    }

    /// The eighth line of `postmaster.pid` says how far the server is.
    async fn wait_until_ready(&mut self, cluster: &Cluster, log: &PathBuf, log_start: u64) -> Result<()> {
        let pid_file = cluster.data().join("postmaster.pid");
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            let state = fs::read_to_string(&pid_file).unwrap_or_default();
            if state.lines().nth(7).map(str::trim) == Some("ready") {
                return Ok(());
            }
            let ended = self.has_ended();
            if ended || Instant::now() > deadline {
                let what = if ended { "did not start" } else { "is not ready after a minute" };
                return Err(Error::Postgres(format!(
                    "the server {what}; {} says:\n{}",
                    log.display(),
                    tail(log, log_start)
                )));
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// What is in its memory only is lost, as when the machine fails.
    pub fn crash(&mut self) {
        if let Some(leash) = &mut self.leash {
            // It fails when the server has ended already.
            _ = leash.write_all(b"QUIT\n");
        }
        self.stop();
    }

    pub fn stop(&mut self) {
        self.leash = None;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while !self.has_ended() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

fn settings(fsync: bool) -> impl Iterator<Item = &'static str> {
    const ALWAYS: &[&str] = &[
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "logging_collector=off",
        "log_line_prefix=%m [%p] %d ",
        "timezone=UTC",
    ];
    const FAST: &[&str] = &[
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=500",
        // Of a cluster that goes away, no more than needed lies on the disk.
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=256MB",
        "autovacuum_naptime=1h",
    ];
    let durable: &[&str] = &["max_connections=200"];
    ALWAYS.iter().chain(if fsync { durable } else { FAST }).copied()
}

fn free_port() -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|addr| addr.port())
        .map_err(Error::postgres)
}

/// What the server wrote since this start.
fn tail(log: &PathBuf, start: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(log)?;
        file.seek(SeekFrom::Start(start))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        Ok(text)
    };
    read().unwrap_or_default().trim().to_owned()
}
