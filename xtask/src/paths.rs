//! Where things are: the clone, what cargo builds, and the tools shared by every clone on the machine.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::outcome::{Context, Failure, Result};
use crate::process;

pub struct Paths {
    /// The clone.
    pub root: PathBuf,
    /// What cargo builds; outside the clone when `CARGO_TARGET_DIR` says so.
    pub target: PathBuf,
    /// Installed tools, once per machine.
    pub tools: PathBuf,
}

impl Paths {
    pub fn find() -> Result<Self> {
        let metadata = metadata_without_dependencies()?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| Failure::new(format!("`cargo metadata` names no {key}")))
        };
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")?, tools: tools_dir()? })
    }

    pub fn sandbox_binary(&self) -> PathBuf {
        self.target.join("debug/sandbox")
    }

    pub fn release_binary(&self) -> PathBuf {
        self.target.join("release/banter")
    }

    /// cargo-leptos resolves `site-root` against the clone, whatever `CARGO_TARGET_DIR` is.
    pub fn site_root(&self) -> PathBuf {
        self.root.join("target/site")
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// `PATH` for children: the installed tools come first, as Debian's own wasm-opt is too old.
    pub fn search_path(&self) -> String {
        let inherited = std::env::var("PATH").unwrap_or_default();
        let bin = self.tools.join("bin");
        let node = self.tools.join("node_modules/.bin");
        format!("{}:{}:{inherited}", bin.display(), node.display())
    }
}

/// Everything `cargo metadata` knows about the workspace members themselves.
pub fn metadata_without_dependencies() -> Result<Value> {
    let mut command = process::cargo();
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = process::capture(command, "cargo metadata")?;
    serde_json::from_str(&text).context("reading `cargo metadata`")
}

pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// The first executable of this name on `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| is_executable(candidate))
}

pub fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.mode() & 0o111 != 0)
}

fn tools_dir() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = set("BANTER_TOOLS_DIR") {
        return std::path::absolute(chosen).context("BANTER_TOOLS_DIR");
    }
    if is_root() {
        // Not below /root: PostgreSQL refuses to run as root, and the other user must be able to read it.
        return Ok(PathBuf::from("/var/cache/banter/tools"));
    }
    let cache = set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .ok_or_else(|| Failure::new("HOME is not set; set BANTER_TOOLS_DIR to a folder for tools"))?;
    Ok(cache.join("banter/tools"))
}
