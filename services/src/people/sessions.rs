//! Sessions: from their beginning at a sign-in to one of several ends.

use std::{sync::Arc, time::Duration};

use model::{EndReason, UserId, Viewer};
use time::OffsetDateTime;
use uuid::Uuid;

use super::People;
use crate::{
    clock, crypto,
    error::Error,
    hub::Topic,
    identity::{Finished, Tokens},
    store::{
        answered, replies,
        sessions::{self, NewSession, StoredSession, Which},
        users::Languages,
    },
};

/// Bytes of a session's secret id.
const ID_BYTES: usize = 32;
/// Being seen is written down this often and no more.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// A stream looks this often whether its session goes on; the news of its end mostly comes sooner.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// What a browser shows to be recognised. Not stored anywhere: only its hash is.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(Vec<u8>);

impl SessionSecret {
    fn new() -> Self {
        Self(clock::random_bytes::<ID_BYTES>().to_vec())
    }

    /// From the cookie.
    pub fn from_text(text: &str) -> Option<Self> {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == ID_BYTES).then_some(Self(bytes))
    }

    /// For the cookie: base64url.
    pub fn to_text(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&self.0)
    }

    fn hash(&self) -> Vec<u8> {
        crypto::digest(&self.0)
    }
}

/// A session that goes on.
#[derive(Clone, Debug)]
pub struct ActiveSession {
    /// Its public name.
    pub id: Uuid,
    pub viewer: Viewer,
    /// Of its owner.
    pub languages: Languages,
    /// When it ends at the latest.
    pub expires_at: OffsetDateTime,
    /// Its secret id has to be replaced: the owner's rights grew.
    pub renewal_due: bool,
}

/// What a session's id stands for.
#[derive(Clone, Debug)]
pub enum SessionState {
    /// Nothing that we know of.
    Unknown,
    Active(ActiveSession),
    Ended(EndReason),
}

/// Where a request comes from, as far as it can be told. For people and auditors to recognise it by.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The browser's own words.
    pub user_agent: Option<String>,
    /// An address.
    pub network: Option<String>,
}

impl People {
    /// Begins a session for somebody who was let in.
    pub async fn begin_session(
        &self,
        user_id: UserId,
        finished: &Finished,
        client: &Client,
    ) -> Result<(SessionSecret, OffsetDateTime), Error> {
        let secret = SessionSecret::new();
        let id_hash = secret.hash();
        let expires_at = clock::now() + self.access.session_lifetime;
        let session = NewSession {
            id_hash: &id_hash,
            user_id,
            sid: finished.sid.as_deref(),
            tokens: &finished.tokens.seal(&self.keys, &id_hash),
            user_agent: client.user_agent.as_deref(),
            network: client.network.as_deref(),
            expires_at,
        };
        sessions::insert(&self.pool, &session).await?;
        Ok((secret, expires_at))
    }

    /// What `secret` stands for now. Somebody's access that was not confirmed for too long is checked first.
    /// `in_use`: somebody does something, rather than a page looking whether it may go on.
    pub async fn session(self: &Arc<Self>, secret: &SessionSecret, in_use: bool) -> Result<SessionState, Error> {
        let found = answered(sessions::find(&self.pool, &secret.hash())).await?;
        let Some(stored) = found else { return Ok(SessionState::Unknown) };
        if let Some(reason) = self.end_of(&stored) {
            return Ok(SessionState::Ended(reason));
        }
        let stored = match self.confirm_access(stored).await? {
            Ok(stored) => stored,
            Err(reason) => return Ok(SessionState::Ended(reason)),
        };
        if in_use && clock::now() - stored.last_seen_at > SEEN_EVERY.min(self.access.session_idle / 4) {
            sessions::touch(&self.pool, stored.public_id).await?;
        }
        Ok(SessionState::Active(ActiveSession {
            id: stored.public_id,
            viewer: stored.viewer,
            languages: stored.languages,
            expires_at: stored.expires_at,
            renewal_due: stored.renewal_due,
        }))
    }

    /// Why a session is over, if it is.
    pub(super) fn end_of(&self, stored: &StoredSession) -> Option<EndReason> {
        let now = clock::now();
        let by_time = if now >= stored.expires_at {
            Some(EndReason::Expired)
        } else if now >= stored.last_seen_at + self.access.session_idle {
            Some(EndReason::Idle)
        } else {
            None
        };
        stored.ended.or(by_time)
    }

    /// Gives a session whose owner's rights grew a new id (OWASP: session fixation); `None` when somebody else just did.
    pub async fn renew_session(&self, session: &ActiveSession) -> Result<Option<SessionSecret>, Error> {
        let Some((old_hash, old_sealed)) = sessions::tokens(&self.pool, session.id).await? else { return Ok(None) };
        let Some(tokens) = Tokens::open(&self.keys, &old_hash, &old_sealed) else { return Ok(None) };
        let secret = SessionSecret::new();
        let hash = secret.hash();
        let sealed = tokens.seal(&self.keys, &hash);
        let renewed = sessions::renew(&self.pool, session.id, (&old_hash, &old_sealed), (&hash, &sealed)).await?;
        Ok(renewed.then_some(secret))
    }

    /// The tokens of a session, for calls on its owner's behalf.
    pub async fn session_tokens(&self, id: Uuid) -> Result<Option<Tokens>, Error> {
        let stored = sessions::tokens(&self.pool, id).await?;
        Ok(stored.and_then(|(id_hash, sealed)| Tokens::open(&self.keys, &id_hash, &sealed)))
    }

    /// The sessions of `owner` that go on, the one used last first.
    pub async fn sessions_of(&self, owner: UserId) -> Result<Vec<StoredSession>, Error> {
        Ok(sessions::of_user(&self.pool, owner, self.access.session_idle.as_secs_f64()).await?)
    }

    /// Its owner signs out of a session.
    pub async fn sign_out(&self, id: Uuid) -> Result<(), Error> {
        self.end(Which::One(id), EndReason::SignedOut).await.map(drop)
    }

    /// Ends another session of `owner`. One of somebody else looks like none.
    pub async fn end_own_session(&self, owner: UserId, id: Uuid) -> Result<(), Error> {
        match self.end(Which::OneOf(owner, id), EndReason::EndedElsewhere).await? {
            0 => Err(Error::NotFound),
            _ => Ok(()),
        }
    }

    /// Ends all sessions of `owner` but the one they do it from. How many there were.
    pub async fn end_other_sessions(&self, owner: UserId, this: Uuid) -> Result<u64, Error> {
        self.end(Which::OthersOf(owner, this), EndReason::EndedElsewhere).await
    }

    /// An administrator ends all sessions of `user`, and the replies being written for them. How many sessions there
    /// were.
    pub async fn revoke_sessions(&self, admin: UserId, user: UserId) -> Result<u64, Error> {
        let count = self.end(Which::AllOf(user), EndReason::Revoked).await?;
        self.forget_caller(user).await?;
        replies::request_stop_all(&self.pool, user).await?;
        tracing::warn!(%admin, %user, count, "an administrator ended somebody's sessions");
        Ok(count)
    }

    /// Ends the sessions that go with the provider's session `sid`.
    pub async fn end_sessions_of(&self, sid: &str) -> Result<u64, Error> {
        self.end(Which::Sid(sid), EndReason::ProviderSignedOut).await
    }

    pub(super) async fn end(&self, which: Which<'_>, reason: EndReason) -> Result<u64, Error> {
        let count = sessions::end(&self.pool, which, reason).await?;
        if count > 0 {
            tracing::info!(count, reason = reason.as_str(), "sessions ended");
        }
        Ok(count)
    }

    /// Returns when the session is over, or its owner's access could not be confirmed in time. For streams, which
    /// outlive the request that was let in.
    pub async fn session_over(&self, id: Uuid) {
        self.over(Topic::SessionEnd(id), &[id], &[]).await;
    }

    /// The same for streams that are open as long as a page is, which does not mean that somebody uses it: the session
    /// ends like one in which nothing happens.
    pub async fn idle_session_over(&self, id: Uuid) {
        self.over(Topic::IdleSessionEnd(id), &[], &[id]).await;
    }

    async fn over(&self, end: Topic, in_use: &[Uuid], idle: &[Uuid]) {
        let mut news = self.hub.subscribe(end);
        // Its request was let in just now. What happened between that and this, `watch_streams` finds.
        while news.changed().await.is_ok() {
            // An error is no end: a stream without a database ends by itself.
            if !self.over_among(in_use, idle).await.unwrap_or_default().is_empty() {
                return;
            }
        }
    }

    /// Looks for the ends of sessions that have streams open, for ever: not all ends are announced, and announcements
    /// get lost. All of them at once, however many streams there are.
    pub(crate) async fn watch_streams(&self) {
        let mut every = tokio::time::interval(LOOK_AGAIN);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let (in_use, idle) = self.hub.watched_sessions();
            if in_use.is_empty() && idle.is_empty() {
                continue;
            }
            match answered(self.over_among(&in_use, &idle)).await {
                Ok(over) => over.into_iter().for_each(|id| self.hub.wake_session(id)),
                Err(error) => tracing::debug!(error = %error, "sessions with streams cannot be looked at now"),
            }
        }
    }

    async fn over_among(&self, in_use: &[Uuid], idle: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
        let (recheck, longest_idle) = (self.access.recheck_every, self.access.session_idle);
        sessions::over_among(&self.pool, in_use, idle, recheck.as_secs_f64(), longest_idle.as_secs_f64()).await
    }

    /// Removes what is over, again and again.
    pub(crate) async fn sweep_sessions(&self) {
        let mut every = tokio::time::interval(Duration::from_secs(600));
        loop {
            every.tick().await;
            if let Err(error) = sessions::sweep(&self.pool, self.access.session_idle.as_secs_f64()).await {
                tracing::debug!(error = %error, "sessions that are over cannot be removed now");
            }
        }
    }
}
