//! RSA keys: made at run time, kept in the user's cache, shared by all instances of a process.
//!
//! Generating one takes a noticeable part of a second; integration tests start hundreds of instances.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, rand_core::OsRng};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::files;
use crate::state::lock;

/// How many keys the JWKS shows at a time.
const PUBLISHED: usize = 3;

/// One RSA key with a self-signed certificate around it.
pub struct SigningKey {
    pub kid: String,
    pub x5t_s256: String,
    pub private_pem: String,
    pub certificate_pem: String,
    /// Modulus and exponent, base64url.
    pub modulus: String,
    pub exponent: String,
    certificate_der: Vec<u8>,
    encoding: EncodingKey,
}

impl SigningKey {
    pub fn generate() -> Result<Self> {
        Self::from_rsa(&RsaPrivateKey::new(&mut OsRng, 2048).map_err(Error::key)?)
    }

    fn from_pem(pem: &str) -> Result<Self> {
        Self::from_rsa(&RsaPrivateKey::from_pkcs8_pem(pem).map_err(Error::key)?)
    }

    fn from_rsa(key: &RsaPrivateKey) -> Result<Self> {
        let private_pem = key.to_pkcs8_pem(LineEnding::LF).map_err(Error::key)?.to_string();
        let pair = KeyPair::from_pkcs8_pem_and_sign_algo(&private_pem, &PKCS_RSA_SHA256).map_err(Error::key)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "accounts.sandbox.invalid");
        let certificate = params.self_signed(&pair).map_err(Error::key)?;
        let der = certificate.der().to_vec();
        let pkcs1 = key.to_pkcs1_der().map_err(Error::key)?;
        Ok(Self {
            kid: thumbprint_sha1(&der),
            x5t_s256: thumbprint_sha256(&der),
            private_pem,
            certificate_pem: certificate.pem(),
            modulus: URL_SAFE_NO_PAD.encode(key.n().to_bytes_be()),
            exponent: URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()),
            encoding: EncodingKey::from_rsa_der(pkcs1.as_bytes()),
            certificate_der: der,
        })
    }

    /// The key as Entra publishes it: without `alg`.
    pub fn jwk(&self, issuer: &str) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid,
            "n": self.modulus, "e": self.exponent,
            "x5c": [STANDARD.encode(&self.certificate_der)],
            "cloud_instance_name": "microsoftonline.com",
            "issuer": issuer,
        })
    }

    pub fn sign(&self, message: &[u8], algorithm: Algorithm) -> String {
        // Signing with a well-formed key cannot fail; an empty signature would be refused by everyone.
        jsonwebtoken::crypto::sign(message, &self.encoding, algorithm).unwrap_or_default()
    }
}

pub fn thumbprint_sha1(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha1::digest(der))
}

pub fn thumbprint_sha256(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(der))
}

/// An instance's view of the process-wide keys: a window that moves when keys roll.
pub struct KeyRing {
    start: AtomicUsize,
}

impl KeyRing {
    /// Makes sure that the first keys exist, so that no request has to wait for one.
    pub fn new() -> Result<Self> {
        for index in 0..PUBLISHED {
            pooled(index)?;
        }
        Ok(Self { start: AtomicUsize::new(0) })
    }

    /// Signs new tokens. The newest of the published keys, so that a roll shows everybody an unknown `kid`.
    pub fn current(&self) -> Result<Arc<SigningKey>> {
        pooled(self.start.load(Ordering::Acquire) + PUBLISHED - 1)
    }

    pub fn published(&self) -> Result<Vec<Arc<SigningKey>>> {
        let start = self.start.load(Ordering::Acquire);
        (start..start + PUBLISHED).map(pooled).collect()
    }

    /// Signs with a key nobody has seen and withdraws the oldest. Returns the new `kid`.
    pub fn roll(&self) -> Result<String> {
        pooled(self.start.load(Ordering::Acquire) + PUBLISHED)?;
        self.start.fetch_add(1, Ordering::AcqRel);
        Ok(self.current()?.kid.clone())
    }
}

/// The stand-in for a Kubernetes cluster's issuer, for federated credentials.
pub fn cluster() -> Result<Arc<SigningKey>> {
    static KEY: OnceLock<Arc<SigningKey>> = OnceLock::new();
    cached(&KEY, "cluster")
}

/// Never published: what a forged token would be signed with.
pub fn foreign() -> Result<Arc<SigningKey>> {
    static KEY: OnceLock<Arc<SigningKey>> = OnceLock::new();
    cached(&KEY, "foreign")
}

/// Keys the sandbox's own opaque values (refresh tokens) are sealed with.
pub fn sealing_secret() -> Result<Vec<u8>> {
    Ok(Sha256::digest(pooled(0)?.private_pem.as_bytes()).to_vec())
}

fn cached(cell: &OnceLock<Arc<SigningKey>>, name: &str) -> Result<Arc<SigningKey>> {
    if let Some(key) = cell.get() {
        return Ok(key.clone());
    }
    let key = Arc::new(load_or_generate(name)?);
    Ok(cell.get_or_init(|| key).clone())
}

fn pooled(index: usize) -> Result<Arc<SigningKey>> {
    static POOL: Mutex<Vec<Arc<SigningKey>>> = Mutex::new(Vec::new());
    let mut pool = lock(&POOL);
    while pool.len() <= index {
        let key = load_or_generate(&format!("signing-{}", pool.len()))?;
        pool.push(Arc::new(key));
    }
    Ok(pool[index].clone())
}

fn load_or_generate(name: &str) -> Result<SigningKey> {
    let Some(path) = key_path(name) else {
        return SigningKey::generate();
    };
    if let Some(key) = load(&path) {
        return Ok(key);
    }
    let key = SigningKey::generate()?;
    // Two processes may get here at once: whoever is first wins, the other reads the winner's key.
    match files::create_private(&path, key.private_pem.as_bytes()) {
        Ok(true) => Ok(key),
        Ok(false) => Ok(load(&path).unwrap_or(key)),
        // A read-only cache only costs time.
        Err(_) => Ok(key),
    }
}

fn load(path: &Path) -> Option<SigningKey> {
    SigningKey::from_pem(&fs::read_to_string(path).ok()?).ok()
}

fn key_path(name: &str) -> Option<PathBuf> {
    Some(files::cache_dir()?.join("keys").join(format!("{name}.pem")))
}
