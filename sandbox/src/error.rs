//! What can go wrong while starting or running the sandbox, worded for the person who started it.

use std::net::SocketAddr;
use std::path::PathBuf;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot make or read a key: {0}")]
    Key(String),
    #[error("cannot set up TLS: {0}")]
    Tls(String),
    #[error("port {} is in use by another program; stop it or choose another port with {option}", .addr.port())]
    PortInUse { addr: SocketAddr, option: &'static str },
    #[error("cannot listen on {addr}: {source}")]
    Listen { addr: SocketAddr, source: std::io::Error },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("PostgreSQL: {0}")]
    Postgres(String),
    #[error("{0}")]
    Other(String),
}

impl Error {
    pub fn key(error: impl std::fmt::Display) -> Self {
        Self::Key(error.to_string())
    }

    pub fn tls(error: impl std::fmt::Display) -> Self {
        Self::Tls(error.to_string())
    }

    pub fn postgres(error: impl std::fmt::Display) -> Self {
        Self::Postgres(error.to_string())
    }

    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
