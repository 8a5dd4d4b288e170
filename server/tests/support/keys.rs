//! Keys of an OpenID provider, made at run time.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use sandbox::keys::SigningKey;
use serde_json::{Value, json};

/// A private key and what is published of it.
pub struct Key {
    pub kid: String,
    pub jwk: Value,
    private: Private,
    algorithm: Algorithm,
}

enum Private {
    Rsa(Arc<SigningKey>),
    Other(EncodingKey),
}

impl Key {
    /// For an algorithm as JOSE calls it, such as `ES256`.
    pub fn new(algorithm: &str) -> Self {
        let kid = services::clock::new_id().to_string();
        let (private, mut jwk) = match algorithm {
            "ES256" => elliptic(&KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(), "P-256"),
            "ES384" => elliptic(&KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(), "P-384"),
            "EdDSA" => {
                let pair = KeyPair::generate_for(&PKCS_ED25519).unwrap();
                let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key_raw()) });
                (Private::Other(EncodingKey::from_ed_der(&pair.serialize_der())), jwk)
            }
            // Making one takes long; the sandbox keeps this one.
            _ => {
                let key = sandbox::keys::cluster().unwrap();
                let jwk = json!({ "kty": "RSA", "n": key.modulus, "e": key.exponent });
                (Private::Rsa(key), jwk)
            }
        };
        jwk["kid"] = kid.as_str().into();
        Self { kid, jwk, private, algorithm: algorithm.parse().unwrap() }
    }

    /// base64url.
    pub fn sign(&self, message: &str) -> String {
        match &self.private {
            Private::Rsa(key) => key.sign(message.as_bytes(), self.algorithm),
            Private::Other(key) => jsonwebtoken::crypto::sign(message.as_bytes(), key, self.algorithm).unwrap(),
        }
    }
}

fn elliptic(pair: &KeyPair, curve: &str) -> (Private, Value) {
    // An uncompressed point: a byte 4, x, y.
    let (x, y) = pair.public_key_raw()[1..].split_at(pair.public_key_raw().len() / 2);
    let jwk = json!({ "kty": "EC", "crv": curve, "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) });
    (Private::Other(EncodingKey::from_ec_der(&pair.serialize_der())), jwk)
}
