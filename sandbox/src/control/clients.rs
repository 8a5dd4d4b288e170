//! Looking at and changing application registrations.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused;
use crate::clients::{Certificate, Client, FederatedCredential};
use crate::constants::CLIENT_ID;
use crate::http::json_response;
use crate::keys::{SigningKey, thumbprint_sha1, thumbprint_sha256};
use crate::state::Shared;

pub async fn list(State(state): State<Shared>) -> Response {
    let clients = state.directory().clients.clone();
    json_response(StatusCode::OK, json!({"clients": clients}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    secrets: Option<Vec<String>>,
    redirect_uris: Option<Vec<String>>,
    frontchannel_logout: Option<String>,
    graph_scopes: Option<Vec<String>>,
    graph_roles: Option<Vec<String>>,
    api_roles: Option<Vec<String>>,
    openai_user: Option<bool>,
}

/// Any of the members above.
pub async fn change(State(state): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let patch: Patch = match serde_json::from_slice(&body) {
        Ok(patch) => patch,
        Err(error) => return refused(&error.to_string()),
    };
    with_client(&state, &id, |client| {
        fn set<T>(target: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *target = value;
            }
        }
        set(&mut client.secrets, patch.secrets);
        set(&mut client.redirect_uris, patch.redirect_uris);
        set(&mut client.graph_scopes, patch.graph_scopes);
        set(&mut client.graph_roles, patch.graph_roles);
        set(&mut client.api_roles, patch.api_roles);
        set(&mut client.openai_user, patch.openai_user);
        if let Some(url) = patch.frontchannel_logout {
            client.frontchannel_logout = (!url.is_empty()).then_some(url);
        }
        (StatusCode::OK, json!(client))
    })
}

fn with_client(state: &Shared, id: &str, change: impl FnOnce(&mut Client) -> (StatusCode, Value)) -> Response {
    let mut directory = state.directory();
    match directory.clients.iter_mut().find(|client| client.id == id) {
        Some(client) => {
            let (status, body) = change(client);
            json_response(status, body)
        }
        None => json_response(StatusCode::NOT_FOUND, json!({"error": "no such client"})),
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCertificate {
    /// PEM; absent = one is made, and returned with its private key.
    certificate: Option<String>,
}

/// `{"certificate": "PEM"}`, or `{}` for one made here.
pub async fn add_certificate(State(state): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
    let new: NewCertificate = match serde_json::from_slice(body) {
        Ok(new) => new,
        Err(error) => return refused(&error.to_string()),
    };
    let (pem, private_key) = match new.certificate {
        Some(pem) => (pem, None),
        None => match tokio::task::spawn_blocking(SigningKey::generate).await {
            Ok(Ok(key)) => (key.certificate_pem, Some(key.private_pem)),
            Ok(Err(error)) => return refused(&error.to_string()),
            Err(error) => return refused(&error.to_string()),
        },
    };
    let Some(der) = certificate_der(&pem) else {
        return refused("the certificate is not PEM (-----BEGIN CERTIFICATE-----)");
    };
    if jsonwebtoken::DecodingKey::from_rsa_pem(pem.as_bytes()).is_err() {
        return refused("the certificate holds no RSA key");
    }
    let certificate = Certificate { x5t: thumbprint_sha1(&der), x5t_s256: thumbprint_sha256(&der), pem };
    with_client(&state, &id, |client| {
        let body = json!({
            "certificate": certificate.pem, "private_key": private_key,
            "x5t": certificate.x5t, "x5t#S256": certificate.x5t_s256,
        });
        client.certificates.push(certificate);
        (StatusCode::CREATED, body)
    })
}

pub async fn remove_certificates(State(state): State<Shared>, Path(id): Path<String>) -> Response {
    with_client(&state, &id, |client| {
        client.certificates.clear();
        (StatusCode::OK, json!({}))
    })
}

fn certificate_der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFederated {
    issuer: String,
    subject: String,
    #[serde(default = "token_exchange")]
    audience: String,
    /// The issuer's key set; absent = the sandbox's own stand-in cluster (`POST /_sandbox/federated-token`).
    #[serde(default)]
    jwks: Value,
}

pub fn token_exchange() -> String {
    "api://AzureADTokenExchange".into()
}

/// `{"issuer", "subject", "audience"?, "jwks"?}`
pub async fn add_federated(State(state): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let new: NewFederated = match serde_json::from_slice(&body) {
        Ok(new) => new,
        Err(error) => return refused(&error.to_string()),
    };
    with_client(&state, &id, |client| {
        let credential =
            FederatedCredential { issuer: new.issuer, subject: new.subject, audience: new.audience, jwks: new.jwks };
        let body = json!(credential);
        client.federated.push(credential);
        (StatusCode::CREATED, body)
    })
}

pub async fn remove_federated(State(state): State<Shared>, Path(id): Path<String>) -> Response {
    with_client(&state, &id, |client| {
        client.federated.clear();
        (StatusCode::OK, json!({}))
    })
}

/// The client most requests are about.
pub fn default_client() -> String {
    CLIENT_ID.into()
}
