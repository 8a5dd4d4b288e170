//! The browser of the end-to-end tests: one that is there, Debian's, or Playwright's own.

use std::fs;
use std::path::PathBuf;

use crate::outcome::{Context, Failure, Result};
use crate::paths::{Paths, is_executable, is_root, on_path};
use crate::process;
use crate::progress::Step;
use crate::tools;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const REMEDY: &str = "Type: sudo apt-get install -y chromium\n\
    or set BANTER_CHROMIUM to a Chromium or Chrome that is already here.";

/// What `BANTER_CHROMIUM` names, or the system's browser; `None` leaves the choice to Playwright.
pub fn executable() -> Result<Option<PathBuf>> {
    match std::env::var_os("BANTER_CHROMIUM") {
        Some(chosen) if !chosen.is_empty() => {
            let chosen = PathBuf::from(chosen);
            if is_executable(&chosen) {
                Ok(Some(chosen))
            } else {
                Err(Failure::new(format!("BANTER_CHROMIUM={} is not a program", chosen.display())))
            }
        }
        _ => Ok(NAMES.iter().find_map(|name| on_path(name))),
    }
}

pub fn is_there(paths: &Paths) -> Result<bool> {
    Ok(executable()?.is_some() || playwright_stamp(paths).exists())
}

pub fn install(paths: &Paths) -> Result<()> {
    let mut attempts: Vec<fn(&Paths) -> Result<()>> = vec![install_playwrights];
    if is_root() {
        // Ubuntu's package is only a pointer to a snap, which containers cannot run: last there, first on Debian.
        let first = if is_debian() { 0 } else { attempts.len() };
        attempts.insert(first, install_packaged);
    }
    let mut last = Failure::new(REMEDY);
    for attempt in attempts {
        match attempt(paths) {
            Ok(()) => return Ok(()),
            Err(failure) if process::is_interrupted() => return Err(failure),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

fn install_packaged(_: &Paths) -> Result<()> {
    let step = Step {
        what: "Chromium",
        why: "the browser of the end-to-end tests, from the system's packages",
        expected: "about 100 MB, a minute or two",
        remedy: REMEDY,
    };
    step.run(|| tools::apt_install("chromium"))?;
    match executable()? {
        Some(_) => Ok(()),
        None => Err(Failure::new(REMEDY)),
    }
}

fn install_playwrights(paths: &Paths) -> Result<()> {
    let step = Step {
        what: "Chromium",
        why: "the browser of the end-to-end tests, from Playwright",
        expected: "about 150 MB, a minute or two",
        remedy: REMEDY,
    };
    step.run(|| {
        let playwright = paths.end2end().join("node_modules/.bin/playwright");
        let mut command = process::command(playwright);
        command.arg("install").current_dir(paths.end2end());
        if is_root() {
            command.arg("--with-deps");
        }
        command.arg("chromium");
        command
    })?;
    fs::write(playwright_stamp(paths), "").context("noting the installed browser")
}

/// In node_modules: another Playwright version wants another browser build.
fn playwright_stamp(paths: &Paths) -> PathBuf {
    paths.end2end().join("node_modules/.installed-chromium")
}

fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}
