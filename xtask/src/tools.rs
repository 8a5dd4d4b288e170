//! Tools that rustup and cargo install: the wasm target, cargo-leptos, wasm-bindgen.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::outcome::{Context, Failure, Result};
use crate::paths::{Paths, is_root, on_path};
use crate::process;
use crate::progress::Step;

const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The newest that builds with the `rust-version` of this workspace.
const CARGO_LEPTOS: &str = "0.3.9";
const NETWORK: &str = "Check the network (crates.io must be reachable), then run the same command again: \
    it goes on where it stopped.";

pub fn has_wasm_target() -> Result<bool> {
    Ok(sysroot()?.join("lib/rustlib").join(WASM_TARGET).join("lib").is_dir())
}

pub fn install_wasm_target() -> Result<()> {
    let step = Step {
        what: "Rust's wasm target",
        why: "compiles the page's code for the browser",
        expected: "under a minute",
        remedy: "Run `rustup target add wasm32-unknown-unknown` to see more.",
    };
    rustup(&step, &["target", "add", WASM_TARGET])
}

/// rustup's minimal profile comes without them.
pub fn has_lint_tools() -> Result<bool> {
    let bin = sysroot()?.join("bin");
    Ok(["cargo-clippy", "cargo-fmt"].iter().all(|name| bin.join(name).exists()))
}

pub fn install_lint_tools() -> Result<()> {
    let step = Step {
        what: "clippy and rustfmt",
        why: "check lints and formatting",
        expected: "under a minute",
        remedy: "Run `rustup component add clippy rustfmt` to see more.",
    };
    rustup(&step, &["component", "add", "clippy", "rustfmt"])
}

fn rustup(step: &Step, arguments: &[&str]) -> Result<()> {
    if on_path("rustup").is_none() {
        return Err(Failure::new(format!(
            "{} is missing, and rustup, which installs it, is not on PATH. Install Rust through https://rustup.rs",
            step.what
        )));
    }
    step.run(|| {
        let mut rustup = process::command("rustup");
        rustup.args(arguments);
        rustup
    })
}

fn sysroot() -> Result<PathBuf> {
    let mut rustc = process::command("rustc");
    rustc.args(["--print", "sysroot"]);
    Ok(PathBuf::from(process::capture(rustc, "rustc --print sysroot")?.trim()))
}

pub fn has_cargo_leptos(paths: &Paths) -> bool {
    cargo_installed(paths, "cargo-leptos", CARGO_LEPTOS).is_some()
}

/// The binary to start; never an older one that happens to come first on `PATH`.
pub fn cargo_leptos(paths: &Paths) -> Command {
    let folder = cargo_installed(paths, "cargo-leptos", CARGO_LEPTOS).unwrap_or_else(|| paths.tools.clone());
    let mut command = process::command(folder.join("bin/cargo-leptos"));
    command.arg("leptos").current_dir(&paths.root).env("PATH", paths.search_path());
    command
}

pub fn install_cargo_leptos(paths: &Paths) -> Result<()> {
    ensure_c_tools()?;
    let what = format!("cargo-leptos {CARGO_LEPTOS}");
    let step = Step {
        what: &what,
        why: "builds the server and the browser's part together",
        expected: "about 550 crates, 3 to 15 minutes",
        remedy: NETWORK,
    };
    step.run(|| {
        let mut command = cargo_install(paths);
        command.args([&format!("cargo-leptos@{CARGO_LEPTOS}"), "--locked"]);
        command
    })?;
    drop_build_folder(paths);
    Ok(())
}

/// The version in Cargo.lock: wasm-bindgen's library and its command-line tool must be the same.
pub fn wasm_bindgen_version(paths: &Paths) -> Result<Option<String>> {
    let path = paths.root.join("Cargo.lock");
    let text = fs::read_to_string(&path).context(format!("reading {}", path.display()))?;
    Ok(locked_version(&text, "wasm-bindgen"))
}

pub fn has_wasm_bindgen(paths: &Paths, version: &str) -> bool {
    cargo_installed(paths, "wasm-bindgen-cli", version)
        .is_some_and(|folder| folder == paths.tools || on_path("wasm-bindgen").is_some())
}

pub fn install_wasm_bindgen(paths: &Paths, version: &str) -> Result<()> {
    let what = format!("wasm-bindgen {version}");
    let step = Step {
        what: &what,
        why: "connects wasm and JavaScript; the version is Cargo.lock's",
        expected: "1 to 3 minutes",
        remedy: NETWORK,
    };
    step.run(|| {
        let mut command = cargo_install(paths);
        command.args(["wasm-bindgen-cli", "--version", &format!("={version}")]);
        command
    })?;
    drop_build_folder(paths);
    Ok(())
}

/// `cargo install` into the tools folder, optimised for a short wait: these tools run for seconds.
fn cargo_install(paths: &Paths) -> Command {
    let mut command = process::cargo();
    command
        .args(["install", "--root"])
        .arg(&paths.tools)
        .env("CARGO_TARGET_DIR", build_folder(paths))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTFLAGS");
    command
}

/// Kept until an installation succeeds, so that a second try goes on where the first stopped.
fn build_folder(paths: &Paths) -> PathBuf {
    paths.tools.join(".build")
}

fn drop_build_folder(paths: &Paths) {
    fs::remove_dir_all(build_folder(paths)).ok();
}

/// The `--root` this exact version was installed to: the tools folder, or cargo's own.
fn cargo_installed(paths: &Paths, name: &str, version: &str) -> Option<PathBuf> {
    let own = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    [Some(paths.tools.clone()), own].into_iter().flatten().find(|folder| {
        fs::read_to_string(folder.join(".crates.toml"))
            .is_ok_and(|list| list.contains(&format!("\"{name} {version} (")))
    })
}

/// cargo-leptos builds OpenSSL from source on the way.
fn ensure_c_tools() -> Result<()> {
    if on_path("make").is_some() && on_path("perl").is_some() {
        return Ok(());
    }
    let remedy = "Type: sudo apt-get install -y build-essential perl";
    if !is_root() {
        return Err(Failure::new(format!("Installing cargo-leptos needs make and perl. {remedy}")));
    }
    let step =
        Step { what: "make and perl", why: "cargo-leptos needs them to compile", expected: "under a minute", remedy };
    step.run(|| apt_install("build-essential perl"))
}

/// As root only.
pub fn apt_install(packages: &str) -> Command {
    let mut command = process::command("sh");
    command
        .args(["-c", &format!("apt-get update -q && apt-get install -qy {packages}")])
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn locked_version(lockfile: &str, name: &str) -> Option<String> {
    let mut lines = lockfile.lines();
    lines.find(|line| *line == format!("name = \"{name}\""))?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_from_the_exact_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.118\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.118"));
        assert_eq!(locked_version(lock, "js-sys"), None);
    }
}
