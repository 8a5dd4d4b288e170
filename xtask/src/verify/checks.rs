//! The checks that are one or two runs of cargo: formatting, lints, tests, the release build.

use std::process::Command;

use super::scratch::Scratch;
use super::{Context, Outcome};
use crate::outcome::Result;
use crate::paths::Paths;
use crate::process;
use crate::stack;
use crate::tools;

/// `app` is built for the server here. For the browser it comes with `frontend`, and never both at once:
/// Leptos cannot be its server and its browser half in one build.
const SERVER_SIDE: [&str; 5] = ["--workspace", "--exclude", "frontend", "--features", "app/ssr"];

pub fn fmt(context: &Context) -> Result<Outcome> {
    cargo(context.paths, &["fmt", "--all", "--check"], &[])?;
    Ok(Outcome::Passed)
}

pub fn clippy(context: &Context) -> Result<Outcome> {
    const STRICT: [&str; 3] = ["--", "-D", "warnings"];
    let mut server = vec!["clippy", "--all-targets"];
    server.extend(SERVER_SIDE);
    cargo(context.paths, &server, &STRICT)?;
    let browser = ["clippy", "--package", "frontend", "--target", "wasm32-unknown-unknown"];
    cargo(context.paths, &browser, &STRICT)?;
    Ok(Outcome::Passed)
}

pub fn test(context: &Context) -> Result<Outcome> {
    let mut arguments = vec!["test"];
    arguments.extend(SERVER_SIDE);
    let extra: Vec<&str> = context.arguments.iter().map(String::as_str).collect();
    if stack::database_url().is_some() {
        cargo(context.paths, &arguments, &extra)?;
        return Ok(Outcome::Passed);
    }
    stack::build_sandbox(context.paths)?;
    let scratch = Scratch::new()?;
    let log = context.paths.target.join("verify/postgres.log");
    let (_postgres, url) = stack::start_postgres(context.paths, &scratch.path().join("postgres"), &log)?;
    let mut command = cargo_command(context.paths, &arguments, &extra);
    command.env("DATABASE_URL", url).env("BANTER_TOOLS_DIR", &context.paths.tools);
    process::show(command, "cargo test")?;
    Ok(Outcome::Passed)
}

pub fn build(context: &Context) -> Result<Outcome> {
    ensure_built(context)?;
    Ok(Outcome::Passed)
}

/// The release build, once per run; later steps rely on it, also when they are run alone.
pub fn ensure_built(context: &Context) -> Result<()> {
    if context.built.replace(true) {
        return Ok(());
    }
    let mut command = tools::cargo_leptos(context.paths);
    command.args(["build", "--release", "--precompress"]);
    process::show(command, "cargo leptos build --release --precompress")
}

fn cargo(paths: &Paths, arguments: &[&str], extra: &[&str]) -> Result<()> {
    let what = format!("cargo {}", [arguments, extra].concat().join(" "));
    println!("    {what}");
    process::show(cargo_command(paths, arguments, extra), &what)
}

fn cargo_command(paths: &Paths, arguments: &[&str], extra: &[&str]) -> Command {
    let mut command = process::cargo();
    command.args(arguments).args(extra).current_dir(&paths.root);
    command
}
