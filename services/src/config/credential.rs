//! Which credential the app has for the token endpoint.

use std::path::PathBuf;

use secrecy::SecretString;

use super::faults::Reader;

/// How the app proves itself at the token endpoint.
#[derive(Clone, Debug)]
pub enum ClientCredential {
    Secret(SecretString),
    /// A file holding a federated assertion (RFC 7523), re-read for each use because the platform rotates it.
    FederatedTokenFile(PathBuf),
}

impl ClientCredential {
    /// For the start-up log: which kind it is, nothing of its content.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Secret(_) => "client secret",
            Self::FederatedTokenFile(_) => "federated client assertion",
        }
    }
}

/// The credential that the variables name, the best one first: what cannot be copied before what can.
pub(super) fn read(read: &mut Reader<'_>) -> Option<ClientCredential> {
    let secret = read.first(&["AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET", "AZURE_CLIENT_SECRET"]);
    let federated = read.first(&["AZURE_FEDERATED_TOKEN_FILE"]);
    let certificate = read.first(&["AZURE_CLIENT_CERTIFICATE_PATH"]);
    match (federated, certificate, secret) {
        (Some(path), _, _) => {
            let path = PathBuf::from(path);
            if let Err(error) = std::fs::File::open(&path) {
                read.fault(
                    "AZURE_FEDERATED_TOKEN_FILE",
                    format!("cannot be read: {error}"),
                    "the path of a token file",
                );
            }
            Some(ClientCredential::FederatedTokenFile(path))
        }
        (None, Some(_), None) => {
            read.fault(
                "AZURE_CLIENT_CERTIFICATE_PATH",
                "is not supported yet".to_owned(),
                "use AZURE_FEDERATED_TOKEN_FILE or AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET",
            );
            None
        }
        (None, _, Some(secret)) => Some(ClientCredential::Secret(secret.into())),
        (None, None, None) => {
            read.fault(
                "AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET",
                "is missing, and so is AZURE_FEDERATED_TOKEN_FILE: one of them is needed".to_owned(),
                "the app registration's client secret value",
            );
            None
        }
    }
}
