//! The browser tests: the release build and a fresh sandbox on free ports, driven by Playwright.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::scratch::Scratch;
use super::{Context, Outcome, checks};
use crate::browser;
use crate::outcome::{Context as _, Failure, Result};
use crate::paths::Paths;
use crate::ports::Ports;
use crate::process::{self, Running};
use crate::stack::{self, Sandbox, Variables};

const READY_PATIENCE: Duration = Duration::from_secs(60);

pub fn run(context: &Context) -> Result<Outcome> {
    test(context, 1)
}

/// The same tests on three servers, or as many as `REPLICAS` says, behind a proxy that sends each request to the next one.
pub fn run_on_replicas(context: &Context) -> Result<Outcome> {
    let servers = std::env::var("REPLICAS").unwrap_or_else(|_| "3".to_owned());
    let servers = servers.parse().ok().filter(|servers| (2..=9).contains(servers));
    test(context, servers.ok_or_else(|| Failure::usage("REPLICAS is a number from 2 to 9"))?)
}

fn test(context: &Context, servers: usize) -> Result<Outcome> {
    let paths = context.paths;
    checks::ensure_built(context)?;
    stack::build_sandbox(paths)?;
    let scratch = Scratch::new()?;
    let results = paths.end2end().join("results");
    fs::remove_dir_all(&results).ok();
    let sandbox = Sandbox {
        ports: Ports::free()?,
        data_dir: Some(scratch.path().join("sandbox")),
        fresh: true,
        log: Some(results.join("sandbox.log")),
        hurried: false,
    };
    let mut running = sandbox.start(paths)?;
    let variables = sandbox.variables(paths)?;
    let mut apps = start_apps(paths, servers, sandbox.ports.app, &variables, &results)?;
    let mut all: Vec<_> = std::iter::once(&mut running).chain(&mut apps).collect();
    stack::await_ready(sandbox.ports.app, &mut all, Some(READY_PATIENCE))?;
    let outcome = playwright(context, &sandbox.ports, &variables);
    keep_for_ci(paths, &results)?;
    match outcome {
        Ok(()) => Ok(Outcome::Passed),
        Err(mut failure) if !failure.message.is_empty() => {
            failure.message.push_str("\nReport, traces and logs of the app and the sandbox: end2end/results");
            Err(failure)
        }
        Err(interrupted) => Err(interrupted),
    }
}

/// One server at `port`, or several of them behind a proxy there.
fn start_apps(paths: &Paths, servers: usize, port: u16, variables: &Variables, results: &Path) -> Result<Vec<Running>> {
    if servers == 1 {
        return Ok(vec![stack::start_release_app(paths, variables, Some(&results.join("app.log")))?]);
    }
    let (mut apps, mut ports) = (Vec::new(), Vec::new());
    for number in 1..=servers {
        let own = Ports::free()?.app;
        let mut variables = variables.clone();
        stack::set(&mut variables, "BIND_ADDR", format!("127.0.0.1:{own}"));
        let mut app = stack::start_release_app(paths, &variables, Some(&results.join(format!("app-{number}.log"))))?;
        // One after the other: until it listens, its port is free for the next one, too.
        stack::await_ready(own, &mut [&mut app], Some(READY_PATIENCE))?;
        apps.push(app);
        ports.push(own.to_string());
    }
    let mut command = process::command("node");
    command.arg(paths.end2end().join("proxy.mjs")).arg(port.to_string()).args(&ports).stdin(Stdio::piped());
    let proxy = command.spawn().context("starting node end2end/proxy.mjs")?;
    apps.push(Running::new("proxy", proxy));
    Ok(apps)
}

/// Tests that need a second or a restarted app start one themselves: they get the binary and its variables.
fn playwright(context: &Context, ports: &Ports, variables: &Variables) -> Result<()> {
    let folder = context.paths.end2end();
    let mut command = process::command(folder.join("node_modules/.bin/playwright"));
    command
        .arg("test")
        .args(context.arguments)
        .current_dir(&folder)
        .envs(variables.iter().cloned())
        .env("BANTER_URL", format!("http://localhost:{}", ports.app))
        .env("SANDBOX_URL", format!("http://localhost:{}", ports.http))
        .env("BANTER_BIN", context.paths.release_binary())
        .env("LEPTOS_SITE_ROOT", context.paths.site_root());
    if let Some(browser) = browser::executable()? {
        command.env("BANTER_CHROMIUM", browser);
    }
    process::show(command, "playwright test")
}

/// In CI the report and the screenshots outlive the machine.
fn keep_for_ci(paths: &Paths, results: &Path) -> Result<()> {
    if std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false") {
        let kept = std::env::var_os("CI_OUTPUT_DIR")
            .filter(|folder| !folder.is_empty())
            .map_or_else(|| paths.root.join("target/ci"), Into::into);
        copy_folder(results, &kept.join("end2end")).context(format!("copying to {}", kept.display()))?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
