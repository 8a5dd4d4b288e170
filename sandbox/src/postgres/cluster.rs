//! The files of a database cluster: password, `initdb`, left-over lock files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::USER;
use super::account::{self, Account};
use super::binaries::Binaries;
use crate::error::{Error, Result};
use crate::{files, random};

/// How long a server that lost its owner may take to shut itself down.
const PREDECESSOR_WAIT: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct Cluster {
    root: PathBuf,
    pub binaries: Binaries,
    pub account: Account,
}

/// The generated password, the same for the life of the folder.
pub fn password(root: &Path) -> Result<String> {
    let path = root.join("password");
    files::read_or_create(&path, || random::token(24)).map_err(Error::file(path))
}

impl Cluster {
    pub fn new(root: &Path, binaries: Binaries, account: Account) -> Self {
        Self { root: root.to_owned(), binaries, account }
    }

    /// One folder per major version: newer servers do not read older files.
    pub fn data(&self) -> PathBuf {
        self.root.join(format!("data-{}", self.binaries.major))
    }

    pub fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub fn password(&self) -> Result<String> {
        let password = password(&self.root)?;
        self.give(&self.root.join("password"))?;
        Ok(password)
    }

    pub fn wipe(&self) -> Result<()> {
        let data = self.data();
        if data.exists() {
            fs::remove_dir_all(&data).map_err(Error::file(data))?;
        }
        Ok(())
    }

    fn give(&self, path: &Path) -> Result<()> {
        self.account.own(path).map_err(Error::file(path))
    }

    /// Runs `initdb` unless that was done. An interrupted run leaves nothing that looks finished.
    pub async fn initialise(&self) -> Result<()> {
        if self.data().join("PG_VERSION").is_file() {
            return Ok(());
        }
        if let Account::Other { uid, .. } = self.account
            && !account::is_open_to_all(&self.root)
        {
            return Err(Error::Postgres(format!(
                "started by root, the server runs as user {uid}, who cannot get to {}; choose another folder with --data-dir",
                self.root.display()
            )));
        }
        let unfinished = self.root.join("data.new");
        // A locale with Unicode letters, so that searching ignores case in all scripts.
        let mut outcome = self.initdb(&unfinished, "C.UTF-8").await;
        if outcome.is_err() {
            outcome = self.initdb(&unfinished, "C").await;
        }
        outcome?;
        let data = self.data();
        fs::rename(&unfinished, &data).map_err(Error::file(data))
    }

    async fn initdb(&self, data: &Path, locale: &str) -> Result<()> {
        let _ = fs::remove_dir_all(data);
        fs::create_dir_all(data).map_err(Error::file(data))?;
        fs::set_permissions(data, fs::Permissions::from_mode(0o700)).map_err(Error::file(data))?;
        self.give(data)?;
        let mut command = Command::new(self.binaries.dir.join("initdb"));
        command
            .arg("-D")
            .arg(data)
            .args(["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"])
            .arg(format!("--locale={locale}"))
            .arg("--pwfile")
            .arg(self.root.join("password"))
            .current_dir(data)
            .env_remove("PGDATA")
            .stdin(Stdio::null());
        self.account.apply(&mut command);
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .map_err(Error::postgres)?
            .map_err(|error| Error::Postgres(format!("cannot run initdb: {error}")))?;
        if output.status.success() {
            return Ok(());
        }
        Err(Error::Postgres(format!("initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim())))
    }

    /// A killed run leaves `postmaster.pid`, and for a moment perhaps the server itself.
    pub async fn clear_stale_lock(&self) -> Result<()> {
        let path = self.data().join("postmaster.pid");
        let waited_until = tokio::time::Instant::now() + PREDECESSOR_WAIT;
        loop {
            let Ok(text) = fs::read_to_string(&path) else {
                return Ok(());
            };
            let pid = text.lines().next().unwrap_or_default().trim().to_owned();
            if !is_postgres(&pid, &self.data()) {
                return fs::remove_file(&path).map_err(Error::file(path));
            }
            if tokio::time::Instant::now() > waited_until {
                return Err(Error::Postgres(format!(
                    "a server from an earlier run (process {pid}) still uses {} and does not stop",
                    self.data().display()
                )));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether that process is a server on this folder: the number may belong to something else by now.
fn is_postgres(pid: &str, data: &Path) -> bool {
    if pid.is_empty() || !pid.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let command_line = fs::read(format!("/proc/{pid}/cmdline")).or_else(|_| {
        let ps = Command::new("ps").args(["-p", pid, "-o", "command="]).output();
        ps.map(|output| output.stdout)
    });
    command_line.is_ok_and(|text| {
        let text = String::from_utf8_lossy(&text);
        text.contains("postgres") && text.contains(&*data.to_string_lossy())
    })
}
