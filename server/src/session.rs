//! The session: an opaque id in the browser, everything else in PostgreSQL. And who is asking, by it.

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse as _, Response},
};
use model::{FaultKind, UserId, Viewer};
use serde::{Deserialize, Serialize};
use services::{
    Services, clock,
    identity::{Finished, Tokens},
    people::SessionContent,
};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error as StoreError, Result as StoreResult},
};

use crate::{fault, request::CorrelationId};

/// A working day and a bit; then the provider is asked again, mostly without anybody noticing.
const LIFETIME: Duration = Duration::hours(12);
/// What is in a session, as the store takes and gives it.
const CONTENT: &str = "content";
const VIEWER: &str = "viewer";

/// Reads and writes the session cookie.
pub(crate) fn layer(services: &Arc<Services>) -> SessionManagerLayer<Store> {
    let https = services.config.origin.is_https();
    SessionManagerLayer::new(Store(Arc::clone(services)))
        // The prefix makes browsers insist on Secure, Path=/ and no Domain; they refuse it on plain http.
        .with_name(if https { "__Host-banter" } else { "banter" })
        .with_secure(https)
        .with_http_only(true)
        // Lax, because people come from the provider and from links in mails, by GET; what changes anything checks
        // its origin besides.
        .with_same_site(SameSite::Lax)
        .with_path("/")
}

/// Who is asking. As an extractor it turns away whoever is not signed in: with a 401, for everything but pages.
pub(crate) struct SignedIn {
    pub(crate) viewer: Viewer,
    pub(crate) expires_at: OffsetDateTime,
}

/// The session cannot be looked up: nobody is let in, and nobody is told to sign in again.
#[derive(Debug)]
pub(crate) struct SessionsUnavailable;

/// Who is asking, if anybody.
pub(crate) async fn who(session: &Session) -> Result<Option<SignedIn>, SessionsUnavailable> {
    let viewer = session.get::<Viewer>(VIEWER).await.map_err(|error| {
        tracing::error!(error = %error, "sessions cannot be looked up");
        SessionsUnavailable
    })?;
    let content = session.get::<Content>(CONTENT).await.map_err(|_| SessionsUnavailable)?;
    Ok(viewer.zip(content).map(|(viewer, content)| SignedIn { viewer, expires_at: content.expires_at }))
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Ok(correlation_id) = CorrelationId::from_request_parts(parts, state).await;
        let session = Session::from_request_parts(parts, state).await.map_err(|error| error.into_response())?;
        match who(&session).await {
            Ok(Some(signed_in)) => Ok(signed_in),
            Ok(None) => Err(fault::problem(FaultKind::SignedOut, "Sign in first.", &correlation_id)),
            Err(SessionsUnavailable) => {
                Err(fault::problem(FaultKind::Unavailable, "Sessions cannot be looked up right now.", &correlation_id))
            }
        }
    }
}

/// Begins a new session, under a new id, for somebody who just signed in.
pub(crate) async fn begin(
    session: &Session,
    user_id: UserId,
    finished: Finished,
) -> Result<(), tower_sessions::session::Error> {
    // The old id dies with whatever it stood for: an id planted before the sign-in is worth nothing after it.
    session.clear().await;
    session.cycle_id().await?;
    let expires_at = clock::now() + LIFETIME;
    session.set_expiry(Some(Expiry::AtDateTime(expires_at)));
    let content = Content { user_id, sid: finished.sid, expires_at, tokens: Some(finished.tokens) };
    session.insert(CONTENT, content).await?;
    session.save().await
}

/// The tokens of a session, as the hint for signing out at the provider.
pub(crate) async fn tokens(services: &Services, session: &Session) -> Option<Tokens> {
    services.people.session_tokens(&session.id()?.0.to_be_bytes()).await.ok().flatten()
}

#[derive(Clone, Serialize, Deserialize)]
struct Content {
    user_id: UserId,
    sid: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Given to the store, never read back through it.
    tokens: Option<Tokens>,
}

/// tower-sessions' view of our sessions table.
#[derive(Clone)]
pub(crate) struct Store(Arc<Services>);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

#[async_trait]
impl SessionStore for Store {
    // The default looks for an id that is not taken yet; 128 random bits are not.
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let content = record.data.get(CONTENT).cloned().unwrap_or_default();
        let content: Content =
            serde_json::from_value(content).map_err(|error| StoreError::Decode(error.to_string()))?;
        let stored = SessionContent { user_id: content.user_id, sid: content.sid, tokens: content.tokens };
        let saved = self.0.people.save_session(&record.id.0.to_be_bytes(), &stored, content.expires_at).await;
        saved.map_err(|error| StoreError::Backend(error.to_string()))
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let stored = self.0.people.load_session(&id.0.to_be_bytes()).await;
        let Some(stored) = stored.map_err(|error| StoreError::Backend(error.to_string()))? else { return Ok(None) };
        let user_id = stored.viewer.id;
        let content = Content { user_id, sid: stored.sid, expires_at: stored.expires_at, tokens: None };
        let encode = |error: serde_json::Error| StoreError::Encode(error.to_string());
        let data = HashMap::from([
            (CONTENT.to_owned(), serde_json::to_value(content).map_err(encode)?),
            (VIEWER.to_owned(), serde_json::to_value(stored.viewer).map_err(encode)?),
        ]);
        Ok(Some(Record { id: *id, data, expiry_date: stored.expires_at }))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        let ended = self.0.people.end_session(&id.0.to_be_bytes()).await;
        ended.map_err(|error| StoreError::Backend(error.to_string()))
    }
}
