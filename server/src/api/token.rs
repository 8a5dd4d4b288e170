//! The exchange of a person's token of the provider's for a short one of our own (RFC 8693), after the same checks as at
//! a sign-in.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
};
use serde::Serialize;
use services::{
    identity::{Subject, Verified},
    people::{CallerRefused, SignInEvent},
};
use url::form_urlencoded;
use utoipa::ToSchema;

use super::{
    caller,
    problem::{Kind, Problem},
};
use crate::{
    Doors,
    request::{CorrelationId, From},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// RFC 8693 §2.2.1.
#[derive(Serialize, ToSchema)]
pub(super) struct Exchanged {
    access_token: String,
    issued_token_type: &'static str,
    token_type: &'static str,
    /// Seconds.
    expires_in: u32,
    scope: &'static str,
}

/// The form's fields.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read below")]
pub(super) struct Exchange {
    #[schema(
        example = "urn:ietf:params:oauth:grant-type:token-exchange",
        pattern = "^urn:ietf:params:oauth:grant-type:token-exchange$"
    )]
    grant_type: String,
    /// A person's access token for this API from the identity provider.
    #[schema(min_length = 1)]
    subject_token: String,
    #[schema(
        example = "urn:ietf:params:oauth:token-type:access_token",
        pattern = "^urn:ietf:params:oauth:token-type:(access_token|jwt)$"
    )]
    subject_token_type: String,
}

/// Exchange a person's token of the identity provider's for a short one of Banter's (RFC 8693).
#[utoipa::path(post, path = "/api/v1/token", tag = "Tokens",
    request_body(content = Exchange, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Exchanged)))]
pub(super) async fn exchange(
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    From(client): From,
    headers: HeaderMap,
    body: Result<String, axum::extract::rejection::StringRejection>,
) -> Result<Json<Exchanged>, Problem> {
    let body = body.map_err(|rejection| super::body::rejected(&rejection))?;
    let subject_token = subject_token(&headers, &body)?;
    let bearer = doors.services.bearer.as_ref().ok_or_else(|| Problem::of(Kind::NotFound))?;
    let verified = caller::verify(bearer, &subject_token, &correlation_id).await.map_err(as_oauth)?;
    let mut event = event(&verified)?;
    event.network = client.network;
    event.user_agent = client.user_agent;
    event.correlation_id = correlation_id.0.to_string();
    let people = &doors.services.people;
    let (caller, expires_in) = match people.exchanger(verified, &subject_token).await {
        Ok(exchanger) => exchanger,
        Err(refused) => {
            match &refused {
                CallerRefused::NotAllowed => "not_allowed",
                CallerRefused::Refused { .. } | CallerRefused::Stale => "refused",
                CallerRefused::Failed(_) => "directory",
            }
            .clone_into(&mut event.outcome);
            people.record_sign_in(&event).await;
            return Err(as_oauth(caller::refusal(refused, &correlation_id)));
        }
    };
    event.user_id = Some(caller.viewer.id);
    "success".clone_into(&mut event.outcome);
    people.record_sign_in(&event).await;
    tracing::info!(user = %caller.viewer.id, client = caller.client, "a token was exchanged");
    Ok(Json(Exchanged {
        access_token: bearer.own().issue(caller.viewer.id, &caller.client, expires_in),
        issued_token_type: ACCESS_TOKEN,
        token_type: "Bearer",
        expires_in,
        scope: services::identity::SCOPE,
    }))
}

/// The form's only part that is not fixed.
fn subject_token(headers: &HeaderMap, body: &str) -> Result<String, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = content_type.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let detail = "The body has to be a form: Content-Type: application/x-www-form-urlencoded.";
        return Err(refused(Kind::UnsupportedMediaType, "invalid_request", detail));
    }
    // Parameters are not given twice (RFC 6749 §3.2); empty ones count as absent.
    let one = |name: &str| -> Result<Option<String>, Problem> {
        let mut values =
            form_urlencoded::parse(body.as_bytes()).filter(|(key, value)| key == name && !value.is_empty());
        let value = values.next().map(|(_, value)| value.into_owned());
        match values.next() {
            None => Ok(value),
            Some(_) => Err(invalid(&format!("The parameter {name} is given twice."))),
        }
    };
    let grant = one("grant_type")?.ok_or_else(|| invalid("The parameter grant_type is missing."))?;
    if grant != GRANT {
        let detail = format!("The only grant_type here is {GRANT}.");
        return Err(refused(Kind::InvalidRequest, "unsupported_grant_type", &detail));
    }
    let kind = one("subject_token_type")?.ok_or_else(|| invalid("The parameter subject_token_type is missing."))?;
    let wanted = one("requested_token_type")?.unwrap_or_else(|| ACCESS_TOKEN.to_owned());
    if kind != ACCESS_TOKEN && kind != JWT {
        return Err(invalid(&format!("The subject_token_type has to be {ACCESS_TOKEN}.")));
    }
    if wanted != ACCESS_TOKEN && wanted != JWT {
        return Err(invalid(&format!("The only requested_token_type here is {ACCESS_TOKEN}.")));
    }
    if one("actor_token")?.is_some() {
        return Err(invalid("Nobody acts for somebody else here: leave actor_token out."));
    }
    one("subject_token")?.ok_or_else(|| invalid("The parameter subject_token is missing."))
}

/// For the trail of sign-ins. Only people exchange, and only tokens of the provider's: ours would never end.
fn event(verified: &Verified) -> Result<SignInEvent, Problem> {
    let Subject::Person(person) = &verified.subject else {
        return Err(invalid("The subject_token has to be a person's token of the identity provider."));
    };
    Ok(SignInEvent {
        tid: Some(person.account.tid.clone()),
        oid: Some(person.account.oid.clone()),
        username: person.username.clone(),
        method: "token_exchange".to_owned(),
        ..SignInEvent::default()
    })
}

fn invalid(detail: &str) -> Problem {
    refused(Kind::InvalidRequest, "invalid_request", detail)
}

fn refused(kind: Kind, error: &str, detail: &str) -> Problem {
    Problem::new(kind, detail).with("error", error).with("error_description", detail)
}

/// With the members that clients of OAuth look for (RFC 8693 §2.2.2).
fn as_oauth(problem: Problem) -> Problem {
    let detail = problem.detail().to_owned();
    match problem.kind {
        // The token is a parameter here, and not what opens the door.
        Kind::InvalidToken => refused(Kind::InvalidRequest, "invalid_request", &detail),
        Kind::MissingRight => problem.with("error", "invalid_scope").with("error_description", detail),
        Kind::NoAccess => problem.with("error", "access_denied").with("error_description", detail),
        _ => problem.with("error", "temporarily_unavailable").with("error_description", detail),
    }
}
