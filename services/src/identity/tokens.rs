//! Microsoft's tokens of a session: sealed wherever they are stored, never logged, never sent to a browser.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    crypto::{Keyring, Purpose},
    store::users::AccountKey,
};

/// What the token endpoint gave at a sign-in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Tokens {
    /// For Microsoft Graph; opaque.
    pub access_token: String,
    pub refresh_token: Option<String>,
    /// Kept as the hint for signing out.
    pub id_token: String,
    /// The optional `login_hint` claim: spares people the account picker when they sign out.
    pub login_hint: Option<String>,
    /// Unix seconds at which `access_token` expires.
    pub expires_at: i64,
    /// Whose they are.
    pub account: AccountKey,
    /// Groups come with the id_token here, so that reading them anew takes a new one.
    pub groups_in_token: bool,
}

impl Tokens {
    /// Sealed for the session whose id hashes to `id_hash`.
    pub fn seal(&self, keys: &Keyring, id_hash: &[u8]) -> Vec<u8> {
        // Strings and numbers: writing them as JSON cannot fail.
        let json = serde_json::to_vec(self).unwrap_or_default();
        keys.seal(Purpose::SessionTokens, id_hash, &json)
    }

    /// What [`Tokens::seal`] made for the same session.
    pub fn open(keys: &Keyring, id_hash: &[u8], sealed: &[u8]) -> Option<Self> {
        serde_json::from_slice(&keys.open(Purpose::SessionTokens, id_hash, sealed).ok()?).ok()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}
