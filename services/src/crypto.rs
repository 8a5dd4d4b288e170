//! Sealing of what the app stores or hands out and only itself may read: authenticated encryption under keys derived
//! from `AUTH_SECRET`, each for one purpose.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::clock;

/// What a sealed text is for. A text sealed for one purpose does not open for another.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Microsoft's tokens in the sessions table.
    SessionTokens,
    /// The state of a sign-in under way, kept in the browser.
    SignIn,
    /// Who signed in with a browser before, kept there.
    KnownAccount,
    /// Answers kept for requests that are to happen once.
    Answer,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::SessionTokens => "session tokens",
            Self::SignIn => "sign-in",
            Self::KnownAccount => "known account",
            Self::Answer => "answer",
        }
    }
}

/// The keys. The first secret seals; all of them open, so that secrets rotate without losing anything.
pub struct Keyring {
    secrets: Vec<SecretString>,
}

/// A text that this keyring did not seal for this purpose and context, or that was changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed text does not open")]
pub struct DoesNotOpen;

const FORMAT: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;

impl Keyring {
    /// Keys from `secrets`, the current one first.
    pub fn new(secrets: Vec<SecretString>) -> Self {
        Self { secrets }
    }

    /// Seals `plain`; it opens only with the same `context` (such as the row it is stored in).
    /// Layout: format byte, key id, nonce, XChaCha20-Poly1305 ciphertext.
    pub fn seal(&self, purpose: Purpose, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let Some(secret) = self.secrets.first() else { return Vec::new() };
        let (key_id, cipher) = derive(secret, purpose);
        let nonce: [u8; NONCE_BYTES] = clock::random_bytes();
        let payload = Payload { msg: plain, aad: context };
        // Fails only for texts of more than 256 GB.
        let ciphertext = cipher.encrypt(XNonce::from_slice(&nonce), payload).unwrap_or_default();
        [&[FORMAT][..], &key_id, &nonce, &ciphertext].concat()
    }

    /// Opens what [`Keyring::seal`] made.
    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        let (format, rest) = sealed.split_first().ok_or(DoesNotOpen)?;
        let (key_id, rest) = rest.split_at_checked(KEY_ID_BYTES).ok_or(DoesNotOpen)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_BYTES).ok_or(DoesNotOpen)?;
        if *format != FORMAT {
            return Err(DoesNotOpen);
        }
        let (_, cipher) = self
            .secrets
            .iter()
            .map(|secret| derive(secret, purpose))
            .find(|(id, _)| id == key_id)
            .ok_or(DoesNotOpen)?;
        cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: ciphertext, aad: context }).map_err(|_| DoesNotOpen)
    }
}

impl Keyring {
    /// A seed of a signing key from each secret, the current one first.
    pub fn signing_seeds(&self) -> Vec<[u8; 32]> {
        let seed = |secret: &SecretString| {
            let hkdf = Hkdf::<Sha256>::new(Some(b"banter"), secret.expose_secret().as_bytes());
            let mut seed = [0; 32];
            // HKDF refuses only lengths beyond 255 hashes.
            let _ = hkdf.expand(b"api tokens signing seed", &mut seed);
            seed
        };
        self.secrets.iter().map(seed).collect()
    }

    /// A value, sealed, for a cookie: base64url.
    pub fn seal_text(&self, purpose: Purpose, context: &[u8], value: &impl serde::Serialize) -> String {
        use base64::Engine as _;
        // Strings and numbers: writing them as JSON cannot fail.
        let json = serde_json::to_vec(value).unwrap_or_default();
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.seal(purpose, context, &json))
    }

    /// What [`Keyring::seal_text`] made.
    pub fn open_text<T: serde::de::DeserializeOwned>(&self, purpose: Purpose, context: &[u8], text: &str) -> Option<T> {
        use base64::Engine as _;
        let sealed = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice(&self.open(purpose, context, &sealed).ok()?).ok()
    }
}

/// SHA-256, for ids that are stored only to be found again.
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// A stable name for somebody that tells nothing about them, for the model service's abuse monitoring.
pub fn pseudonym(id: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest(&[b"banter user ", id].concat())[..12])
}

fn derive(secret: &SecretString, purpose: Purpose) -> ([u8; KEY_ID_BYTES], XChaCha20Poly1305) {
    let hkdf = Hkdf::<Sha256>::new(Some(b"banter"), secret.expose_secret().as_bytes());
    let (mut key_id, mut key) = ([0; KEY_ID_BYTES], [0; 32]);
    // HKDF refuses only lengths beyond 255 hashes.
    let _ = hkdf.expand_multi_info(&[purpose.label().as_bytes(), b" key id"], &mut key_id);
    let _ = hkdf.expand_multi_info(&[purpose.label().as_bytes(), b" key"], &mut key);
    (key_id, XChaCha20Poly1305::new(&key.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(secrets: &[&str]) -> Keyring {
        Keyring::new(secrets.iter().map(|secret| SecretString::from(*secret)).collect())
    }

    #[test]
    fn a_sealed_text_opens_for_its_purpose_and_context_only() {
        let keys = keyring(&["old secret of at least 32 bytes!"]);
        let sealed = keys.seal(Purpose::SignIn, b"row 1", b"text");
        assert_eq!(keys.open(Purpose::SignIn, b"row 1", &sealed), Ok(b"text".to_vec()));
        assert_eq!(keys.open(Purpose::SignIn, b"row 2", &sealed), Err(DoesNotOpen));
        assert_eq!(keys.open(Purpose::SessionTokens, b"row 1", &sealed), Err(DoesNotOpen));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(keys.open(Purpose::SignIn, b"row 1", &changed), Err(DoesNotOpen), "byte {at}");
            assert_eq!(keys.open(Purpose::SignIn, b"row 1", &sealed[..at]), Err(DoesNotOpen), "length {at}");
        }
    }

    #[test]
    fn a_rotated_secret_still_opens_and_a_removed_one_does_not() {
        let sealed = keyring(&["old"]).seal(Purpose::SessionTokens, b"", b"text");
        assert!(keyring(&["new", "old"]).open(Purpose::SessionTokens, b"", &sealed).is_ok());
        assert!(keyring(&["new"]).open(Purpose::SessionTokens, b"", &sealed).is_err());
    }
}
