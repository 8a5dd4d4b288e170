//! A folder for one run's databases and keys; gone when dropped.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::outcome::{Context, Result};

pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("banter-verify-{}", std::process::id()));
        fs::create_dir_all(&path).context(path.display())?;
        // PostgreSQL runs as another user when we are root, and must get through.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).context(path.display())?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}
