//! Whether the owner of a session may still be here. Asked again and again while the session lasts: ahead of time and
//! in the background, and when nobody managed that in time, before anything else happens in the session.
//!
//! Not being able to find out is not a yes. The last yes counts for `recheck_every` and no longer.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use model::{EndReason, UserId};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::{
    People,
    admission::{Found, as_known},
};
use crate::{
    clock,
    directory::DirectoryError,
    error::Error,
    identity::{Renewed, SignInError, Tokens},
    store::{
        access_checks::{self, Claimed},
        answered, replies,
        sessions::{self, StoredSession, Which},
        users,
    },
};

/// Checking begins when this part of the time has passed.
const AHEAD: f64 = 0.8;
/// A token that ends sooner is renewed before it is used.
const TOKEN_MARGIN_SECS: i64 = 300;
/// A request waits this long for a check that another request or server makes.
const PATIENCE: Duration = Duration::from_secs(12);
const LOOK_AGAIN: Duration = Duration::from_millis(150);
/// The next checks wait this long for one that does not end.
const LONGEST_CHECK: Duration = Duration::from_secs(60);
/// Well within a check's lease: once that is over, another server renews the old tokens.
const LONGEST_SAVING: Duration = Duration::from_secs(30);
/// Sessions that one server checks at the same time.
const AT_ONCE: usize = 8;

/// How a check went.
enum Outcome {
    /// They may.
    Passed,
    Over(EndReason),
    /// It could not be found out.
    Unknown(String),
}

impl People {
    /// The session, with its owner's access confirmed within the last `recheck_every`; or why it is over.
    pub(super) async fn confirm_access(
        self: &Arc<Self>,
        stored: StoredSession,
    ) -> Result<Result<StoredSession, EndReason>, Error> {
        // Ahead of that, the background sees to it.
        if clock::now() - stored.access_checked_at < self.access.recheck_every {
            return Ok(Ok(stored));
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.check(stored.public_id, self.ahead()).await?;
            let Some(now) = sessions::find_public(&self.pool, stored.public_id).await? else {
                return Ok(Err(EndReason::SignedOut));
            };
            if let Some(reason) = self.end_of(&now) {
                return Ok(Err(reason));
            }
            if clock::now() - now.access_checked_at < self.access.recheck_every {
                return Ok(Ok(now));
            }
            if !now.is_being_checked || Instant::now() > deadline {
                return Err(Error::AccessUnknown);
            }
            // Another server does it.
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Checks sessions in use ahead of time, for ever.
    pub(crate) async fn recheck_access(self: &Arc<Self>) {
        let period = (self.access.recheck_every / 20).clamp(Duration::from_millis(200), Duration::from_secs(15));
        let mut every = tokio::time::interval(period);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let in_use = self.access.recheck_every + Duration::from_secs(60);
            match answered(access_checks::due(&self.pool, self.ahead(), in_use, 200)).await {
                Ok(due) => {
                    let checks = futures::stream::iter(due).for_each_concurrent(AT_ONCE, |id| async move {
                        if let Ok(Err(error)) = timeout(LONGEST_CHECK, self.check(id, self.ahead())).await {
                            tracing::debug!(error = %error, "a session cannot be checked now");
                        }
                    });
                    checks.await;
                }
                Err(error) => tracing::debug!(error = %error, "sessions cannot be checked now"),
            }
        }
    }

    /// Reads groups, roles, profile and picture of the session's owner anew, because they want it. While a check goes
    /// on anyway, its result counts.
    pub async fn refresh(self: &Arc<Self>, session: Uuid, owner: UserId) -> Result<(), Error> {
        self.check(session, Duration::ZERO).await?;
        if let Some(tokens) = self.session_tokens(session).await? {
            self.sync_photo(owner, &tokens.access_token).await;
        }
        Ok(())
    }

    fn ahead(&self) -> Duration {
        self.access.recheck_every.mul_f64(AHEAD)
    }

    /// Checks a session that was last checked `age` ago, unless somebody else is at it. Goes on when its caller leaves:
    /// half a check would keep others waiting for its lease to end.
    async fn check(self: &Arc<Self>, id: Uuid, age: Duration) -> Result<(), Error> {
        let this = Arc::clone(self);
        let check = tokio::spawn(async move {
            match access_checks::claim(&this.pool, id, age).await? {
                Some(claimed) => this.check_claimed(id, claimed).await,
                None => Ok(()),
            }
        });
        check.await.unwrap_or(Err(Error::AccessUnknown))
    }

    async fn check_claimed(&self, id: Uuid, claimed: Claimed) -> Result<(), Error> {
        let user = UserId(claimed.user_id);
        match self.find_out(&claimed).await? {
            Outcome::Passed => access_checks::passed(&self.pool, id).await?,
            Outcome::Unknown(why) => {
                tracing::warn!(session = %id, user = %user, why, "somebody's access cannot be checked");
                access_checks::put_off(&self.pool, id).await?;
            }
            Outcome::Over(EndReason::AccessRemoved) => self.remove_access(user).await?,
            Outcome::Over(reason) => {
                self.end(Which::One(id), reason).await?;
            }
        }
        Ok(())
    }

    /// Ends all that goes on for somebody who may not use the app any more.
    pub(super) async fn remove_access(&self, user: UserId) -> Result<(), sqlx::Error> {
        if sessions::end(&self.pool, Which::AllOf(user), EndReason::AccessRemoved).await? > 0 {
            tracing::warn!(user = %user, "somebody's access was removed");
        }
        self.forget_caller(user).await?;
        replies::request_stop_all(&self.pool, user).await
    }

    async fn find_out(&self, claimed: &Claimed) -> Result<Outcome, Error> {
        let sealed = claimed.tokens.as_deref();
        let Some(tokens) = sealed.and_then(|sealed| Tokens::open(&self.keys, &claimed.id_hash, sealed)) else {
            // Its secret was rotated away.
            return Ok(Outcome::Over(EndReason::Expired));
        };
        let soon = clock::now().unix_timestamp() + TOKEN_MARGIN_SECS;
        let must_renew = tokens.expires_at < soon || tokens.groups_in_token;
        let first = if must_renew { self.renewed(claimed, &tokens).await? } else { Ok(unrenewed(&tokens)) };
        let renewed = match first {
            Ok(renewed) => renewed,
            Err(outcome) => return Ok(outcome),
        };
        match self.look_up(claimed, &renewed).await? {
            // The token was revoked before its end: a new one says whether its owner was, too.
            Err(DirectoryError::Refused { status: 401, .. }) if !must_renew => {
                match self.renewed(claimed, &tokens).await? {
                    Ok(renewed) => Ok(outcome(self.look_up(claimed, &renewed).await?)),
                    Err(outcome) => Ok(outcome),
                }
            }
            found => Ok(outcome(found)),
        }
    }

    /// New tokens, stored before anything else is done with them.
    async fn renewed(&self, claimed: &Claimed, tokens: &Tokens) -> Result<Result<Renewed, Outcome>, Error> {
        match self.sign_in.renew(tokens).await {
            Ok(renewed) => {
                let sealed = renewed.tokens.seal(&self.keys, &claimed.id_hash);
                if self.save(claimed, &sealed).await? {
                    Ok(Ok(renewed))
                } else {
                    // The session's id was renewed at the same moment: its tokens are sealed for the new one.
                    Ok(Err(Outcome::Unknown("the session changed meanwhile".to_owned())))
                }
            }
            Err(SignInError::Refused(refusal)) if refusal.is_final() => {
                tracing::info!(user = %claimed.user_id, refusal = %refusal, "the provider does not renew a session");
                Ok(Err(Outcome::Over(EndReason::ProviderRefused)))
            }
            // There is nothing to renew it with.
            Err(SignInError::NeedsInteraction) => Ok(Err(Outcome::Over(EndReason::Expired))),
            Err(SignInError::Unverified(why)) => {
                tracing::warn!(user = %claimed.user_id, why, "refreshed tokens are not acceptable");
                Ok(Err(Outcome::Over(EndReason::ProviderRefused)))
            }
            Err(error) => Ok(Err(Outcome::Unknown(error.to_string()))),
        }
    }

    /// Stores tokens that were just renewed, also where the database is away for a moment: with refresh tokens that are
    /// good for once, the session would be over without them.
    async fn save(&self, claimed: &Claimed, sealed: &[u8]) -> Result<bool, sqlx::Error> {
        let deadline = Instant::now() + LONGEST_SAVING;
        loop {
            match answered(access_checks::save_tokens(&self.pool, claimed, sealed)).await {
                Err(error) if Instant::now() < deadline => {
                    tracing::debug!(error = %error, "renewed tokens cannot be stored now");
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                saved => return saved,
            }
        }
    }

    /// Asks the directory and stores what it says; `None` for somebody who may not use the app.
    async fn look_up(
        &self,
        claimed: &Claimed,
        renewed: &Renewed,
    ) -> Result<Result<Option<UserId>, DirectoryError>, Error> {
        let token = &renewed.tokens.access_token;
        let before = users::details(&self.pool, UserId(claimed.user_id)).await?.ok_or(Error::NotFound)?;
        let app_roles = renewed.app_roles.clone().unwrap_or_else(|| before.app_roles.clone());
        let (me, groups) =
            tokio::join!(self.directory.me(token), self.groups(token, renewed.groups.as_deref(), &app_roles));
        let groups = match groups {
            Ok(groups) => groups,
            Err(error) => return Ok(Err(error)),
        };
        // Without the directory's word on them, what is known of them stays.
        let me = me.unwrap_or_else(|_| as_known(&before));
        let found = Found {
            account: renewed.tokens.account.clone(),
            name: Some(before.display_name),
            username: before.username,
            email: before.email,
            me: Some(me),
            groups,
            app_roles,
        };
        Ok(Ok(self.sync(found).await?))
    }
}

fn unrenewed(tokens: &Tokens) -> Renewed {
    Renewed { tokens: tokens.clone(), groups: None, app_roles: None }
}

fn outcome(found: Result<Option<UserId>, DirectoryError>) -> Outcome {
    match found {
        Ok(Some(_)) => Outcome::Passed,
        Ok(None) => Outcome::Over(EndReason::AccessRemoved),
        // With a token that was just renewed.
        Err(DirectoryError::Refused { status: 401, .. }) => Outcome::Over(EndReason::ProviderRefused),
        Err(error) => Outcome::Unknown(error.to_string()),
    }
}
