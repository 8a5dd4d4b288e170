//! Which credential the app has for the token endpoint, and which others are configured and not needed.

mod certificate;
mod managed_identity;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;

use super::faults::Reader;

pub use certificate::{CertificateFile, CertificateProblem, ClientCertificate};
pub use managed_identity::{IdentityEndpoint, ManagedIdentity};

const FEDERATED_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";
const CERTIFICATE_PATH: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
const SECRET: [&str; 2] = ["AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET", "AZURE_CLIENT_SECRET"];

/// How the app proves itself at the token endpoint.
#[derive(Clone, Debug)]
pub struct ClientCredential {
    pub source: CredentialSource,
    /// Names of others that are configured, too, and are not used.
    passed_over: Vec<&'static str>,
}

/// The credentials there are, the best first: what cannot be copied, or not for long, before what can.
#[derive(Clone, Debug)]
pub enum CredentialSource {
    /// A file holding a federated assertion (RFC 7523), which the platform replaces before it expires.
    FederatedTokenFile(PathBuf),
    Certificate(CertificateFile),
    Secret(SecretString),
    /// A managed identity that the app registration trusts. Last, because platforms announce theirs to everybody.
    ManagedIdentity(ManagedIdentity),
}

impl ClientCredential {
    /// For the start-up log: which kind it is, nothing of its content.
    pub fn kind(&self) -> &'static str {
        match self.source {
            CredentialSource::FederatedTokenFile(_) => KINDS[0],
            CredentialSource::Certificate(_) => KINDS[1],
            CredentialSource::Secret(_) => KINDS[2],
            CredentialSource::ManagedIdentity(_) => KINDS[3],
        }
    }

    /// The kinds that are configured, too, and are not used, in words; `None` when there are none.
    pub fn passed_over(&self) -> Option<String> {
        (!self.passed_over.is_empty()).then(|| self.passed_over.join(", "))
    }
}

const KINDS: [&str; 4] = ["federated client assertion", "client certificate", "client secret", "managed identity"];

/// The best of the credentials that the variables name. It is used or its faults are reported: a worse one does not
/// step in for it unnoticed.
pub(super) fn read(read: &mut Reader<'_>) -> Option<ClientCredential> {
    let federated = read.first(&[FEDERATED_FILE]);
    let certificate = read.first(&[CERTIFICATE_PATH]);
    let secret = read.first(&SECRET);
    let identity = (read.first(&["IDENTITY_ENDPOINT"]), read.first(&["AZURE_MANAGED_IDENTITY_CLIENT_ID"]));
    let has_identity = identity.0.is_some() || identity.1.is_some();
    let configured = [federated.is_some(), certificate.is_some(), secret.is_some(), has_identity];
    let source = match (federated, certificate, secret, identity) {
        (Some(path), ..) => federated_token_file(read, path.into()),
        (None, Some(path), ..) => certificate_file(read, path.into()),
        (None, None, Some(secret), _) => Some(CredentialSource::Secret(secret.into())),
        (None, None, None, (endpoint, client_id)) if has_identity => {
            ManagedIdentity::read(read, endpoint.as_deref(), client_id).map(CredentialSource::ManagedIdentity)
        }
        (None, None, None, _) => {
            read.fault(
                SECRET[0],
                format!(
                    "is missing, and so are {FEDERATED_FILE}, {CERTIFICATE_PATH} and AZURE_MANAGED_IDENTITY_CLIENT_ID: \
                     one of them is needed"
                ),
                "the app registration's client secret value",
            );
            None
        }
    };
    let named = KINDS.into_iter().zip(configured).filter_map(|(kind, configured)| configured.then_some(kind));
    Some(ClientCredential { source: source?, passed_over: named.skip(1).collect() })
}

/// The assertion in the file `content`: a JWT and white space. What is wrong with it otherwise, in words.
pub fn parse_federated_token(content: &[u8]) -> Result<SecretString, &'static str> {
    let text = std::str::from_utf8(content).unwrap_or_default().trim();
    if text.is_empty() {
        return Err("names a file that is empty or not text");
    }
    let parts: Vec<_> = text.split('.').collect();
    let is_jwt = parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && URL_SAFE_NO_PAD.decode(part).is_ok());
    if is_jwt { Ok(SecretString::from(text)) } else { Err("names a file that holds no token (a JWT)") }
}

fn federated_token_file(read: &mut Reader<'_>, path: PathBuf) -> Option<CredentialSource> {
    let problem = match content(&path) {
        Ok(content) => parse_federated_token(&content).err().map(str::to_owned),
        Err(problem) => Some(problem),
    };
    match problem {
        Some(problem) => {
            read.fault(FEDERATED_FILE, problem, "the path of a token file, such as the one that AKS projects");
            None
        }
        None => Some(CredentialSource::FederatedTokenFile(path)),
    }
}

fn certificate_file(read: &mut Reader<'_>, path: PathBuf) -> Option<CredentialSource> {
    let password = read.first(&["AZURE_CLIENT_CERTIFICATE_PASSWORD"]).map(SecretString::from);
    let file = CertificateFile { path, password };
    match content(&file.path) {
        Ok(content) => match file.parse(&content) {
            Ok(_) => return Some(CredentialSource::Certificate(file)),
            Err(problem) => read.fault(problem.variable(), problem.to_string(), problem.example()),
        },
        Err(problem) => read.fault(CERTIFICATE_PATH, problem, "the path of a PEM file with a certificate and its key"),
    }
    None
}

fn content(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("names a file that cannot be read: {error}"))
}
