//! The app's own access tokens (RFC 9068): short ones for people who exchanged a token of the provider's, signed with
//! keys that come from `AUTH_SECRET`, so that they rotate with it. The first signs, all of them verify.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use model::UserId;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::{
    BearerError, SCOPE, Subject, Verified,
    claims::AccessClaims,
    invalid,
    jws::Jws,
    signature::{Algorithm, PublicKey},
};
use crate::{
    clock,
    crypto::{self, Keyring},
};

/// For how long a token is good.
pub const LIFETIME_SECS: u32 = 600;
/// Between our own servers' clocks.
const SKEW_SECS: i64 = 5;

/// See the methods.
pub struct OwnTokens {
    issuer: String,
    audience: String,
    keys: Vec<OwnKey>,
}

struct OwnKey {
    pair: Ed25519KeyPair,
    jwk: Value,
    public: PublicKey,
}

impl OwnTokens {
    pub(super) fn new(issuer: &str, audience: &str, keys: &Keyring) -> Self {
        let keys = keys.signing_seeds().iter().filter_map(OwnKey::from_seed).collect();
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), keys }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A token for `user`, whose application `client` exchanged one of the provider's for it. Good for `lifetime_secs`.
    pub fn issue(&self, user: UserId, client: &str, lifetime_secs: u32) -> String {
        let now = clock::now().unix_timestamp();
        let claims = json!({
            "iss": self.issuer, "aud": self.audience, "sub": user.to_string(), "client_id": client, "scope": SCOPE,
            "iat": now, "nbf": now, "exp": now + i64::from(lifetime_secs), "jti": clock::new_id().to_string(),
        });
        // There is a key for each secret, and at least one secret.
        let Some(key) = self.keys.first() else { return String::new() };
        let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": key.public.kid });
        let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(key.pair.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// The public keys, as a JWK set (RFC 7517 §5).
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.keys.iter().map(|key| key.jwk.clone()).collect::<Vec<_>>() })
    }

    pub(super) fn verify(&self, jws: &Jws<'_>, claims: &AccessClaims, now: i64) -> Result<Verified, BearerError> {
        if jws.algorithm != Algorithm::EdDsa {
            return Err(invalid("its algorithm (alg) is not allowed"));
        }
        let key = self.keys.iter().find(|key| key.public.kid == jws.kid);
        let key = key.ok_or_else(|| invalid("no known key made its signature (kid)"))?;
        if !key.public.verifies(jws.algorithm, jws.message, &jws.signature) {
            return Err(invalid("its signature is wrong"));
        }
        if claims.audience != self.audience {
            return Err(invalid("it is for something else than this API (aud)"));
        }
        claims.check_times(now, SKEW_SECS)?;
        let user = claims.subject.parse::<UserId>().map_err(|_| invalid("its subject (sub) is not one of ours"))?;
        if !claims.has_scope(SCOPE) {
            return Err(invalid("it has no scope"));
        }
        Ok(Verified { subject: Subject::User(user), client: claims.client.clone(), expires_at: claims.expires_at })
    }
}

impl OwnKey {
    fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        // Its thumbprint (RFC 7638): the same on every server, another one for every key.
        let thumbprint = crypto::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes());
        let kid = URL_SAFE_NO_PAD.encode(thumbprint);
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig", "alg": "EdDSA" });
        let public = PublicKey::from_jwk(&jwk)?;
        Some(Self { pair, jwk, public })
    }
}
