//! Whether an id_token is to be believed (OpenID Connect Core §3.1.3.7).

use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, ClientId, IdTokenVerifier, JsonWebKeySet, Nonce, NonceVerifier,
    OAuth2TokenResponse as _, ProviderMetadataWithLogout, SignatureVerificationError,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};

use super::{
    Attempt, SignInError, provider,
    relying_party::{IdClaims, RelyingParty},
    token_answer::TokenAnswer,
};
use crate::{clock, config::tenant_of};

/// Ours and the provider's clock may differ by this much.
const CLOCK_SKEW: time::Duration = time::Duration::minutes(5);
/// Entra dates its tokens back by this much.
const BACKDATING: time::Duration = time::Duration::minutes(5);
/// OpenID Connect Core §2 on `sub`.
const LONGEST_SUBJECT: usize = 255;

impl RelyingParty {
    /// The claims of the id_token in `answer`, if all of it is as it should be. `attempt`: the sign-in that it has to
    /// answer; absent for tokens that were refreshed, which carry no nonce.
    pub(super) fn verify(
        &self,
        metadata: &ProviderMetadataWithLogout,
        answer: &TokenAnswer,
        attempt: Option<&Attempt>,
    ) -> Result<IdClaims, Unverified> {
        let received = answer.received_id_token().map_err(Unverified::Wrong)?;
        // What is to be said when no key fits at all.
        let mut unverified = Unverified::UnknownKey;
        // Usually the `kid` leaves one key. Where it is missing, or given twice, each that could have made the
        // signature is tried: all of them are the provider's own, so none of them proves less. (Core §10.1 wants a
        // `kid` as soon as there are several; what to do without it is left to the relying party.)
        for key in metadata.jwks().keys() {
            let verifier = self.verifier(metadata, key, attempt);
            match received.token.claims(&verifier, |nonce: Option<&Nonce>| check_nonce(nonce, attempt)) {
                Ok(claims) => {
                    self.check_more(claims)?;
                    let algorithm = received.token.signing_alg().map_err(|error| wrong(&error))?;
                    check_access_token(claims, answer, algorithm, key)?;
                    return Ok(claims.clone());
                }
                Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {}
                Err(ClaimsVerificationError::SignatureVerification(
                    error @ (SignatureVerificationError::CryptoError(_) | SignatureVerificationError::InvalidKey(_)),
                )) => {
                    // Without a `kid` it may have been made by a key that is younger than our copy.
                    if received.names_key {
                        unverified = Unverified::Wrong(format!("signature: {error}"));
                    }
                }
                Err(ClaimsVerificationError::SignatureVerification(error)) => {
                    return Err(Unverified::Wrong(format!("signature: {error}")));
                }
                Err(error) => return Err(wrong(&error)),
            }
        }
        Err(unverified)
    }

    /// Checks everything that the library checks, with `key`. For a public client, because that never takes the client
    /// secret for a key.
    fn verifier(
        &self,
        metadata: &ProviderMetadataWithLogout,
        key: &CoreJsonWebKey,
        attempt: Option<&Attempt>,
    ) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        let now = clock::now();
        let earliest = attempt.map_or(now, Attempt::begun_at) - CLOCK_SKEW - BACKDATING;
        let latest = now + CLOCK_SKEW;
        let client_id = ClientId::new(self.config.client_id.clone());
        let keys = JsonWebKeySet::new(vec![key.clone()]);
        IdTokenVerifier::new_public_client(client_id, metadata.issuer().clone(), keys)
            .set_allowed_algs(allowed_algorithms(metadata))
            .set_time_fn(move || provider::chrono_time(now - CLOCK_SKEW))
            .set_issue_time_verifier_fn(move |issued_at| {
                if issued_at > provider::chrono_time(latest) {
                    return Err("it was issued in the future".to_owned());
                }
                // What answers us cannot be older than our question.
                if issued_at < provider::chrono_time(earliest) {
                    return Err("it was issued before it was asked for".to_owned());
                }
                Ok(())
            })
    }

    /// What the library leaves to us.
    fn check_more(&self, claims: &IdClaims) -> Result<(), Unverified> {
        let extra = claims.additional_claims();
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT || subject.chars().any(char::is_control) {
            return Err(wrong(&"its subject (sub) is empty or malformed"));
        }
        let latest = (clock::now() + CLOCK_SKEW).unix_timestamp();
        if extra.nbf.is_some_and(|nbf| nbf > latest as f64) {
            return Err(wrong(&"it is not valid yet"));
        }
        if claims.authorized_party().is_some_and(|azp| **azp != self.config.client_id) {
            return Err(wrong(&"it was issued to another application (azp)"));
        }
        // The rest is about Entra.
        let Some(tenant) = tenant_of(&self.config.issuer) else { return Ok(()) };
        if extra.tid.as_ref().is_some_and(|tid| !tenant.eq_ignore_ascii_case(tid)) {
            return Err(wrong(&"it is of another tenant (tid)"));
        }
        if extra.oid.as_ref().is_some_and(String::is_empty) {
            return Err(wrong(&"its object id (oid) is empty or malformed"));
        }
        Ok(())
    }
}

/// Compared in constant time by the library.
fn check_nonce(nonce: Option<&Nonce>, attempt: Option<&Attempt>) -> Result<(), String> {
    match attempt {
        Some(attempt) => NonceVerifier::verify(&Nonce::new(attempt.nonce.clone()), nonce),
        None => Ok(()),
    }
}

/// Asymmetric ones that the provider says it uses: never what a token's header claims, never a shared secret.
fn allowed_algorithms(metadata: &ProviderMetadataWithLogout) -> Vec<CoreJwsSigningAlgorithm> {
    use CoreJwsSigningAlgorithm as Alg;
    const SAFE: [CoreJwsSigningAlgorithm; 9] = [
        Alg::RsaSsaPkcs1V15Sha256,
        Alg::RsaSsaPkcs1V15Sha384,
        Alg::RsaSsaPkcs1V15Sha512,
        Alg::RsaSsaPssSha256,
        Alg::RsaSsaPssSha384,
        Alg::RsaSsaPssSha512,
        Alg::EcdsaP256Sha256,
        Alg::EcdsaP384Sha384,
        Alg::EdDsa,
    ];
    let announced = metadata.id_token_signing_alg_values_supported();
    SAFE.into_iter().filter(|algorithm| announced.contains(algorithm)).collect()
}

/// Whether the access token that came along is the one the id_token was made for, if it says so (Core §3.1.3.8).
fn check_access_token(
    claims: &IdClaims,
    answer: &TokenAnswer,
    algorithm: &CoreJwsSigningAlgorithm,
    key: &CoreJsonWebKey,
) -> Result<(), Unverified> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(|error| wrong(&error))?;
    if actual == *expected { Ok(()) } else { Err(wrong(&"it belongs to another access token (at_hash)")) }
}

/// Why an id_token is not accepted.
pub(super) enum Unverified {
    /// None of the provider's keys, as far as we know them, made its signature.
    UnknownKey,
    Wrong(String),
}

fn wrong(why: &dyn std::fmt::Display) -> Unverified {
    Unverified::Wrong(why.to_string())
}

impl From<Unverified> for SignInError {
    fn from(unverified: Unverified) -> Self {
        match unverified {
            Unverified::UnknownKey => Self::Unverified("no known key made its signature".to_owned()),
            Unverified::Wrong(why) => Self::Unverified(why),
        }
    }
}
