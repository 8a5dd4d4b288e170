//! A real PostgreSQL beside the sandbox: found, set up, started, and stopped with its owner.

mod account;
mod binaries;
mod cluster;
mod database;
mod lock;
mod process;

use std::path::{Path, PathBuf};

pub use binaries::Binaries;

use crate::error::{Error, Result};
use crate::files;
use account::Account;
use cluster::Cluster;
use lock::DirLock;
use process::Process;

/// The role everything runs as; a superuser of its own cluster.
pub const USER: &str = "banter";
/// The database made at the first start.
pub const DATABASE: &str = "banter";

/// How to run it.
#[derive(Clone, Debug, Default)]
pub struct PgOptions {
    /// Where the cluster lives; `None` = a throw-away folder that goes away with the server.
    pub data_dir: Option<PathBuf>,
    /// `None` = a free port.
    pub port: Option<u16>,
    /// Off: a power cut loses data, and everything is faster. For tests.
    pub fsync: bool,
    /// Removes what is there first.
    pub fresh: bool,
}

/// A running server. Dropping it shuts it down; should this process be killed, it shuts itself down.
pub struct Server {
    port: u16,
    password: String,
    // Dropped in this order: stop, then clean up, then let others in.
    process: Process,
    _throwaway: Option<lock::Throwaway>,
    _lock: DirLock,
}

impl Server {
    pub async fn start(options: PgOptions) -> Result<Self> {
        let binaries = Binaries::find()?;
        let account = Account::choose()?;
        let (dir, throwaway) = match &options.data_dir {
            Some(dir) => (dir.clone(), None),
            None => {
                let throwaway = lock::Throwaway::make()?;
                (throwaway.path().to_owned(), Some(throwaway))
            }
        };
        std::fs::create_dir_all(&dir).map_err(Error::file(&dir))?;
        let lock = DirLock::take(&dir)?;
        let cluster = Cluster::new(&dir, binaries, account);
        if options.fresh {
            cluster.wipe()?;
        }
        let password = cluster.password()?;
        cluster.initialise().await?;
        cluster.clear_stale_lock().await?;
        let (process, port) = Process::start(&cluster, &options).await?;
        let server = Self { port, password, process, _throwaway: throwaway, _lock: lock };
        server.ensure_database(DATABASE).await?;
        Ok(server)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Address of the default database.
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    pub fn url_of(&self, database: &str) -> String {
        url(&self.password, self.port, database)
    }

    /// True once the server has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    /// Ends it at once, without writing anything more to the disk.
    pub fn crash(mut self) {
        self.process.crash();
    }

    /// Shuts down and waits for it.
    pub fn stop(mut self) {
        self.process.stop();
    }
}

fn url(password: &str, port: u16, database: &str) -> String {
    format!("postgres://{USER}:{password}@127.0.0.1:{port}/{database}")
}

/// The address a server of this folder will have on a known port, whether it runs or not.
pub fn url_for(data_dir: &Path, port: u16) -> Result<String> {
    let password = cluster::password(data_dir)?;
    Ok(url(&password, port, DATABASE))
}

/// Where a development sandbox with this data directory keeps its cluster.
pub fn cluster_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres")
}

fn throwaway_root() -> Result<PathBuf> {
    let root = files::cache_dir().ok_or_else(|| Error::Postgres("neither HOME nor XDG_CACHE_HOME is set".into()))?;
    Ok(root.join("throw-away"))
}
