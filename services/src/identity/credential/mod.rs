//! How the app proves itself at the token endpoint, for sign-ins and for its own tokens alike: by its secret, or by an
//! assertion, wherever that comes from.

mod certificate;
mod federated_file;
mod kept_token;
mod managed_identity;
mod rotating_file;

use futures::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use self::{certificate::CertificateAssertions, federated_file::FederatedFile, managed_identity::IdentityTokens};
use crate::{
    config::{CredentialSource, IdentityConfig},
    http::HttpError,
};

pub(super) use kept_token::KeptToken;
pub use managed_identity::IdentityEndpointError;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// There is nothing to prove who the app is with, right now.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// A sentence about the variable that names the file.
    #[error("{0}")]
    File(String),
    #[error("the certificate's key did not sign")]
    Signing,
    #[error("{0}")]
    ManagedIdentity(#[from] std::sync::Arc<IdentityEndpointError>),
}

/// What the app has to prove itself with.
pub(super) enum Credential {
    Secret(SecretString),
    Assertion(Box<dyn AssertionProvider>),
}

/// Where client assertions come from.
pub(super) trait AssertionProvider: Send + Sync {
    /// A JWT that says at the token endpoint `audience` who the app is (RFC 7523 §3).
    fn assertion<'a>(&'a self, audience: &'a Url) -> BoxFuture<'a, Result<SecretString, CredentialError>>;
}

impl Credential {
    /// Reads what there is to read, and asks nobody yet.
    pub(super) fn new(config: &IdentityConfig) -> Result<Self, HttpError> {
        Ok(match &config.credential.source {
            CredentialSource::FederatedTokenFile(path) => Self::Assertion(Box::new(FederatedFile::new(path.clone()))),
            CredentialSource::Certificate(file) => {
                Self::Assertion(Box::new(CertificateAssertions::new(config.client_id.clone(), file.clone())))
            }
            CredentialSource::Secret(secret) => Self::Secret(secret.clone()),
            CredentialSource::ManagedIdentity(identity) => {
                Self::Assertion(Box::new(IdentityTokens::new(identity.clone())?))
            }
        })
    }

    /// The secret, if it is one.
    pub(super) fn secret(&self) -> Option<&SecretString> {
        match self {
            Self::Secret(secret) => Some(secret),
            Self::Assertion(_) => None,
        }
    }

    /// The form fields that a request to `token_endpoint` proves the app with (RFC 7521 §4.2); none for a secret, which
    /// goes where the provider wants it.
    pub(super) async fn assertion_fields(
        &self,
        token_endpoint: &Url,
    ) -> Result<Vec<(&'static str, SecretString)>, CredentialError> {
        match self {
            Self::Secret(_) => Ok(Vec::new()),
            Self::Assertion(provider) => Ok(vec![
                ("client_assertion_type", SecretString::from(JWT_BEARER)),
                ("client_assertion", provider.assertion(token_endpoint).await?),
            ]),
        }
    }
}

/// The fields in the clear, for the one place that puts them into a request.
pub(super) fn exposed<'a>(fields: &'a [(&'static str, SecretString)]) -> impl Iterator<Item = (&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.expose_secret()))
}

/// The error with what caused it: by itself the HTTP library's says only that a request failed.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
