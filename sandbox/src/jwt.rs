//! JSON Web Tokens, by hand where the sandbox has to make wrong ones on purpose.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::keys::SigningKey;

/// A token taken apart, nothing about it believed yet.
pub struct Parts {
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
    pub message: String,
    pub signature: String,
}

impl Parts {
    pub fn parse(token: &str) -> Option<Self> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            message: message.to_owned(),
            signature: signature.to_owned(),
        })
    }

    pub fn header_str(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }

    pub fn str(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    pub fn time(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        value.as_i64().or_else(|| value.as_f64().map(|v| v as i64))
    }

    /// The audience, whether written as a string or as a list.
    pub fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    pub fn verify(&self, key: &DecodingKey, algorithm: Algorithm) -> bool {
        verify(&self.signature, self.message.as_bytes(), key, algorithm)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn verify(signature: &str, message: &[u8], key: &DecodingKey, algorithm: Algorithm) -> bool {
    jsonwebtoken::crypto::verify(signature, message, key, algorithm).unwrap_or(false)
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// A well-formed token; `header` members replace the usual ones.
pub fn signed(key: &SigningKey, header: Value, claims: &Value) -> String {
    signed_text(key, header, &claims.to_string())
}

/// The same with claims that no map can hold.
pub fn signed_text(key: &SigningKey, header: Value, claims: &str) -> String {
    let mut full = json!({"typ": "JWT", "alg": "RS256", "kid": key.kid});
    if let (Some(full), Value::Object(extra)) = (full.as_object_mut(), header) {
        full.extend(extra);
        full.retain(|_, value| !value.is_null());
    }
    let message = format!("{}.{}", encode(&full), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(message.as_bytes(), Algorithm::RS256);
    format!("{message}.{signature}")
}

/// `alg: none`, without a signature.
pub fn unsigned(claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": "none"});
    format!("{}.{}.", encode(&header), encode(claims))
}

/// HS256 with a secret an attacker may know, such as a public key.
pub fn hs256(secret: &[u8], kid: &str, claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": "HS256", "kid": kid});
    let message = format!("{}.{}", encode(&header), encode(claims));
    let signature = mac(secret, message.as_bytes());
    format!("{message}.{signature}")
}

/// A Graph token: the header on the wire carries a `nonce`, the signature covers the nonce's digest instead.
/// So nobody but Graph can verify it, as with the real ones.
pub fn graph(key: &SigningKey, nonce: &str, claims: &Value) -> String {
    let claims = encode(claims);
    let header =
        |nonce: &str| encode(&json!({"typ": "JWT", "nonce": nonce, "alg": "RS256", "x5t": key.kid, "kid": key.kid}));
    let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(nonce));
    let signature = key.sign(format!("{}.{claims}", header(&hashed)).as_bytes(), Algorithm::RS256);
    format!("{}.{claims}.{signature}", header(nonce))
}

/// Undoes [`graph`]'s trick; `None` for anything that is not such a token.
pub fn graph_verified(token: &str, keys: &[std::sync::Arc<SigningKey>]) -> Option<Parts> {
    let parts = Parts::parse(token)?;
    let nonce = parts.header_str("nonce")?;
    let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(nonce));
    let mut header = parts.header.clone();
    header.insert("nonce".into(), hashed.into());
    let (_, claims) = parts.message.split_once('.')?;
    let message = format!("{}.{claims}", encode(&Value::Object(header)));
    let kid = parts.header_str("kid")?;
    let key = keys.iter().find(|key| key.kid == kid)?;
    let decoding = DecodingKey::from_rsa_components(&key.modulus, &key.exponent).ok()?;
    verify(&parts.signature, message.as_bytes(), &decoding, Algorithm::RS256).then_some(parts)
}

/// A token of ours for somebody else to verify, checked as they would: known `kid`, RS256, signature.
pub fn verified(token: &str, keys: &[std::sync::Arc<SigningKey>]) -> Option<Parts> {
    let parts = Parts::parse(token)?;
    if parts.header_str("alg") != Some("RS256") {
        return None;
    }
    let kid = parts.header_str("kid")?;
    let key = keys.iter().find(|key| key.kid == kid)?;
    let decoding = DecodingKey::from_rsa_components(&key.modulus, &key.exponent).ok()?;
    parts.verify(&decoding, Algorithm::RS256).then_some(parts)
}

/// Seals a value only this sandbox reads again: `base64url(json).mac`.
pub fn seal(secret: &[u8], value: &Value) -> String {
    let body = encode(value);
    let mac = mac(secret, body.as_bytes());
    format!("{body}.{mac}")
}

pub fn unseal(secret: &[u8], sealed: &str) -> Option<Map<String, Value>> {
    let (body, mac) = sealed.rsplit_once('.')?;
    verify(mac, body.as_bytes(), &DecodingKey::from_secret(secret), Algorithm::HS256).then(|| object(body))?
}

fn mac(secret: &[u8], message: &[u8]) -> String {
    let key = EncodingKey::from_secret(secret);
    jsonwebtoken::crypto::sign(message, &key, Algorithm::HS256).unwrap_or_default()
}
