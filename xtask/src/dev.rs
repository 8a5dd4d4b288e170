//! `cargo dev`: the sandbox and the app, until Ctrl-C or until one of them ends.

use std::time::Duration;

use crate::options::{DevOptions, HELP};
use crate::outcome::{Context, Result};
use crate::paths::Paths;
use crate::ports::{self, Wanted};
use crate::process::{self, Running};
use crate::service;
use crate::setup::{self, Needs};
use crate::stack::{self, Sandbox, Variables};
use crate::tools;

/// A built binary is ready within seconds; migrations on an old database take longer.
const RELEASE_PATIENCE: Duration = Duration::from_secs(60);

const PERSONAS: &str = "
  Alice Archer         member, with a photo
  Bob Baker            member and administrator
  Carol Chen           member without a photo; display name only
  Dave Dubois          in no allowed group: is refused
  Erin Eriksen         member of 260 groups
  Frank Fuchs          same e-mail address as Alice, another person
  Grace Gómez-Núñez    member; non-ASCII names; prefers German";

pub fn run(arguments: &[String]) -> Result<()> {
    let options = DevOptions::parse(arguments)?;
    if options.help {
        println!("{HELP}");
        return Ok(());
    }
    let paths = Paths::find()?;
    if !options.print_env {
        ports::check_free(&wanted_ports(&options))?;
    }
    setup::ensure(&paths, needs(&options))?;
    stack::build_sandbox(&paths)?;
    let sandbox = Sandbox { ports: options.ports.clone(), fresh: options.fresh, ..Sandbox::default() };
    if options.print_env {
        print_env(&variables(&paths, &options, &sandbox)?);
        return Ok(());
    }
    if options.release && !options.sandbox_only {
        build_release(&paths)?;
    }
    // Dropped in reverse: the app stops before the database it uses.
    let mut running = sandbox.start(&paths)?;
    if options.sandbox_only {
        println!("\nThe sandbox is ready; `cargo dev --print-env` prints the app's variables. Ctrl-C stops it.");
        return watch_over(&mut [&mut running]);
    }
    // Asked for now: a fresh start may have made a new database password.
    let variables = variables(&paths, &options, &sandbox)?;
    let mut app = start_app(&paths, &options, &variables)?;
    let limit = options.release.then_some(RELEASE_PATIENCE);
    stack::await_ready(options.ports.app, &mut [&mut running, &mut app], limit)?;
    println!(
        "\nBanter is ready: http://localhost:{}\nSign in as one of:{PERSONAS}\nCtrl-C stops everything.\n",
        options.ports.app
    );
    watch_over(&mut [&mut running, &mut app])
}

fn variables(paths: &Paths, options: &DevOptions, sandbox: &Sandbox) -> Result<Variables> {
    let mut variables = sandbox.variables(paths)?;
    if !options.release {
        // cargo-leptos names files by content in its first build only: a page rebuilt while watching would be stale.
        stack::set(&mut variables, "LEPTOS_HASH_FILES", "false".to_owned());
    }
    Ok(variables)
}

/// What building and the sandbox need; a browser is only `cargo verify`'s business.
fn needs(options: &DevOptions) -> Needs {
    Needs { wasm_target: !options.sandbox_only, build_tools: !options.sandbox_only, postgres: true, ..Needs::default() }
}

fn wanted_ports(options: &DevOptions) -> Vec<Wanted> {
    let ports = &options.ports;
    let wanted = |port, purpose, option| Wanted { port, purpose, option };
    let mut list = vec![
        wanted(ports.http, "the sandbox", "--http-port"),
        wanted(ports.https, "the sandbox with TLS", "--https-port"),
    ];
    if stack::database_url().is_none() {
        list.push(wanted(ports.postgres, "the sandbox's PostgreSQL", "--pg-port"));
    }
    if !options.sandbox_only {
        list.push(wanted(ports.app, "the app", "--port"));
        if !options.release {
            list.push(wanted(ports.reload, "the page's reload signal", "--reload-port"));
        }
    }
    list
}

fn build_release(paths: &Paths) -> Result<()> {
    let mut command = tools::cargo_leptos(paths);
    command.args(["build", "--release", "--precompress"]);
    process::show(command, "cargo leptos build --release --precompress")
}

fn start_app(paths: &Paths, options: &DevOptions, variables: &Variables) -> Result<Running> {
    if options.release {
        return stack::start_release_app(paths, variables, None);
    }
    let mut command = tools::cargo_leptos(paths);
    command.arg("watch").envs(variables.iter().cloned());
    let child = command.spawn().context("starting cargo leptos watch")?;
    Ok(Running::new("cargo leptos watch", child))
}

fn watch_over(running: &mut [&mut Running]) -> Result<()> {
    loop {
        for process in running.iter_mut() {
            service::fail_if_exited(process)?;
        }
        process::pause(Duration::from_millis(200))?;
    }
}

fn print_env(variables: &Variables) {
    for (name, value) in variables {
        println!("{name}={}", quoted(value));
    }
}

/// As it is, or in single quotes where a shell would misread it.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,@%+=~".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_misread_is_quoted() {
        assert_eq!(quoted("http://localhost:3000/a"), "http://localhost:3000/a");
        assert_eq!(quoted("postgres://a@b/c?d=e&f"), "'postgres://a@b/c?d=e&f'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
