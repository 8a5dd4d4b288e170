//! Authorization codes: what they stand for, single use, ten minutes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::errors::TokenError;
use crate::state::{Directory, Shared};
use crate::{clock, random};

const LIFETIME_SECS: i64 = 600;
const KEPT_CODES: usize = 4_096;

/// What a user agreed to at one sign-in.
#[derive(Clone, Debug)]
pub struct Grant {
    pub client_id: String,
    pub redirect_uri: String,
    pub oid: String,
    pub sid: String,
    pub scope: String,
    pub nonce: Option<String>,
    pub challenge: Option<Challenge>,
    pub auth_time: i64,
    pub issued_at: i64,
    pub revocations: u32,
    pub redeemed: bool,
}

/// PKCE (RFC 7636).
#[derive(Clone, Debug)]
pub enum Challenge {
    Plain(String),
    S256(String),
}

impl Challenge {
    /// 43 to 128 unreserved characters.
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, TokenError> {
        let unreserved = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
        if !(43..=128).contains(&challenge.len()) || !challenge.chars().all(unreserved) {
            return Err(TokenError::new("invalid_request", 501491, "Invalid size of Code_Challenge parameter."));
        }
        match method {
            Some("S256") => Ok(Self::S256(challenge.into())),
            // Without a method Entra assumes `plain`.
            None | Some("plain") => Ok(Self::Plain(challenge.into())),
            Some(_) => Err(TokenError::new("invalid_request", 50149, "Invalid Code_Challenge_method parameter.")),
        }
    }

    fn matches(&self, verifier: &str) -> bool {
        match self {
            Self::Plain(challenge) => challenge == verifier,
            Self::S256(challenge) => *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
        }
    }
}

/// Stores the grant and returns its code: long, with the characters real ones have.
pub fn issue(state: &Shared, grant: Grant) -> String {
    let code = format!("1.A{}.{}", random::token(24), random::token(512));
    let mut directory = state.directory();
    directory.codes.insert(code.clone(), grant);
    directory.code_order.push_back(code.clone());
    if directory.code_order.len() > KEPT_CODES
        && let Some(oldest) = directory.code_order.pop_front()
    {
        directory.codes.remove(&oldest);
    }
    code
}

/// Exchanges a code for its grant. A code is spent by the first correct redemption only, so that a typing mistake
/// in a redirect address does not look like a replay.
pub fn redeem(
    directory: &mut Directory,
    code: &str,
    client_id: &str,
    redirect_uri: Option<&str>,
    verifier: Option<&str>,
) -> Result<Grant, TokenError> {
    let invalid = |code, text: &str| Err(TokenError::new("invalid_grant", code, text));
    let Some(grant) = directory.codes.get_mut(code) else {
        return invalid(9002313, "Invalid request. Request is malformed or invalid.");
    };
    if grant.client_id != client_id {
        return invalid(
            700005,
            "Provided Authorization Code is intended to use against other tenant or application, thus rejected.",
        );
    }
    if grant.redeemed {
        return invalid(
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        );
    }
    if clock::unix_secs() - grant.issued_at > LIFETIME_SECS {
        return invalid(
            70008,
            "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
        );
    }
    if redirect_uri != Some(grant.redirect_uri.as_str()) {
        return invalid(
            50011,
            "The redirect URI specified in the request does not match the redirect URI the code was issued for.",
        );
    }
    match (&grant.challenge, verifier) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if challenge.matches(verifier) => {}
        (Some(_), None) => {
            return invalid(50148, "The PKCE code verifier is missing.");
        }
        _ => {
            return invalid(
                501481,
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
            );
        }
    }
    grant.redeemed = true;
    Ok(grant.clone())
}
