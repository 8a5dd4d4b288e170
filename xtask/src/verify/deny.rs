//! cargo-deny: licences, sources, duplicate versions and, where the advisory database can be had, known faults.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Context, Outcome};
use crate::cargo_deny;
use crate::outcome::{Failure, Result};
use crate::process;

const DATABASE_PATIENCE: Duration = Duration::from_secs(60);

pub fn run(context: &Context) -> Result<Outcome> {
    let Some(binary) = cargo_deny::binary(context.paths) else {
        println!("    cargo-deny is not here; to have it: cargo install --locked cargo-deny");
        return Ok(Outcome::Skipped("needs cargo-deny".to_owned()));
    };
    let mut checks = vec!["licenses", "bans", "sources"];
    if has_advisories(&binary, &context.paths.root)? {
        checks.push("advisories");
    } else {
        println!("    the advisory database cannot be reached; going on without it");
    }
    let mut command = deny(&binary, &context.paths.root);
    // Errors only: duplicate versions are a hundred lines of warnings, which `cargo deny check bans` shows when wanted.
    command.args(["--log-level", "error", "--all-features", "check"]).args(&checks);
    process::show(command, "cargo deny check")?;
    Ok(Outcome::Passed)
}

/// The database lives on GitHub, which not every network lets through.
fn has_advisories(binary: &Path, root: &Path) -> Result<bool> {
    let mut command = deny(binary, root);
    command.args(["fetch", "db"]).env("GIT_TERMINAL_PROMPT", "0").stdout(Stdio::null()).stderr(Stdio::null());
    match process::wait(command, "fetching the advisory database", Some(DATABASE_PATIENCE)) {
        Ok(status) => Ok(status.success()),
        Err(_) if process::is_interrupted() => Err(Failure::interrupted()),
        Err(_) => Ok(false),
    }
}

fn deny(binary: &Path, root: &Path) -> Command {
    let mut command = process::command(binary);
    command.current_dir(root);
    command
}
