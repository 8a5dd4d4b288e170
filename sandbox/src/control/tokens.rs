//! Mints tokens with chosen claims, right or wrong, for tests of an API.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::clients::{default_client, token_exchange};
use super::refused;
use crate::entra::mint::{self, Proof, Subject};
use crate::entra::scopes::{Resource, Scopes};
use crate::error::Error;
use crate::http::{Origin, json_response};
use crate::jwt::{self, Parts};
use crate::state::Shared;
use crate::{clock, keys, random};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    /// Object id or name; absent = an app-only token.
    persona: Option<String>,
    #[serde(default = "default_client")]
    client: String,
    #[serde(default)]
    kind: Kind,
    /// Delegated permissions; absent = all the client has.
    scopes: Option<Vec<String>>,
    nonce: Option<String>,
    /// Replace or add; null removes.
    #[serde(default)]
    claims: Map<String, Value>,
    /// JSON text before the claims' closing brace, for what no map can hold, such as a member given twice.
    #[serde(default)]
    raw_claims: String,
    /// The same for the JOSE header.
    #[serde(default)]
    header: Map<String, Value>,
    /// `valid`, `foreign_key`, `bad_signature`, `none` or `hs256`.
    #[serde(default)]
    signature: Signature,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Access token for the chat application's API.
    #[default]
    Api,
    Graph,
    CognitiveServices,
    AiAzure,
    IdToken,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    #[default]
    Valid,
    ForeignKey,
    #[serde(rename = "bad_signature")]
    Flipped,
    None,
    Hs256,
}

/// `POST /_sandbox/tokens`
pub async fn mint(State(state): State<Shared>, origin: Origin, body: Bytes) -> Response {
    let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
    let order: Order = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return refused(&error.to_string()),
    };
    match make(&state, &origin.0, &order) {
        Ok((token, claims)) => json_response(
            StatusCode::CREATED,
            json!({"access_token": token, "token_type": "Bearer", "expires_in": 3599, "claims": claims}),
        ),
        Err(error) => refused(&error.to_string()),
    }
}

fn make(state: &Shared, origin: &str, order: &Order) -> Result<(String, Value), Error> {
    let client = state.client(&order.client).ok_or_else(|| Error::Other("no such client".into()))?;
    let resource = match order.kind {
        Kind::Graph => Resource::Graph,
        Kind::CognitiveServices => Resource::CognitiveServices,
        Kind::AiAzure => Resource::AiAzure,
        Kind::Api | Kind::IdToken => Resource::Api,
    };
    let (token, _) = match &order.persona {
        None => mint::app_only(state, origin, &client, resource, Proof::Secret)?,
        Some(wanted) => {
            let persona = state
                .directory()
                .personas
                .iter()
                .find(|p| p.oid == *wanted || p.name == *wanted)
                .cloned()
                .ok_or_else(|| Error::Other("no such persona".into()))?;
            let sid = random::guid();
            let subject = Subject {
                client: &client,
                persona: &persona,
                sid: &sid,
                login_hint: None,
                auth_time: clock::unix_secs(),
            };
            if order.kind == Kind::IdToken {
                let scopes = Scopes::parse("openid profile email").map_err(|error| Error::Other(error.text))?;
                let nonce = order.nonce.as_deref();
                (mint::id_token(state, origin, &subject, &scopes, nonce)?, 0)
            } else {
                let scopes = order.scopes.clone().unwrap_or_else(|| match resource {
                    Resource::Graph => client.graph_scopes.clone(),
                    Resource::Api => vec![crate::constants::API_SCOPE.into()],
                    _ => vec!["user_impersonation".into()],
                });
                mint::delegated(state, origin, &subject, resource, &scopes, Proof::Secret)?
            }
        }
    };
    resign(state, &token, order)
}

/// Applies the ordered claims and header, and signs as ordered.
fn resign(state: &Shared, token: &str, order: &Order) -> Result<(String, Value), Error> {
    let parts = Parts::parse(token).ok_or_else(|| Error::Other("not a token".into()))?;
    let mut claims = parts.claims;
    claims.extend(order.claims.clone());
    claims.retain(|_, value| !value.is_null());
    let claims = Value::Object(claims);
    let header = Value::Object(order.header.clone());
    let key = state.keys.current()?;
    let token = match order.signature {
        Signature::Valid if order.kind == Kind::Graph => jwt::graph(&key, &random::token(32), &claims),
        Signature::Valid => jwt::signed_text(&key, header, &with_raw(&claims, &order.raw_claims)),
        Signature::ForeignKey => {
            let mut header = header;
            header["kid"] = key.kid.as_str().into();
            jwt::signed(keys::foreign()?.as_ref(), header, &claims)
        }
        Signature::Flipped => crate::entra::tamper::flip_signature(&jwt::signed(&key, header, &claims)),
        Signature::None => jwt::unsigned(&claims),
        Signature::Hs256 => jwt::hs256(key.certificate_pem.as_bytes(), &key.kid, &claims),
    };
    Ok((token, claims))
}

fn with_raw(claims: &Value, raw: &str) -> String {
    let mut text = claims.to_string();
    text.insert_str(text.len() - 1, raw);
    text
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FederatedOrder {
    issuer: String,
    subject: String,
    #[serde(default = "token_exchange")]
    audience: String,
    /// Seconds from now; negative = expired.
    #[serde(default = "one_hour")]
    expires_in: i64,
}

fn one_hour() -> i64 {
    3600
}

/// `POST /_sandbox/federated-token`: what a Kubernetes cluster would project into a pod.
pub async fn federated(body: Bytes) -> Response {
    let order: FederatedOrder = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return refused(&error.to_string()),
    };
    let key = match keys::cluster() {
        Ok(key) => key,
        Err(error) => return refused(&error.to_string()),
    };
    let now = clock::unix_secs();
    let issued = now.min(now + order.expires_in - 3600);
    let claims = json!({
        "iss": order.issuer, "sub": order.subject, "aud": [order.audience],
        "iat": issued, "nbf": issued, "exp": now + order.expires_in, "jti": random::guid(),
    });
    let token = jwt::signed(&key, json!({}), &claims);
    let jwks = json!({"keys": [key.jwk(&order.issuer)]});
    json_response(StatusCode::CREATED, json!({"token": token, "jwks": jwks}))
}
