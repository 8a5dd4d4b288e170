//! The one HTTP client for everything outside: Entra, Graph, Azure OpenAI.

use std::time::Duration;

use crate::config::Config;

/// The trusted certificates could not be read, or TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("EXTRA_CA_CERTS cannot be read: {0}")]
    Read(#[from] std::io::Error),
    #[error("EXTRA_CA_CERTS or the TLS set-up is not usable: {0}")]
    Tls(#[from] reqwest::Error),
}

/// No total timeout, because answers stream for minutes; callers that expect short answers set their own.
/// Redirects are not followed: none of the services redirects, and tokens must not travel elsewhere.
pub fn client(config: &Config) -> Result<reqwest::Client, HttpError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        // A reasoning model can be silent this long before its first token.
        .read_timeout(Duration::from_secs(180))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("banter/", env!("CARGO_PKG_VERSION")));
    if let Some(path) = &config.extra_ca_certs {
        let pem = std::fs::read(path)?;
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?);
    }
    Ok(builder.build()?)
}
