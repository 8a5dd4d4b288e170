//! Whether an id_token is to be believed (OpenID Connect Core §3.1.3.7).

use openidconnect::{
    AccessTokenHash, Nonce, OAuth2TokenResponse as _, ProviderMetadataWithLogout, TokenResponse as _,
    core::CoreJwsSigningAlgorithm,
};

use super::{
    Attempt, SignInError, provider,
    relying_party::{IdClaims, RelyingParty, TokenAnswer},
};
use crate::{clock, config::tenant_of};

/// Ours and the provider's clock may differ by this much.
const CLOCK_SKEW: time::Duration = time::Duration::minutes(5);

impl RelyingParty {
    /// The claims of the id_token in `answer`, if all of it is as it should be.
    pub(super) fn verify(
        &self,
        metadata: &ProviderMetadataWithLogout,
        answer: &TokenAnswer,
        attempt: &Attempt,
    ) -> Result<IdClaims, Unverified> {
        let token = answer.id_token().ok_or(Unverified::Wrong("there is none".to_owned()))?;
        let client = self.client(metadata);
        let now = clock::now();
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(self.allowed_algorithms(metadata))
            .set_time_fn(move || provider::chrono_time(now - CLOCK_SKEW))
            .set_issue_time_verifier_fn(move |issued_at| {
                if issued_at > provider::chrono_time(now + CLOCK_SKEW) {
                    return Err("it was issued in the future".to_owned());
                }
                Ok(())
            });
        let claims = token.claims(&verifier, &Nonce::new(attempt.nonce.clone()))?.clone();
        self.check_entra_claims(&claims)?;
        if let Some(expected) = claims.access_token_hash() {
            let wrong = |error: &dyn std::fmt::Display| Unverified::Wrong(format!("at_hash: {error}"));
            let algorithm = token.signing_alg().map_err(|error| wrong(&error))?;
            let key = token.signing_key(&verifier).map_err(|error| wrong(&error))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(|e| wrong(&e))?;
            if actual != *expected {
                return Err(wrong(&"it belongs to another access token"));
            }
        }
        Ok(claims)
    }

    /// Asymmetric ones that the provider says it uses: never what a token's header claims, never a shared secret.
    fn allowed_algorithms(&self, metadata: &ProviderMetadataWithLogout) -> Vec<CoreJwsSigningAlgorithm> {
        use CoreJwsSigningAlgorithm as Alg;
        const SAFE: [CoreJwsSigningAlgorithm; 5] = [
            Alg::RsaSsaPkcs1V15Sha256,
            Alg::RsaSsaPkcs1V15Sha384,
            Alg::RsaSsaPkcs1V15Sha512,
            Alg::EcdsaP256Sha256,
            Alg::EcdsaP384Sha384,
        ];
        let announced = metadata.id_token_signing_alg_values_supported();
        SAFE.into_iter().filter(|algorithm| announced.contains(algorithm)).collect()
    }

    fn check_entra_claims(&self, claims: &IdClaims) -> Result<(), Unverified> {
        let extra = claims.additional_claims();
        let now = clock::now().unix_timestamp();
        if extra.nbf.is_some_and(|nbf| nbf > (now + CLOCK_SKEW.whole_seconds()) as f64) {
            return Err(Unverified::Wrong("it is not valid yet".to_owned()));
        }
        if extra.azp.as_ref().is_some_and(|azp| *azp != self.config.client_id) {
            return Err(Unverified::Wrong("it was issued to another application (azp)".to_owned()));
        }
        if let (Some(expected), Some(tid)) = (tenant_of(&self.config.issuer), &extra.tid)
            && !expected.eq_ignore_ascii_case(tid)
        {
            return Err(Unverified::Wrong("it is of another tenant (tid)".to_owned()));
        }
        Ok(())
    }
}

/// Why an id_token is not accepted.
pub(super) enum Unverified {
    /// None of the provider's keys, as far as we know them, made its signature.
    UnknownKey,
    Wrong(String),
}

impl From<openidconnect::ClaimsVerificationError> for Unverified {
    fn from(error: openidconnect::ClaimsVerificationError) -> Self {
        use openidconnect::{ClaimsVerificationError as Claims, SignatureVerificationError as Signature};
        match error {
            Claims::SignatureVerification(Signature::NoMatchingKey) => Self::UnknownKey,
            Claims::SignatureVerification(error) => Self::Wrong(format!("signature: {error}")),
            error => Self::Wrong(error.to_string()),
        }
    }
}

impl From<Unverified> for SignInError {
    fn from(unverified: Unverified) -> Self {
        match unverified {
            Unverified::UnknownKey => Self::Unverified("no known key made its signature".to_owned()),
            Unverified::Wrong(why) => Self::Unverified(why),
        }
    }
}
