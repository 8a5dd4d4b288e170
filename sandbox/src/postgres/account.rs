//! PostgreSQL refuses to run as root: started by root, it runs as `postgres` or `nobody`.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::binaries;
use crate::error::{Error, Result};
use crate::files;

/// Who the server runs as.
#[derive(Clone, Copy, Debug)]
pub enum Account {
    /// Whoever runs the sandbox.
    Own,
    Other {
        uid: u32,
        gid: u32,
    },
}

impl Account {
    pub fn choose() -> Result<Self> {
        if !files::is_root() {
            return Ok(Self::Own);
        }
        let passwd = fs::read_to_string("/etc/passwd").map_err(Error::file("/etc/passwd"))?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| ids(&passwd, name))
            .map(|(uid, gid)| Self::Other { uid, gid })
            .ok_or_else(|| {
                Error::Postgres("running as root, and there is neither a user postgres nor a user nobody".into())
            })
    }

    pub fn apply(self, command: &mut Command) {
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
    }

    pub fn own(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(uid), Some(gid)),
        }
    }
}

fn ids(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// The folder itself, or a copy of it where another user can get to (`/root` is closed, for example).
pub fn reachable_copy(native: &Path) -> Option<PathBuf> {
    if !files::is_root() || is_open_to_all(native) {
        return Some(native.to_owned());
    }
    let modified = fs::metadata(native.join("bin/postgres")).ok()?.len();
    let copy = binaries::copies_root()?.join(format!("{modified}"));
    if !copy.join("bin/initdb").is_file() {
        let fresh = copy.with_extension("new");
        let _ = fs::remove_dir_all(&fresh);
        copy_tree(native, &fresh).ok()?;
        fs::rename(&fresh, &copy).ok()?;
    }
    Some(copy)
}

pub fn is_open_to_all(path: &Path) -> bool {
    path.ancestors().all(|folder| fs::metadata(folder).is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0))
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
