//! How the app proves itself at the token endpoint, for sign-ins and for its own tokens alike.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::config::ClientCredential;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The credential cannot be read right now.
#[derive(Debug, thiserror::Error)]
#[error("the federated token file cannot be read: {0}")]
pub struct CredentialError(#[from] std::io::Error);

/// The form fields that prove who the app is (RFC 6749 §2.3.1, RFC 7523 §2.2).
pub(super) async fn form_fields(
    credential: &ClientCredential,
) -> Result<Vec<(&'static str, SecretString)>, CredentialError> {
    match credential {
        ClientCredential::Secret(secret) => Ok(vec![("client_secret", secret.clone())]),
        ClientCredential::FederatedTokenFile(path) => assertion(path).await,
    }
}

/// Read anew each time: the platform replaces the file long before the token in it expires.
async fn assertion(path: &Path) -> Result<Vec<(&'static str, SecretString)>, CredentialError> {
    let path = path.to_owned();
    let token =
        tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await.map_err(std::io::Error::other)??;
    Ok(vec![
        ("client_assertion_type", SecretString::from(JWT_BEARER)),
        ("client_assertion", SecretString::from(token.trim())),
    ])
}

/// The fields in the clear, for the one place that puts them into a request.
pub(super) fn exposed<'a>(fields: &'a [(&'static str, SecretString)]) -> impl Iterator<Item = (&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.expose_secret()))
}
