//! What the machine needs, in order, once. Nothing happens when everything is there.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::outcome::{Context, Failure, Result};
use crate::paths::{Paths, is_root};
use crate::{api_clients, browser, cargo_deny, npm, process, tools};

/// Which parts the caller is going to use.
#[derive(Clone, Copy, Default)]
pub struct Needs {
    pub lint_tools: bool,
    pub wasm_target: bool,
    pub build_tools: bool,
    pub postgres: bool,
    pub browser: bool,
    pub cargo_deny: bool,
    pub api_clients: bool,
}

/// Installs what is missing. Two runs at once take turns.
pub fn ensure(paths: &Paths, needs: Needs) -> Result<()> {
    let missing = missing(paths, needs)?;
    if missing.is_empty() {
        return Ok(());
    }
    create_tools_dir(&paths.tools)?;
    let _lock = lock(&paths.tools)?;
    // Another run may have installed some of it while this one waited.
    for part in self::missing(paths, needs)? {
        part.install(paths)?;
    }
    make_readable(&paths.tools)
}

/// One thing to install.
enum Part {
    LintTools,
    WasmTarget,
    CargoLeptos,
    WasmBindgen(String),
    WasmOpt,
    Postgres,
    CargoDeny,
    ApiClients,
    EndToEnd,
    Browser,
}

impl Part {
    fn install(&self, paths: &Paths) -> Result<()> {
        match self {
            Self::LintTools => tools::install_lint_tools(),
            Self::WasmTarget => tools::install_wasm_target(),
            Self::CargoLeptos => tools::install_cargo_leptos(paths),
            Self::WasmBindgen(version) => tools::install_wasm_bindgen(paths, version),
            Self::WasmOpt => npm::install_wasm_opt(paths),
            Self::Postgres => npm::install_postgres(paths),
            Self::CargoDeny => cargo_deny::install(paths),
            Self::ApiClients => api_clients::install(paths),
            Self::EndToEnd => npm::install_end2end(paths),
            Self::Browser => browser::install(paths),
        }
    }
}

fn missing(paths: &Paths, needs: Needs) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    if needs.lint_tools && !tools::has_lint_tools()? {
        parts.push(Part::LintTools);
    }
    if needs.wasm_target && !tools::has_wasm_target()? {
        parts.push(Part::WasmTarget);
    }
    if needs.build_tools {
        if !tools::has_cargo_leptos(paths) {
            parts.push(Part::CargoLeptos);
        }
        let version = tools::wasm_bindgen_version(paths)?;
        if let Some(version) = version.filter(|version| !tools::has_wasm_bindgen(paths, version)) {
            parts.push(Part::WasmBindgen(version));
        }
        if !npm::has_wasm_opt(paths) {
            parts.push(Part::WasmOpt);
        }
    }
    if needs.postgres && !npm::has_postgres(paths) {
        parts.push(Part::Postgres);
    }
    if needs.cargo_deny && cargo_deny::binary(paths).is_none() && cargo_deny::can_install() {
        parts.push(Part::CargoDeny);
    }
    if needs.api_clients && !api_clients::are_there(paths) {
        parts.push(Part::ApiClients);
    }
    if needs.browser {
        if !npm::has_end2end(paths) {
            parts.push(Part::EndToEnd);
        }
        if !browser::is_there(paths)? {
            parts.push(Part::Browser);
        }
    }
    Ok(parts)
}

fn create_tools_dir(tools: &Path) -> Result<()> {
    fs::create_dir_all(tools).context(format!("creating {}", tools.display()))?;
    eprintln!("Setting up this machine, once; tools go to {}", tools.display());
    Ok(())
}

/// Held until dropped; the system releases it even if we are killed.
fn lock(tools: &Path) -> Result<File> {
    let path: PathBuf = tools.join(".lock");
    let file = File::create(&path).context(format!("creating {}", path.display()))?;
    if file.try_lock().is_err() {
        eprintln!("    another run is installing; waiting for it");
        while file.try_lock().is_err() {
            process::pause(std::time::Duration::from_millis(500))?;
        }
    }
    Ok(file)
}

/// Root installs for everyone: PostgreSQL, for one, runs as another user then.
fn make_readable(tools: &Path) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let mut command = process::command("chmod");
    command.args(["-R", "a+rX"]).arg(tools);
    process::show(command, "chmod")?;
    let closed = tools
        .ancestors()
        .skip(1)
        .find(|folder| fs::metadata(folder).is_ok_and(|folder| folder.permissions().mode() & 0o001 == 0));
    match closed {
        None => Ok(()),
        Some(folder) => Err(Failure::new(format!(
            "{} is closed to other users, but PostgreSQL, which cannot run as root, must read {}. \
             Set BANTER_TOOLS_DIR to a folder everyone can read.",
            folder.display(),
            tools.display()
        ))),
    }
}
