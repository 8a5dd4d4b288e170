//! Signing in on a device without a browser (RFC 8628; Microsoft: "OAuth 2.0 device authorization grant").

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::client_auth;
use super::errors::TokenError;
use super::mint::{Proof, Refresh};
use super::page;
use super::scopes::Scopes;
use super::tenant::Authority;
use super::token::Call;
use super::{grants, reply};
use crate::clients::Client;
use crate::http::{Origin, html, json_response};
use crate::state::Shared;
use crate::{clock, random};

const LIFETIME_SECS: i64 = 900;
/// Entra says 5.
const INTERVAL_SECS: u64 = 1;

/// Somebody who was shown a code.
pub struct Device {
    pub user_code: String,
    client_id: String,
    scope: String,
    expires_at: i64,
    outcome: Outcome,
}

#[derive(Clone, PartialEq, Eq)]
enum Outcome {
    Waiting,
    Declined,
    SignedIn(String),
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`
pub async fn begin(State(state): State<Shared>, Path(tenant): Path<String>, origin: Origin, body: Bytes) -> Response {
    if let Err(response) = Authority::parse(&tenant) {
        return *response;
    }
    let field = |name: &str| {
        let mut fields = form_urlencoded::parse(&body);
        fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    let Some(client_id) = field("client_id") else {
        return client_auth::missing("client_id").into_response_at(&origin.0);
    };
    if state.client(&client_id).is_none() {
        return client_auth::unknown(&client_id).into_response_at(&origin.0);
    }
    let Some(scope) = field("scope") else {
        return client_auth::missing("scope").into_response_at(&origin.0);
    };
    if let Err(error) = Scopes::parse(&scope) {
        return error.into_response_at(&origin.0);
    }
    let (device_code, user_code) = (random::token(40), random::token(9).to_uppercase());
    let uri = format!("{}/{tenant}/device", origin.0);
    let message =
        format!("To sign in, use a web browser to open the page {uri} and enter the code {user_code} to authenticate.");
    let expires_at = clock::unix_secs() + LIFETIME_SECS;
    let device = Device { user_code: user_code.clone(), client_id, scope, expires_at, outcome: Outcome::Waiting };
    state.directory().devices.insert(device_code.clone(), device);
    reply::token_headers(json_response(
        StatusCode::OK,
        json!({
            "user_code": user_code, "device_code": device_code, "verification_uri": uri,
            "expires_in": LIFETIME_SECS, "interval": INTERVAL_SECS, "message": message,
        }),
    ))
}

/// `GET /{tenant}/device`: where the code is entered.
pub async fn show(State(state): State<Shared>, Path(tenant): Path<String>) -> Response {
    let people = state.directory().personas.clone();
    html(StatusCode::OK, page::device(&tenant, &people, None))
}

/// `POST /{tenant}/device`
pub async fn decide(State(state): State<Shared>, Path(tenant): Path<String>, body: Bytes) -> Response {
    let fields: std::collections::HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let code = fields.get("code").map(|code| code.trim().to_uppercase()).unwrap_or_default();
    let people = state.directory().personas.clone();
    let said = if decided(&state, &code, fields.get("persona").map(String::as_str)) {
        "Done. You can close this window."
    } else {
        "There is no such code."
    };
    html(StatusCode::OK, page::device(&tenant, &people, Some(said)))
}

/// Somebody signs in with a code, or with nobody declines.
pub fn decided(state: &Shared, code: &str, persona: Option<&str>) -> bool {
    let mut directory = state.directory();
    let oid = persona.and_then(|wanted| {
        let found = directory.personas.iter().find(|known| known.oid == wanted || known.name == wanted);
        found.map(|known| known.oid.clone())
    });
    let device = directory.devices.values_mut().find(|device| device.user_code == code);
    let Some(device) = device else { return false };
    device.outcome = oid.map_or(Outcome::Declined, Outcome::SignedIn);
    true
}

/// The grant, asked for again and again.
pub fn redeem(call: &Call<'_>, client: &Client) -> Result<Value, TokenError> {
    let code = call.required("device_code")?;
    let refused = |error, number, text: &str| Err(TokenError::new(error, number, text));
    let (scope, outcome) = {
        let mut directory = call.state.directory();
        let Some(device) = directory.devices.get(code).filter(|device| device.client_id == client.id) else {
            return refused("bad_verification_code", 70020, "The device code is not one that was issued.");
        };
        if device.expires_at < clock::unix_secs() {
            return refused(
                "expired_token",
                70020,
                "The provided value for the input parameter 'device_code' expired.",
            );
        }
        let found = (device.scope.clone(), device.outcome.clone());
        if found.1 != Outcome::Waiting {
            directory.devices.remove(code);
        }
        found
    };
    match outcome {
        Outcome::Waiting => {
            refused("authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending.")
        }
        Outcome::Declined => refused("authorization_declined", 70018, "The end user denied the authorization request."),
        Outcome::SignedIn(oid) => {
            let persona = call.state.persona(&oid);
            let refresh = Refresh {
                client_id: client.id.clone(),
                oid,
                sid: random::guid(),
                login_hint: None,
                scope,
                auth_time: clock::unix_secs(),
                issued_at: clock::unix_secs(),
                revocations: persona.map(|persona| persona.revocations).unwrap_or_default(),
            };
            grants::user_tokens(call, client, Proof::Public, refresh, None)
        }
    }
}
