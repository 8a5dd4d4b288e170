//! Assertions that the platform writes into a file: a workload's token, as on AKS
//! (<https://learn.microsoft.com/entra/workload-id/workload-identity-federation>).

use std::path::PathBuf;

use futures::future::BoxFuture;
use secrecy::SecretString;
use url::Url;

use super::{AssertionProvider, CredentialError, rotating_file::RotatingFile};
use crate::config::parse_federated_token;

const VARIABLE: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// See [`AssertionProvider`].
pub(super) struct FederatedFile(RotatingFile<SecretString>);

impl FederatedFile {
    pub(super) fn new(path: PathBuf) -> Self {
        let parse = |content: &[u8]| parse_federated_token(content).map_err(|problem| format!("{VARIABLE} {problem}"));
        Self(RotatingFile::new(VARIABLE, path, parse))
    }
}

impl AssertionProvider for FederatedFile {
    /// Sent as it is: its audience is the token exchange, not the endpoint.
    fn assertion<'a>(&'a self, _audience: &'a Url) -> BoxFuture<'a, Result<SecretString, CredentialError>> {
        Box::pin(async { Ok(SecretString::clone(&*self.0.current().await?)) })
    }
}
