//! A sign-in under way. Its secrets wait in the browser that began it, sealed; nothing is stored for people who never
//! come back.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::Prompt;
use crate::{
    clock,
    crypto::{Keyring, Purpose},
};

/// How long somebody may take at the provider.
pub const LIFETIME: Duration = Duration::minutes(15);

/// What has to be known again when the provider sends somebody back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// The `state` parameter, which names this attempt.
    pub state: String,
    pub(super) nonce: String,
    pub(super) pkce_verifier: String,
    /// A path of our own.
    pub return_to: String,
    /// Unix seconds.
    pub begun_at: i64,
    /// What the provider was asked to show.
    pub prompt: Option<Prompt>,
    /// Whom the provider was told to expect.
    pub(super) login_hint: Option<String>,
}

impl Attempt {
    /// For a cookie: base64url.
    pub(super) fn seal(&self, keys: &Keyring) -> String {
        keys.seal_text(Purpose::SignIn, self.state.as_bytes(), self)
    }

    /// The attempt called `state`, if `sealed` is that and still valid.
    pub fn open(keys: &Keyring, state: &str, sealed: &str) -> Option<Self> {
        let attempt: Self = keys.open_text(Purpose::SignIn, state.as_bytes(), sealed)?;
        (attempt.state == state && clock::now() < attempt.expires_at()).then_some(attempt)
    }

    /// When the provider's answer comes too late.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.begun_at() + LIFETIME
    }

    pub(super) fn begun_at(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.begun_at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}
