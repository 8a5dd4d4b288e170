//! Assertions that the app makes itself and signs with its certificate: `private_key_jwt` in the form that Entra
//! documents (<https://learn.microsoft.com/entra/identity-platform/certificate-credentials>).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::BoxFuture;
use secrecy::SecretString;
use serde_json::json;
use url::Url;

use super::{AssertionProvider, CredentialError, rotating_file::RotatingFile};
use crate::{
    clock,
    config::{CertificateFile, ClientCertificate},
};

/// Entra refuses more. One is made for each request, so this only has to cover clocks that differ.
const LIFETIME_SECS: i64 = 600;

/// See [`AssertionProvider`].
pub(super) struct CertificateAssertions {
    client_id: String,
    file: RotatingFile<ClientCertificate>,
}

impl CertificateAssertions {
    pub(super) fn new(client_id: String, file: CertificateFile) -> Self {
        let path = file.path.clone();
        let parse =
            move |content: &[u8]| file.parse(content).map_err(|problem| format!("{} {problem}", problem.variable()));
        Self { client_id, file: RotatingFile::new("AZURE_CLIENT_CERTIFICATE_PATH", path, parse) }
    }

    async fn signed(&self, audience: &Url) -> Result<SecretString, CredentialError> {
        let certificate = self.file.current().await?;
        let now = clock::now().unix_timestamp();
        let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": certificate.thumbprint() });
        let claims = json!({
            "aud": audience.as_str(),
            "iss": self.client_id,
            "sub": self.client_id,
            "jti": clock::new_id(),
            "nbf": now,
            "iat": now,
            "exp": now + LIFETIME_SECS,
        });
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let message = format!("{header}.{claims}");
        let signature = certificate.sign_ps256(message.as_bytes()).ok_or(CredentialError::Signing)?;
        Ok(SecretString::from(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

impl AssertionProvider for CertificateAssertions {
    fn assertion<'a>(&'a self, audience: &'a Url) -> BoxFuture<'a, Result<SecretString, CredentialError>> {
        Box::pin(self.signed(audience))
    }
}
