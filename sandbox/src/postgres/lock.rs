//! One server per folder, and folders that go away with their server.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::throwaway_root;
use crate::error::{Error, Result};
use crate::random;

const ABANDONED_AFTER: Duration = Duration::from_secs(60);
const LOCK_FILE: &str = "in-use.lock";

/// Held for the life of a server; the system lets go of it even if this process is killed.
pub struct DirLock {
    _file: File,
}

impl DirLock {
    pub fn take(dir: &Path) -> Result<Self> {
        Self::try_take(dir)?.ok_or_else(|| {
            Error::Postgres(format!(
                "{} is in use by another sandbox; stop it or choose another folder with --data-dir",
                dir.display()
            ))
        })
    }

    fn try_take(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(LOCK_FILE);
        let file = File::create(&path).map_err(Error::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(source)) => Err(Error::File { path, source }),
        }
    }
}

/// Removed on drop; what killed processes left behind is removed by the next one.
pub struct Throwaway {
    path: PathBuf,
}

impl Throwaway {
    pub fn make() -> Result<Self> {
        let root = throwaway_root()?;
        fs::create_dir_all(&root).map_err(Error::file(&root))?;
        remove_abandoned(&root);
        let path = root.join(random::guid());
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn remove_abandoned(root: &Path) {
    let Ok(entries) = fs::read_dir(root) else {
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        // A folder made a moment ago may be about to be locked by its owner; one that was half removed has no lock.
        let old = fs::metadata(path.join(LOCK_FILE))
            .or_else(|_| fs::metadata(&path))
            .and_then(|meta| meta.modified())
            .is_ok_and(|time| time.elapsed().is_ok_and(|age| age > ABANDONED_AFTER));
        if old && matches!(DirLock::try_take(&path), Ok(Some(_))) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}
