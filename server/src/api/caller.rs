//! Who calls: by the bearer token in `Authorization` (RFC 6750), and by nothing else.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::UserId;
use services::{
    clock,
    identity::{Bearer, BearerError, MissingRight, ROLE, SCOPE, Verified},
    people::{Caller, CallerRefused},
};
use utoipa::IntoParams;

use super::{
    limits::Told,
    problem::{Kind, Problem},
};
use crate::{Doors, request::CorrelationId};

/// Somebody who may call, as the first parameter of every handler.
pub(crate) struct Calling {
    pub(crate) caller: Caller,
    /// For streams, which have it checked again while they last.
    pub(crate) token: Arc<str>,
    /// Which pays for what is asked.
    pub(crate) cost_centre: Option<String>,
}

const COST_CENTRE: HeaderName = HeaderName::from_static("banter-cost-centre");

/// For the description.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; it is read below")]
pub(super) struct CostCentreHeader {
    /// For applications that call by themselves: the cost centre that pays, one of those that the application may act in.
    #[param(rename = "Banter-Cost-Centre", min_length = 1, max_length = 60, pattern = "^[!-~]+$")]
    cost_centre: Option<String>,
}

/// The cost centre that is named, if `caller` may act in it.
fn cost_centre(doors: &Doors, headers: &HeaderMap, caller: &Caller) -> Result<Option<String>, Problem> {
    let mut named = headers.get_all(COST_CENTRE).iter();
    let Some(first) = named.next() else { return Ok(None) };
    let centre = first.to_str().ok().filter(|_| named.next().is_none());
    let centre =
        centre.ok_or_else(|| Problem::new(Kind::InvalidRequest, "Banter-Cost-Centre is not one cost centre."))?;
    let allowed = doors.services.config.api.iter().flat_map(|api| &api.cost_centres);
    let mut allowed = allowed.filter(|(client, _)| caller.is_service && client.eq_ignore_ascii_case(&caller.client));
    if allowed.any(|(_, allowed)| allowed == centre) {
        Ok(Some(centre.to_owned()))
    } else {
        let detail = "This caller may not act in the cost centre that Banter-Cost-Centre names (see API_COST_CENTRES).";
        Err(Problem::new(Kind::MissingRight, detail))
    }
}

impl Calling {
    pub(crate) fn id(&self) -> UserId {
        self.caller.viewer.id
    }
}

impl FromRequestParts<Doors> for Calling {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Problem> {
        let Ok(correlation_id) = CorrelationId::from_request_parts(parts, doors).await;
        let bearer = doors.services.bearer.as_ref().ok_or_else(|| Problem::of(Kind::NotFound))?;
        let token = bearer_token(&parts.headers)?;
        let verified = verify(bearer, token, &correlation_id).await?;
        let caller = doors.services.people.caller(verified, token).await;
        let caller = caller.map_err(|refused| refusal(refused, &correlation_id))?;
        let told = parts.extensions.get::<Told>().cloned().unwrap_or_default();
        doors.call_limits.take(caller.viewer.id, &told).map_err(|wait| {
            let secs = wait.as_secs() + 1;
            Problem::new(Kind::TooManyRequests, format!("Too many requests: try again in {secs} s.")).retry_after(secs)
        })?;
        tracing::debug!(
            correlation_id = &*correlation_id.0,
            user = %caller.viewer.id,
            client = caller.client,
            method = %parts.method,
            path = parts.uri.path(),
            "a call"
        );
        let cost_centre = cost_centre(doors, &parts.headers, &caller)?;
        Ok(Self { token: token.into(), cost_centre, caller })
    }
}

/// The one token of a request.
fn bearer_token(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (first, more) = (lines.next(), lines.next());
    // Without a token there is nothing wrong with one (RFC 6750 §3.1).
    let none = || {
        Problem::new(Kind::InvalidToken, "A bearer token is needed: Authorization: Bearer <token>.")
            .challenge("Bearer realm=\"banter\"")
    };
    if more.is_some() {
        return Err(not_accepted("There is more than one Authorization header."));
    }
    let line = first.ok_or_else(none)?;
    let line = line.to_str().map_err(|_| not_accepted("The token is not accepted: it is not text."))?;
    match line.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => Ok(token.trim()),
        _ => Err(none()),
    }
}

/// Whether `token` is to be believed.
pub(super) async fn verify(bearer: &Bearer, token: &str, correlation_id: &CorrelationId) -> Result<Verified, Problem> {
    bearer.verify(token, clock::now().unix_timestamp()).await.map_err(|error| match error {
        BearerError::Invalid(why) => {
            tracing::info!(correlation_id = &*correlation_id.0, why, "a token was not accepted");
            not_accepted(&why)
        }
        BearerError::Missing(right) => {
            tracing::info!(correlation_id = &*correlation_id.0, why = %right, "a token lacks a right");
            let (name, detail) = match right {
                MissingRight::Scope => (Some(SCOPE), right.to_string()),
                MissingRight::Role => (Some(ROLE), right.to_string()),
                MissingRight::Client => (None, right.to_string()),
            };
            let scope = name.map(|name| format!(", scope=\"{name}\"")).unwrap_or_default();
            let challenge = format!("Bearer error=\"insufficient_scope\", error_description=\"{detail}\"{scope}");
            Problem::new(Kind::MissingRight, detail).challenge(&challenge)
        }
        BearerError::Unknown(error) => {
            tracing::error!(correlation_id = &*correlation_id.0, error, "tokens cannot be verified now");
            Problem::new(
                Kind::Unavailable,
                "Tokens cannot be verified right now, because the provider does not answer.",
            )
            .retry_after(5)
        }
    })
}

/// What to tell somebody with a believable token who may not call.
pub(super) fn refusal(refused: CallerRefused, correlation_id: &CorrelationId) -> Problem {
    match refused {
        CallerRefused::NotAllowed => {
            Problem::new(Kind::NoAccess, "You are in no group and have no app role that may use Banter.")
        }
        CallerRefused::Refused { claims: Some(claims) } => {
            let claims = STANDARD.encode(claims);
            Problem::new(Kind::InvalidToken, "The provider wants to see you first: sign in again with these claims.")
                .challenge(&format!("Bearer error=\"insufficient_claims\", claims=\"{claims}\""))
        }
        CallerRefused::Refused { claims: None } => {
            not_accepted("The token is not accepted: the provider does not vouch for its owner any more.")
        }
        CallerRefused::Stale => {
            not_accepted("The token is not accepted: its owner's access has to be confirmed. Exchange a new one.")
        }
        CallerRefused::Failed(error) => {
            let problem = Problem::failed(error, correlation_id);
            if problem.kind == Kind::Unavailable { problem.retry_after(5) } else { problem }
        }
    }
}

fn not_accepted(why: &str) -> Problem {
    // Quotation marks and backslashes would end the parameter; there are none in our sentences.
    let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{why}\"");
    Problem::new(Kind::InvalidToken, why).challenge(&challenge)
}
