//! Spoils tokens on purpose, when a fault asks for it: every way a client must notice.

use serde_json::{Map, Value, json};

use crate::clock;
use crate::error::Result;
use crate::faults::{Fault, Target};
use crate::personas::Persona;
use crate::state::Shared;
use crate::{jwt, keys, random};

const KINDS: &[&str] = &[
    "wrong_iss",
    "wrong_aud",
    "wrong_nonce",
    "wrong_tid",
    "expired",
    "not_yet_valid",
    "bad_signature",
    "foreign_key",
    "alg_none",
    "hs256",
    "hs256_secret",
    "no_kid",
    "unknown_kid",
    "missing_claim",
    "claims",
];

pub fn id_token(state: &Shared, persona: &Persona, claims: Map<String, Value>) -> Result<String> {
    token(state, persona, claims, "id_token")
}

/// Faults hit access tokens only with `"match": {"path": "access_token"}`.
pub fn access_token(state: &Shared, persona: &Persona, claims: Map<String, Value>) -> Result<String> {
    token(state, persona, claims, "access_token")
}

fn token(state: &Shared, persona: &Persona, mut claims: Map<String, Value>, which: &str) -> Result<String> {
    let target = Target { path: which, persona: Some(persona), ..Target::default() };
    let fault = state.faults.take_if("entra", KINDS, &target, |fault| which == "id_token" || fault.only.path.is_some());
    let key = state.keys.current()?;
    let Some(fault) = fault else {
        return Ok(jwt::signed(&key, json!({}), &Value::Object(claims)));
    };
    change_claims(&fault, &mut claims);
    let claims = Value::Object(claims);
    // Members that the order wants in the header besides, whatever its kind.
    let header = |mut usual: Value| {
        if let (Some(usual), Some(Value::Object(changes))) = (usual.as_object_mut(), fault.params.get("header")) {
            usual.extend(changes.clone());
        }
        usual
    };
    Ok(match fault.kind.as_str() {
        "bad_signature" => flip_signature(&jwt::signed(&key, header(json!({})), &claims)),
        // The right `kid`, so that only the signature gives it away.
        "foreign_key" => jwt::signed(keys::foreign()?.as_ref(), header(json!({"kid": key.kid})), &claims),
        "alg_none" => jwt::unsigned(&claims),
        "hs256" => jwt::hs256(key.certificate_pem.as_bytes(), &key.kid, &claims),
        "hs256_secret" => jwt::hs256(client_secret(state, &claims).as_bytes(), &key.kid, &claims),
        "no_kid" => jwt::signed(&key, header(json!({"kid": null})), &claims),
        "unknown_kid" => jwt::signed(&key, header(json!({"kid": random::token(20)})), &claims),
        _ => jwt::signed(&key, header(json!({})), &claims),
    })
}

/// Of the application that the token is for: what it might take for a key.
fn client_secret(state: &Shared, claims: &Value) -> String {
    let client = claims.get("aud").and_then(Value::as_str).and_then(|id| state.client(id));
    client.and_then(|client| client.secrets.first().cloned()).unwrap_or_default()
}

fn change_claims(fault: &Fault, claims: &mut Map<String, Value>) {
    let now = clock::unix_secs();
    let mut set = |name: &str, value: Value| {
        claims.insert(name.into(), value);
    };
    match fault.kind.as_str() {
        "wrong_iss" => set("iss", "https://issuer.invalid/v2.0".into()),
        "wrong_aud" => set("aud", "99999999-9999-4999-8999-999999999999".into()),
        "wrong_nonce" => set("nonce", random::token(24).into()),
        "wrong_tid" => set("tid", "99999999-9999-4999-8999-999999999999".into()),
        "expired" => {
            set("iat", json!(now - 7200));
            set("nbf", json!(now - 7200));
            set("exp", json!(now - 3600));
        }
        "not_yet_valid" => {
            set("nbf", json!(now + 3600));
            set("exp", json!(now + 7200));
        }
        "missing_claim" => {
            claims.remove(fault.str("claim").unwrap_or("sub"));
        }
        "claims" => {
            if let Some(Value::Object(changes)) = fault.params.get("claims") {
                claims.extend(changes.clone());
                claims.retain(|_, value| !value.is_null());
            }
        }
        _ => {}
    }
}

pub fn flip_signature(token: &str) -> String {
    let Some((message, signature)) = token.rsplit_once('.') else {
        return token.to_owned();
    };
    let flipped: String = signature
        .chars()
        .enumerate()
        .map(|(index, c)| match (index, c) {
            (10, 'A') => 'B',
            (10, _) => 'A',
            _ => c,
        })
        .collect();
    format!("{message}.{flipped}")
}
