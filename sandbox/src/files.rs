//! Where the sandbox keeps things, and files only their owner may read.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::random;

/// `$XDG_CACHE_HOME/banter` or `~/.cache/banter`. As root `/var/cache/banter`: PostgreSQL runs as another user then,
/// who must be able to get there.
pub fn cache_dir() -> Option<PathBuf> {
    if is_root() {
        return Some("/var/cache/banter".into());
    }
    let base = std::env::var_os("XDG_CACHE_HOME")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    Some(base.join("banter"))
}

/// Where the development sandbox keeps its database, authority and secrets.
pub fn default_data_dir() -> Option<PathBuf> {
    Some(cache_dir()?.join("sandbox"))
}

pub fn is_root() -> bool {
    if let Ok(own) = fs::metadata("/proc/self") {
        return own.uid() == 0;
    }
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Writes a new file that nobody else can read; `false` if there is one already. Readers never see half of it.
pub fn create_private(path: &Path, content: &[u8]) -> io::Result<bool> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let temporary = path.with_extension(format!("new-{}", random::token(6)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(content)?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// The file's content, made by `make` at the first call.
pub fn read_or_create(path: &Path, make: impl FnOnce() -> String) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            create_private(path, make().as_bytes())?;
            fs::read_to_string(path)
        }
        read => read,
    }
}
