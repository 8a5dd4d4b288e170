//! The token endpoint: faults, client authentication, then the grant.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::errors::TokenError;
use super::mint::Refresh;
use super::tenant::Authority;
use super::{client_auth, discovery, grants, reply};
use crate::faults::{Fault, Target};
use crate::http::{Origin, json_response};
use crate::personas::Persona;
use crate::state::Shared;

/// A token request together with what the handlers need to answer it.
pub struct Call<'a> {
    pub state: &'a Shared,
    pub origin: &'a str,
    pub authority: Authority,
    form: HashMap<String, String>,
}

impl Call<'_> {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    pub fn required(&self, name: &str) -> Result<&str, TokenError> {
        self.field(name).ok_or_else(|| client_auth::missing(name))
    }

    fn fault(&self, kinds: &[&str], persona: Option<&Persona>) -> Option<Fault> {
        let target = Target {
            path: "/oauth2/v2.0/token",
            method: "POST",
            persona,
            grant_type: self.field("grant_type"),
            ..Target::default()
        };
        self.state.faults.take("entra", kinds, &target)
    }

    /// Who the request is about, as far as it says, so that faults can be aimed at one person.
    fn persona(&self) -> Option<Persona> {
        let oid = if let Some(code) = self.field("code") {
            self.state.directory().codes.get(code)?.oid.clone()
        } else {
            Refresh::unseal(self.field("refresh_token")?)?.oid
        };
        self.state.persona(&oid)
    }
}

/// `POST /{tenant}/oauth2/v2.0/token`
pub async fn token(
    State(state): State<Shared>,
    Path(tenant): Path<String>,
    origin: Origin,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authority = match Authority::parse(&tenant) {
        Ok(authority) => authority,
        Err(response) => return *response,
    };
    let call = Call {
        state: &state,
        origin: &origin.0,
        authority,
        form: form_urlencoded::parse(&body).into_owned().collect(),
    };
    let persona = call.persona();
    if call.fault(&["hang"], persona.as_ref()).is_some() {
        std::future::pending::<()>().await;
    }
    if call.fault(&["down"], persona.as_ref()).is_some() {
        return discovery::unavailable();
    }
    if let Some(fault) = call.fault(&["token_error"], persona.as_ref()) {
        return scripted(&fault).into_response_at(&origin.0);
    }
    match answer(&call, &headers, persona.as_ref()) {
        Ok(body) => reply::token_headers(json_response(StatusCode::OK, body)),
        Err(error) => error.into_response_at(&origin.0),
    }
}

/// The error a fault describes: `{error, code, text, suberror, claims, status, retry_after}`.
fn scripted(fault: &Fault) -> TokenError {
    let claims = match fault.params.get("claims") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Null) | None => None,
        Some(value) => Some(value.to_string()),
    };
    TokenError {
        error: fault.str("error").unwrap_or("invalid_grant").into(),
        code: fault.number("code").unwrap_or(700082) as u32,
        text: fault.str("text").unwrap_or("The request was turned down by a fault ordered from the sandbox.").into(),
        suberror: fault.str("suberror").map(Into::into),
        claims,
        status: fault.number("status").and_then(|status| StatusCode::from_u16(status as u16).ok()),
        retry_after_secs: fault.number("retry_after"),
    }
}

fn answer(call: &Call<'_>, headers: &HeaderMap, persona: Option<&Persona>) -> Result<Value, TokenError> {
    let grant_type = call.required("grant_type")?.to_owned();
    if headers.contains_key("origin") {
        return Err(TokenError::new(
            "invalid_request",
            9002326,
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
        ));
    }
    // What runs on somebody's own machine has no secret to keep.
    if grant_type == "urn:ietf:params:oauth:grant-type:device_code" {
        let id = call.required("client_id")?;
        let client = call.state.client(id).ok_or_else(|| client_auth::unknown(id))?;
        return super::device::redeem(call, &client);
    }
    let (client, proof) = client_auth::authenticate(call.state, call.origin, headers, &call.form)?;
    let mut body = match grant_type.as_str() {
        "authorization_code" => grants::authorization_code(call, &client, proof),
        "refresh_token" => grants::refresh_token(call, &client, proof),
        "client_credentials" => grants::client_credentials(call, &client, proof),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => grants::on_behalf_of(call, &client, proof),
        other => Err(TokenError::new(
            "unsupported_grant_type",
            70003,
            format!("The app requested an unsupported grant type '{other}'."),
        )),
    }?;
    if let Some(members) = body.as_object_mut() {
        for (kind, member) in [("no_id_token", "id_token"), ("no_refresh_token", "refresh_token")] {
            if members.contains_key(member) && call.fault(&[kind], persona).is_some() {
                members.remove(member);
            }
        }
        if let Some(fault) = call.fault(&["expires_in"], persona) {
            let secs = fault.params.get("secs").cloned().unwrap_or(json!(60));
            members.insert("expires_in".into(), secs);
        }
    }
    Ok(body)
}
