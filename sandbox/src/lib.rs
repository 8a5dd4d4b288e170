//! Stand-ins for Microsoft Entra ID, Microsoft Graph and Azure OpenAI, and a real PostgreSQL, for development and tests.
//!
//! They speak the wire protocols of the real services closely enough to find out, without a tenant, whether a client
//! gets along with the awkward parts. [`start`] runs an instance inside a test; the binary runs one for development.
//! `README.md` lists the control endpoints, the faults and what the stand-in model answers.

pub mod clients;
mod clock;
pub mod constants;
mod control;
pub mod entra;
mod error;
pub mod faults;
pub mod files;
mod graph;
mod http;
mod jwt;
pub mod keys;
mod model;
mod openai;
mod options;
pub mod personas;
pub mod postgres;
mod random;
pub mod recording;
mod running;
mod state;
mod tls;

pub use error::{Error, Result};
pub use options::Options;
pub use personas::Persona;
pub use running::{Running, start};
pub use state::State;

/// Makes sure that the authority of a data directory exists; returns the path of its certificate.
pub fn ensure_authority(data_dir: &std::path::Path) -> Result<std::path::PathBuf> {
    tls::Authority::load(Some(data_dir))?;
    Ok(data_dir.join("ca.pem"))
}

/// 48 random bytes as text.
pub fn new_secret() -> String {
    random::token(48)
}
