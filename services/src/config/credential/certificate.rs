//! The file that `AZURE_CLIENT_CERTIFICATE_PATH` names: a certificate and the RSA key that belongs to it, in PEM.

use std::{fmt, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use pem::Pem;
use pkcs8::{EncryptedPrivateKeyInfo, SecretDocument, der::Decode as _, pkcs5};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PSS_SHA256, RsaKeyPair},
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;

use crate::clock;

/// Where the app's certificate is.
#[derive(Clone, Debug)]
pub struct CertificateFile {
    pub path: PathBuf,
    /// Of the private key, if it is encrypted.
    pub password: Option<SecretString>,
}

/// A certificate with its private key. Prints neither.
pub struct ClientCertificate {
    key: RsaKeyPair,
    thumbprint: String,
}

/// Why a file cannot serve as the app's certificate. Each continues the sentence that begins with a variable's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    #[error("names a file that is PKCS#12 (PFX) or another binary form, where PEM is needed")]
    Binary,
    #[error("names a file without a PEM section that can be read")]
    NotPem,
    #[error("names a file without a certificate")]
    NoCertificate,
    #[error("names a file with a certificate that cannot be read")]
    UnreadableCertificate,
    #[error("names a file without a private key")]
    NoKey,
    #[error("names a file whose private key is of no use: it has to be RSA with 2048 to 4096 bits ({0})")]
    UnusableKey(String),
    #[error("names a file whose private key is encrypted in a way that is not supported")]
    UnknownEncryption,
    #[error("is missing, and the private key in the file of AZURE_CLIENT_CERTIFICATE_PATH is encrypted")]
    PasswordMissing,
    #[error("does not open the private key in the file of AZURE_CLIENT_CERTIFICATE_PATH")]
    WrongPassword,
    #[error("names a file whose certificate and private key do not belong together")]
    Mismatch,
    #[error("names a certificate that is valid from {0} to {1} only")]
    NotValid(String, String),
}

impl CertificateFile {
    /// What `content` holds. The first certificate that belongs to the key is taken; others, such as those of its
    /// issuers, are passed over.
    pub fn parse(&self, content: &[u8]) -> Result<ClientCertificate, CertificateProblem> {
        let sections = match pem::parse_many(content) {
            // A DER sequence, which PFX files and binary certificates are.
            Ok(sections) if sections.is_empty() && content.first() == Some(&0x30) => {
                return Err(CertificateProblem::Binary);
            }
            Ok(sections) if !sections.is_empty() => sections,
            _ => return Err(CertificateProblem::NotPem),
        };
        let certificates: Vec<_> = sections.iter().filter(|section| section.tag() == "CERTIFICATE").collect();
        if certificates.is_empty() {
            return Err(CertificateProblem::NoCertificate);
        }
        let key = self.key(&sections)?;
        for section in certificates {
            let certificate =
                Certificate::from_der(section.contents()).map_err(|_| CertificateProblem::UnreadableCertificate)?;
            let public_key = &certificate.tbs_certificate.subject_public_key_info;
            if public_key.subject_public_key.raw_bytes() == key.public().as_ref() {
                check_validity(&certificate)?;
                let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(section.contents()));
                return Ok(ClientCertificate { key, thumbprint });
            }
        }
        Err(CertificateProblem::Mismatch)
    }

    fn key(&self, sections: &[Pem]) -> Result<RsaKeyPair, CertificateProblem> {
        let section = sections.iter().find(|section| section.tag().ends_with("PRIVATE KEY"));
        let section = section.ok_or(CertificateProblem::NoKey)?;
        let key = match section.tag() {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(section.contents()),
            "ENCRYPTED PRIVATE KEY" => RsaKeyPair::from_pkcs8(self.decrypt(section.contents())?.as_bytes()),
            // Encryption older than PKCS#8 says so in a header of the section.
            "RSA PRIVATE KEY" if section.headers().iter().next().is_some() => {
                return Err(CertificateProblem::UnknownEncryption);
            }
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(section.contents()),
            _ => return Err(CertificateProblem::UnusableKey("this is another kind".to_owned())),
        };
        key.map_err(|rejected| CertificateProblem::UnusableKey(rejected.to_string()))
    }

    fn decrypt(&self, encrypted: &[u8]) -> Result<SecretDocument, CertificateProblem> {
        let password = self.password.as_ref().ok_or(CertificateProblem::PasswordMissing)?;
        // Ciphers that are not known do not even parse.
        let encrypted =
            EncryptedPrivateKeyInfo::try_from(encrypted).map_err(|_| CertificateProblem::UnknownEncryption)?;
        encrypted.decrypt(password.expose_secret()).map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(
                pkcs5::Error::UnsupportedAlgorithm { .. }
                | pkcs5::Error::NoPbes1CryptSupport
                | pkcs5::Error::AlgorithmParametersInvalid { .. },
            ) => CertificateProblem::UnknownEncryption,
            // What comes out is no key, whichever way that shows.
            _ => CertificateProblem::WrongPassword,
        })
    }
}

impl ClientCertificate {
    /// SHA-256 of the certificate's DER form, base64url: the `x5t#S256` of what it signs (RFC 7515 §4.1.8).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// A signature of `message` in the way that JOSE calls PS256 (RFC 7518 §3.5); `None` when there is no randomness.
    pub fn sign_ps256(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl CertificateProblem {
    /// The variable that has to change.
    pub fn variable(&self) -> &'static str {
        match self {
            Self::PasswordMissing | Self::WrongPassword => "AZURE_CLIENT_CERTIFICATE_PASSWORD",
            _ => "AZURE_CLIENT_CERTIFICATE_PATH",
        }
    }

    /// What it should be instead.
    pub(super) fn example(&self) -> &'static str {
        match self {
            Self::Binary => {
                "a PEM file with certificate and key; from PFX: openssl pkcs12 -in banter.pfx -nodes -out banter.pem \
                 (with -legacy if openssl does not know its encryption)"
            }
            Self::UnknownEncryption => {
                "a key in PKCS#8 with AES, as made by: openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out key.pem"
            }
            Self::PasswordMissing | Self::WrongPassword => "the password of that private key",
            Self::NotValid(..) => "the path of a certificate that is valid now",
            _ => "the path of a PEM file with a certificate and its RSA private key, PKCS#8 or PKCS#1",
        }
    }
}

/// Entra refuses a certificate that is not valid, in words that are hard to connect with it.
fn check_validity(certificate: &Certificate) -> Result<(), CertificateProblem> {
    let validity = &certificate.tbs_certificate.validity;
    let now = clock::now().unix_timestamp();
    let secs = |time: &x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    if (secs(&validity.not_before)..=secs(&validity.not_after)).contains(&now) {
        return Ok(());
    }
    Err(CertificateProblem::NotValid(validity.not_before.to_string(), validity.not_after.to_string()))
}
