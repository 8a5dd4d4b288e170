//! What each grant type gives, once the client is known.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::errors::TokenError;
use super::mint::{self, Proof, Refresh, Subject};
use super::scopes::{Resource, Scopes};
use super::tenant::Authority;
use super::token::Call;
use super::{client_auth, codes};
use crate::clients::Client;
use crate::constants::{API_AUDIENCE, API_SCOPE, CLIENT_ID};
use crate::personas::Persona;
use crate::state::Shared;
use crate::{clock, jwt};

pub fn authorization_code(call: &Call<'_>, client: &Client, proof: Proof) -> Result<Value, TokenError> {
    let code = call.required("code")?;
    let grant = codes::redeem(
        &mut call.state.directory(),
        code,
        &client.id,
        call.field("redirect_uri"),
        call.field("code_verifier"),
    )?;
    let login_hint = call
        .state
        .directory()
        .browsers
        .values()
        .flatten()
        .find(|session| session.sid == grant.sid)
        .map(|session| session.login_hint.clone());
    let refresh = Refresh {
        client_id: client.id.clone(),
        oid: grant.oid.clone(),
        sid: grant.sid.clone(),
        login_hint,
        scope: grant.scope.clone(),
        auth_time: grant.auth_time,
        issued_at: clock::unix_secs(),
        revocations: grant.revocations,
    };
    user_tokens(call, client, proof, refresh, grant.nonce.as_deref())
}

pub fn refresh_token(call: &Call<'_>, client: &Client, proof: Proof) -> Result<Value, TokenError> {
    let token = call.required("refresh_token")?;
    let Some(mut refresh) = Refresh::unseal(token) else {
        return Err(TokenError::new("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."));
    };
    if refresh.client_id != client.id {
        return Err(TokenError::new("invalid_grant", 70000, "Provided grant is invalid or malformed.")
            .suberror("client_mismatch"));
    }
    let persona = usable_persona(call.state, &refresh.oid)?;
    if refresh.revocations != persona.revocations {
        return Err(TokenError::new(
            "invalid_grant",
            50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
        ));
    }
    refresh.issued_at = clock::unix_secs();
    // Redeeming for one resource does not narrow the token down: the next one is bound to user and client only.
    user_tokens(call, client, proof, refresh, None)
}

fn usable_persona(state: &Shared, oid: &str) -> Result<Persona, TokenError> {
    let persona = state
        .persona(oid)
        .ok_or_else(|| TokenError::new("invalid_grant", 50034, "The user account does not exist in the directory."))?;
    if persona.disabled {
        return Err(TokenError::new("invalid_grant", 50057, "The user account is disabled."));
    }
    Ok(persona)
}

/// The reply to a code or a refresh token.
pub fn user_tokens(
    call: &Call<'_>,
    client: &Client,
    proof: Proof,
    refresh: Refresh,
    nonce: Option<&str>,
) -> Result<Value, TokenError> {
    let persona = usable_persona(call.state, &refresh.oid)?;
    let granted = Scopes::parse(&refresh.scope)?;
    let (scopes, resource) = match call.field("scope") {
        Some(text) => {
            let asked = Scopes::parse(text)?;
            let resource = asked.single_resource()?;
            (asked, resource)
        }
        None => (granted.clone(), granted.first_resource()),
    };
    if let Some(name) = scopes.missing_consent(&client.graph_scopes) {
        return Err(TokenError::new(
            "invalid_grant",
            65001,
            format!(
                "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an interactive authorization request for this user and resource. Missing: {name}.",
                client.id, client.name
            ),
        )
        .suberror("consent_required"));
    }
    let permissions = permissions(client, &scopes, resource);
    let subject = Subject {
        client,
        persona: &persona,
        sid: &refresh.sid,
        login_hint: refresh.login_hint.as_deref(),
        auth_time: refresh.auth_time,
    };
    let (access_token, lifetime) =
        mint::delegated(call.state, call.origin, &subject, resource, &permissions, proof).map_err(internal)?;
    let mut body = json!({
        "token_type": "Bearer",
        "scope": granted_text(&granted, resource, &permissions),
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": access_token,
    });
    if granted.offline_access {
        body["refresh_token"] = refresh.seal().map_err(internal)?.into();
    }
    if granted.openid {
        body["id_token"] = mint::id_token(call.state, call.origin, &subject, &granted, nonce).map_err(internal)?.into();
    }
    Ok(body)
}

/// What of the asked permissions the token carries.
fn permissions(client: &Client, scopes: &Scopes, resource: Resource) -> Vec<String> {
    let asked: Vec<&str> = scopes.of(resource).collect();
    match resource {
        Resource::Graph if asked.is_empty() || asked.contains(&".default") => client.graph_scopes.clone(),
        Resource::Graph => client
            .graph_scopes
            .iter()
            .filter(|name| asked.iter().any(|a| a.eq_ignore_ascii_case(name)))
            .cloned()
            .collect(),
        Resource::Api => vec![API_SCOPE.into()],
        Resource::CognitiveServices | Resource::AiAzure => vec!["user_impersonation".into()],
    }
}

fn granted_text(scopes: &Scopes, resource: Resource, permissions: &[String]) -> String {
    let mut names: Vec<String> = [("openid", scopes.openid), ("profile", scopes.profile), ("email", scopes.email)]
        .iter()
        .filter(|(_, granted)| *granted)
        .map(|(name, _)| (*name).to_owned())
        .collect();
    names.extend(permissions.iter().map(|name| match resource {
        Resource::Graph => name.clone(),
        other => format!("{}/{name}", other.audience()),
    }));
    names.join(" ")
}

pub fn client_credentials(call: &Call<'_>, client: &Client, proof: Proof) -> Result<Value, TokenError> {
    if call.authority != Authority::Tenant {
        return Err(TokenError::new(
            "invalid_request",
            9001023,
            format!(
                "The grant type is not supported over the /{} endpoint. Please use the /organizations or tenant-specific endpoint.",
                call.authority.segment()
            ),
        ));
    }
    let text = call.required("scope")?;
    if text.split_whitespace().count() != 1 || !text.ends_with("/.default") {
        return Err(TokenError::new(
            "invalid_scope",
            1002012,
            format!(
                "The provided value for scope {text} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
            ),
        ));
    }
    let resource = Scopes::parse(text)?.single_resource()?;
    let (access_token, lifetime) =
        mint::app_only(call.state, call.origin, client, resource, proof).map_err(internal)?;
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": access_token,
    }))
}

/// The presented token must have been issued for this very application, and to a person.
pub fn on_behalf_of(call: &Call<'_>, client: &Client, proof: Proof) -> Result<Value, TokenError> {
    let refused = |code, text: &str| Err(TokenError::new("invalid_grant", code, text));
    if call.field("requested_token_use") != Some("on_behalf_of") {
        return Err(client_auth::missing("requested_token_use"));
    }
    let assertion = call.required("assertion")?;
    let published = call.state.keys.published().map_err(internal)?;
    let Some(parts) = jwt::verified(assertion, &published) else {
        return refused(
            50013,
            "Assertion failed signature validation. Reason - The provided signature value did not match the expected signature value.",
        );
    };
    let audience = parts.audiences().first().copied().unwrap_or_default();
    let own = client.id == CLIENT_ID && (audience == CLIENT_ID || audience == API_AUDIENCE);
    if !own {
        return refused(
            500131,
            "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was not the client's.",
        );
    }
    if parts.time("exp").unwrap_or(0) < clock::unix_secs() {
        return refused(500133, "Assertion is not within its valid time range.");
    }
    if parts.str("scp").is_none() {
        return refused(50000, "The on-behalf-of flow needs a token of a user; app-only tokens are not accepted.");
    }
    let refresh = Refresh {
        client_id: client.id.clone(),
        oid: parts.str("oid").unwrap_or_default().to_owned(),
        sid: parts.str("sid").unwrap_or_default().to_owned(),
        login_hint: None,
        scope: call.required("scope")?.to_owned(),
        auth_time: clock::unix_secs(),
        issued_at: clock::unix_secs(),
        revocations: 0,
    };
    user_tokens(call, client, proof, refresh, None)
}

fn internal(error: crate::error::Error) -> TokenError {
    TokenError::new("server_error", 90033, error.to_string()).status(StatusCode::INTERNAL_SERVER_ERROR)
}
