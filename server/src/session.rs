//! Who is asking: by an opaque id in a cookie, everything else about the session is in PostgreSQL.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, request::Parts},
    response::{IntoResponse as _, Response},
};
use model::{EndReason, FaultKind, Viewer};
use services::{
    Error, clock,
    people::{ActiveSession, SessionSecret, SessionState},
};
use time::OffsetDateTime;

use crate::{
    Doors, fault,
    request::{CorrelationId, cookie, cookie_line, cookie_name},
};

const COOKIE: &str = "banter";

/// Who is asking.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// Nobody that we know.
    Nobody,
    /// Somebody whose session is over.
    Gone(EndReason),
    SignedIn(ActiveSession),
}

/// It cannot be found out right now: nobody is let in, and nobody is told to sign in again.
#[derive(Debug)]
pub(crate) struct Unrecognisable(pub(crate) Error);

/// Who is asking, and does something with that.
pub(crate) async fn who(doors: &Doors, headers: &HeaderMap) -> Result<Who, Unrecognisable> {
    look_up(doors, headers, true).await
}

/// Who is asking, only to know: pages look regularly whether their session goes on, and that must not keep it alive.
pub(crate) async fn who_idly(doors: &Doors, headers: &HeaderMap) -> Result<Who, Unrecognisable> {
    look_up(doors, headers, false).await
}

async fn look_up(doors: &Doors, headers: &HeaderMap, in_use: bool) -> Result<Who, Unrecognisable> {
    let Some(secret) = secret(doors, headers) else { return Ok(Who::Nobody) };
    match doors.services.people.session(&secret, in_use).await {
        Ok(SessionState::Unknown) => Ok(Who::Nobody),
        Ok(SessionState::Ended(reason)) => Ok(Who::Gone(reason)),
        Ok(SessionState::Active(session)) => Ok(Who::SignedIn(session)),
        Err(error) => {
            tracing::error!(error = %error, "it cannot be found out who is asking");
            Err(Unrecognisable(error))
        }
    }
}

fn secret(doors: &Doors, headers: &HeaderMap) -> Option<SessionSecret> {
    // The prefix makes browsers insist on Secure, Path=/ and no Domain; they refuse it on plain http.
    let name = cookie_name(doors.is_https(), COOKIE);
    SessionSecret::from_text(cookie(headers, &name)?)
}

/// The cookie of a session that ends at `expires_at` at the latest.
///
/// `SameSite=Lax`, because people come from the provider and from links in mails, by GET; what changes anything checks
/// its origin besides.
pub(crate) fn kept(doors: &Doors, secret: &SessionSecret, expires_at: OffsetDateTime) -> Option<HeaderValue> {
    let max_age_secs = u32::try_from((expires_at - clock::now()).whole_seconds()).unwrap_or(0);
    cookie_line(doors.is_https(), COOKIE, &secret.to_text(), max_age_secs)
}

/// The cookie that forgets the session.
pub(crate) fn forgotten(doors: &Doors) -> Option<HeaderValue> {
    cookie_line(doors.is_https(), COOKIE, "", 0)
}

impl Who {
    /// The session, for whoever is signed in.
    pub(crate) fn signed_in(self) -> Option<ActiveSession> {
        match self {
            Self::SignedIn(session) => Some(session),
            Self::Nobody | Self::Gone(_) => None,
        }
    }
}

/// Who is asking, as an extractor that turns away whoever is not signed in: with a 401, for everything but pages.
pub(crate) struct SignedIn {
    pub(crate) viewer: Viewer,
}

impl FromRequestParts<Doors> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Response> {
        let Ok(correlation_id) = CorrelationId::from_request_parts(parts, doors).await;
        match who(doors, &parts.headers).await {
            Ok(Who::SignedIn(session)) => Ok(Self { viewer: session.viewer }),
            Ok(Who::Nobody) => Err(fault::problem(FaultKind::SignedOut, "Sign in first.", &correlation_id)),
            Ok(Who::Gone(reason)) => {
                let detail = format!("{} Sign in again.", reason.text());
                Err(fault::problem(FaultKind::SignedOut, &detail, &correlation_id))
            }
            Err(error) => Err(error.problem(&correlation_id)),
        }
    }
}

impl Unrecognisable {
    /// For programs.
    pub(crate) fn problem(self, correlation_id: &CorrelationId) -> Response {
        let failure = self.0.into_fault(&correlation_id.0);
        fault::problem(failure.kind, &failure.message, correlation_id).into_response()
    }
}
