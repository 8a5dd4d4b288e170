//! The app and its sandbox as running processes, and the variables that connect them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::http;
use crate::outcome::{Context, Failure, Result};
use crate::paths::Paths;
use crate::ports::Ports;
use crate::process::{self, Running};
use crate::service::{await_line, fail_if_exited, redirect, start_listening};

/// PostgreSQL's first start on a slow machine included.
const SANDBOX_PATIENCE: Duration = Duration::from_secs(90);

pub type Variables = Vec<(String, String)>;

/// One sandbox: its ports and where it keeps its data.
#[derive(Default)]
pub struct Sandbox {
    pub ports: Ports,
    /// `None` = the sandbox's own choice, kept from run to run.
    pub data_dir: Option<PathBuf>,
    pub fresh: bool,
    /// Output goes to this file instead of the screen.
    pub log: Option<PathBuf>,
    /// The model answers as fast as it can, instead of at a pace that people can follow.
    pub hurried: bool,
}

pub fn build_sandbox(paths: &Paths) -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--package", "sandbox"]).current_dir(&paths.root).stdout(Stdio::null());
    process::show(cargo, "cargo build --package sandbox")
}

impl Sandbox {
    /// Starts it and waits until it is ready.
    pub fn start(&self, paths: &Paths) -> Result<Running> {
        let mut command = self.command(paths, "serve");
        command.arg("--exit-with-parent");
        if self.fresh {
            command.arg("--fresh");
        }
        if database_url().is_some() {
            command.arg("--no-postgres");
        }
        let (mut running, lines) = start_listening(command, "sandbox", self.log.as_deref())?;
        await_line(&mut running, &lines, "READY", SANDBOX_PATIENCE)?;
        Ok(running)
    }

    /// What the app needs to know to use this sandbox, `PATH` for Leptos' tools included.
    pub fn variables(&self, paths: &Paths) -> Result<Variables> {
        let text = process::capture(self.command(paths, "env"), "sandbox env")?;
        let mut variables = parse_variables(&text);
        let Ports { app, reload, .. } = self.ports;
        set(&mut variables, "PATH", paths.search_path());
        set(&mut variables, "BIND_ADDR", format!("127.0.0.1:{app}"));
        set(&mut variables, "AUTH_URL", format!("http://localhost:{app}"));
        set(&mut variables, "LEPTOS_SITE_ADDR", format!("127.0.0.1:{app}"));
        set(&mut variables, "LEPTOS_RELOAD_PORT", reload.to_string());
        if let Some(url) = database_url() {
            set(&mut variables, "DATABASE_URL", url);
        }
        Ok(variables)
    }

    fn command(&self, paths: &Paths, subcommand: &str) -> Command {
        let mut command = process::command(paths.sandbox_binary());
        command
            .arg(subcommand)
            .args(self.ports.sandbox_flags())
            .current_dir(&paths.root)
            .env("BANTER_TOOLS_DIR", &paths.tools);
        if let Some(folder) = &self.data_dir {
            command.arg("--data-dir").arg(folder);
        }
        if self.hurried {
            command.env("SANDBOX_TOKENS_PER_SECOND", "0");
        }
        command
    }
}

/// A PostgreSQL of its own for the tests; it ends with the returned process.
pub fn start_postgres(paths: &Paths, data_dir: &Path, log: &Path) -> Result<(Running, String)> {
    let mut command = process::command(paths.sandbox_binary());
    command
        .args(["postgres", "--exit-with-parent", "--data-dir"])
        .arg(data_dir)
        .current_dir(&paths.root)
        .env("BANTER_TOOLS_DIR", &paths.tools);
    let (mut running, lines) = start_listening(command, "PostgreSQL", Some(log))?;
    let line = await_line(&mut running, &lines, "DATABASE_URL=", SANDBOX_PATIENCE)?;
    let url = line.trim_start_matches("DATABASE_URL=").trim().to_owned();
    Ok((running, url))
}

/// The release binary as a deployment runs it.
pub fn start_release_app(paths: &Paths, variables: &Variables, log: Option<&Path>) -> Result<Running> {
    let mut command = process::command(paths.release_binary());
    command
        .arg("serve")
        .current_dir(&paths.root)
        .envs(variables.iter().cloned())
        .env("LEPTOS_SITE_ROOT", paths.site_root());
    redirect(&mut command, log)?;
    let child = command.spawn().context(format!("starting {}", paths.release_binary().display()))?;
    Ok(Running::new("banter", child).with_log(log))
}

/// Waits for `/readyz`. `limit` is for a binary that is already built; `None` waits for a build to finish, too.
pub fn await_ready(port: u16, running: &mut [&mut Running], limit: Option<Duration>) -> Result<()> {
    let url = format!("http://localhost:{port}/readyz");
    let start = Instant::now();
    let mut not_ready_since: Option<Instant> = None;
    loop {
        let reasons = match http::get(&url) {
            Ok(response) if response.status == 200 => return Ok(()),
            Ok(response) => {
                let reasons = String::from_utf8_lossy(&response.body).into_owned();
                let since = not_ready_since.get_or_insert_with(Instant::now);
                if since.elapsed() > Duration::from_secs(10) {
                    not_ready_since = Some(Instant::now() + Duration::from_secs(50));
                    eprintln!("The app is not ready: {} {reasons}", response.status);
                }
                reasons
            }
            Err(failure) => failure.message,
        };
        for process in running.iter_mut() {
            fail_if_exited(process)?;
        }
        if limit.is_some_and(|limit| start.elapsed() > limit) {
            let last_words: String = running.iter().map(|process| process.last_words()).collect();
            return Err(Failure::new(format!("{url} did not answer 200: {reasons}{last_words}")));
        }
        process::pause(Duration::from_millis(300))?;
    }
}

/// The user's own database, which then replaces the sandbox's.
pub fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty())
}

pub fn set(variables: &mut Variables, name: &str, value: String) {
    variables.retain(|(known, _)| known != name);
    variables.push((name.to_owned(), value));
}

fn parse_variables(text: &str) -> Variables {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), value.trim_matches('\'').to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_keep_what_follows_the_first_equals_sign() {
        let mut variables = parse_variables("A=b=c\n\nD='e f'\n");
        set(&mut variables, "A", "new".to_owned());
        assert_eq!(variables, [("D", "e f"), ("A", "new")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
