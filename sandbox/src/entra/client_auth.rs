//! How an application proves itself at the token endpoint: secret, Basic, or an assertion that is really verified.

use std::collections::HashMap;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey};
use url::form_urlencoded;

use super::errors::TokenError;
use super::mint::Proof;
use crate::clients::{Certificate, Client};
use crate::constants::{TENANT_DOMAIN, TENANT_ID};
use crate::http::header_str;
use crate::jwt::Parts;
use crate::state::Shared;
use crate::{clock, keys};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SKEW_SECS: i64 = 300;

type Form = HashMap<String, String>;

/// The client a token request comes from, and how it proved that.
pub fn authenticate(
    state: &Shared,
    origin: &str,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(Client, Proof), TokenError> {
    let basic = basic_credentials(headers);
    let field = |name: &str| form.get(name).map(String::as_str).filter(|v| !v.is_empty());
    let client_id = field("client_id").or(basic.as_ref().map(|(id, _)| id.as_str()));
    let Some(client_id) = client_id else {
        return Err(missing("client_id"));
    };
    let client = state.client(client_id).ok_or_else(|| unknown(client_id))?;
    if let Some(assertion) = field("client_assertion") {
        if field("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(TokenError::new(
                "invalid_request",
                90002,
                "The client_assertion_type parameter is missing or not supported.",
            )
            .status(axum::http::StatusCode::BAD_REQUEST));
        }
        verify_assertion(&client, origin, assertion)?;
        return Ok((client, Proof::Assertion));
    }
    let secret = match field("client_secret") {
        Some(secret) => Some(secret),
        None => basic.as_ref().map(|(_, secret)| secret.as_str()),
    };
    match secret {
        Some(secret) if client.secrets.iter().any(|known| known == secret) => Ok((client, Proof::Secret)),
        Some(_) => Err(TokenError::new(
            "invalid_client",
            7000215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client_id}'."
            ),
        )),
        None => Err(TokenError::new(
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
    }
}

pub fn missing(parameter: &str) -> TokenError {
    TokenError::new(
        "invalid_request",
        900144,
        format!("The request body must contain the following parameter: '{parameter}'."),
    )
}

pub fn unknown(client_id: &str) -> TokenError {
    TokenError::new(
        "unauthorized_client",
        700016,
        format!(
            "Application with identifier '{client_id}' was not found in the directory '{TENANT_DOMAIN}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
        ),
    )
}

/// Both halves are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = header_str(headers, "authorization")?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    form_urlencoded::parse(format!("v={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn verify_assertion(client: &Client, origin: &str, assertion: &str) -> Result<(), TokenError> {
    let Some(parts) = Parts::parse(assertion) else {
        return Err(TokenError::new("invalid_client", 50027, "JWT token is invalid or malformed."));
    };
    if parts.str("iss") == Some(client.id.as_str()) {
        verify_certificate_assertion(client, origin, &parts)
    } else {
        verify_federated_assertion(client, &parts)
    }
}

/// RFC 7523 with a registered certificate; PS256 with `x5t#S256` (documented) or RS256 with `x5t` (legacy).
fn verify_certificate_assertion(client: &Client, origin: &str, parts: &Parts) -> Result<(), TokenError> {
    let algorithm = match parts.header_str("alg") {
        Some("RS256") => Algorithm::RS256,
        Some("PS256") => Algorithm::PS256,
        _ => return Err(bad_signature("The algorithm is not supported.")),
    };
    let Some(certificate) = client.certificates.iter().find(|c| named_by(c, parts)) else {
        return Err(bad_signature("The certificate with the given thumbprint is not registered on the application."));
    };
    let verified = DecodingKey::from_rsa_pem(certificate.pem.as_bytes()).is_ok_and(|key| parts.verify(&key, algorithm));
    if !verified {
        return Err(bad_signature("The signature does not match."));
    }
    if parts.str("sub") != Some(client.id.as_str()) {
        return Err(TokenError::new(
            "invalid_client",
            700021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        ));
    }
    let audiences = [TENANT_ID, TENANT_DOMAIN, "common", "organizations"]
        .map(|tenant| [format!("{origin}/{tenant}/oauth2/v2.0/token"), format!("{origin}/{tenant}/v2.0")]);
    let addressed = parts.audiences().iter().any(|aud| audiences.iter().flatten().any(|known| known == aud));
    if !addressed {
        return Err(TokenError::new(
            "invalid_client",
            700023,
            "Client assertion audience claim does not match Realm issuer.",
        ));
    }
    check_times(parts)
}

/// Standard and URL-safe alphabets are both met in the wild.
fn named_by(certificate: &Certificate, parts: &Parts) -> bool {
    let matches = |name: &str, thumbprint: &str| {
        parts.header_str(name).is_some_and(|value| {
            let value: String = value.trim_end_matches('=').replace('+', "-").replace('/', "_");
            value == thumbprint
        })
    };
    let hex_kid = |thumbprint: &str| {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(thumbprint) else {
            return false;
        };
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        parts.header_str("kid").is_some_and(|kid| kid.eq_ignore_ascii_case(&hex))
    };
    matches("x5t#S256", &certificate.x5t_s256)
        || matches("x5t", &certificate.x5t)
        || matches("kid", &certificate.x5t_s256)
        || matches("kid", &certificate.x5t)
        || hex_kid(&certificate.x5t)
}

fn bad_signature(reason: &str) -> TokenError {
    TokenError::new(
        "invalid_client",
        700027,
        format!(
            "The certificate used to sign the client assertion is not registered on application, or the assertion failed signature validation. Reason - {reason}"
        ),
    )
}

/// Issuer, subject and audience are compared exactly; a trailing slash matters.
fn verify_federated_assertion(client: &Client, parts: &Parts) -> Result<(), TokenError> {
    let (issuer, subject) = (parts.str("iss").unwrap_or_default(), parts.str("sub").unwrap_or_default());
    let no_match = |code, text: String| Err(TokenError::new("invalid_client", code, text));
    let of_issuer: Vec<_> = client.federated.iter().filter(|f| f.issuer == issuer).collect();
    if of_issuer.is_empty() {
        return no_match(
            700211,
            format!("No matching federated identity record found for presented assertion issuer '{issuer}'."),
        );
    }
    let of_subject: Vec<_> = of_issuer.into_iter().filter(|f| f.subject == subject).collect();
    if of_subject.is_empty() {
        return no_match(
            700213,
            format!(
                "No matching federated identity record found for presented assertion subject '{subject}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion."
            ),
        );
    }
    let audiences = parts.audiences();
    let Some(credential) = of_subject.into_iter().find(|f| audiences.contains(&f.audience.as_str())) else {
        return no_match(
            700212,
            format!(
                "No matching federated identity record found for presented assertion audience '{}'.",
                audiences.join(", ")
            ),
        );
    };
    let jwks = if credential.jwks.is_null() {
        let cluster = keys::cluster().map_err(|e| bad_signature(&e.to_string()))?;
        serde_json::json!({"keys": [cluster.jwk(issuer)]})
    } else {
        credential.jwks.clone()
    };
    if !signed_by_one_of(&jwks, parts) {
        return Err(bad_signature("The key was not found in the issuer's key set, or the signature does not match."));
    }
    check_times(parts)
}

fn signed_by_one_of(jwks: &serde_json::Value, parts: &Parts) -> bool {
    let algorithm = match parts.header_str("alg") {
        Some("RS256") => Algorithm::RS256,
        Some("PS256") => Algorithm::PS256,
        _ => return false,
    };
    let Ok(set) = serde_json::from_value::<JwkSet>(jwks.clone()) else {
        return false;
    };
    let kid = parts.header_str("kid");
    set.keys
        .iter()
        .filter(|jwk| kid.is_none() || jwk.common.key_id.as_deref() == kid)
        .filter_map(|jwk| DecodingKey::from_jwk(jwk).ok())
        .any(|key| parts.verify(&key, algorithm))
}

fn check_times(parts: &Parts) -> Result<(), TokenError> {
    let now = clock::unix_secs();
    let Some(expires) = parts.time("exp") else {
        return Err(bad_signature("The assertion has no expiry."));
    };
    let starts = parts.time("nbf").or_else(|| parts.time("iat")).unwrap_or(0);
    if expires + SKEW_SECS < now || starts - SKEW_SECS > now {
        return Err(TokenError::new(
            "invalid_client",
            700024,
            format!(
                "Client assertion is not within its valid time range. Current time: {}, expiry time of assertion {expires}.",
                clock::entra_timestamp()
            ),
        ));
    }
    Ok(())
}
