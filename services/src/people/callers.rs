//! Callers of the API. A person who comes with a token is the same user as in the browser and held to the same rules:
//! what gives them access is never trusted for longer than `recheck_every`, and not being able to find out is not a yes.
//! An application has the rights that its token names, and its own conversations.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use model::{Group, UserId, UserRole, Viewer};
use secrecy::ExposeSecret as _;
use time::OffsetDateTime;
use tokio::time::timeout;

use super::{
    People,
    admission::{Found, as_known},
    roles,
};
use crate::{
    clock,
    directory::DirectoryError,
    error::Error,
    identity::{LIFETIME_SECS, PersonClaims, ProviderError, ServiceClaims, ServiceTokenError, Subject, Verified},
    store::{
        answered,
        api_access::{self, Known},
        users::{self, AccountKey},
    },
};

/// Entra dates its tokens back by this much.
const BACKDATING: time::Duration = time::Duration::minutes(5);
/// A call waits this long for what has to be found out about its caller.
const PATIENCE: Duration = Duration::from_secs(20);
/// A stream looks this often whether its caller may still read it.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// Checking begins when this part of the time has passed, for whoever stays long enough.
const AHEAD: f64 = 0.8;

/// Somebody who may call.
#[derive(Clone, Debug)]
pub struct Caller {
    pub viewer: Viewer,
    pub is_service: bool,
    /// The application that calls.
    pub client: String,
    /// Unix seconds at which the token ends.
    pub expires_at: i64,
    subject: Arc<Subject>,
}

/// Why somebody with a believable token may not call.
#[derive(Debug, thiserror::Error)]
pub enum CallerRefused {
    /// A person in no group and with no app role that may use the app.
    #[error("in no allowed group")]
    NotAllowed,
    /// A person whom the provider does not vouch for any more. With the claims that it wants to see fulfilled, if it
    /// said so.
    #[error("the provider does not vouch for them any more")]
    Refused { claims: Option<String> },
    /// A token of ours whose person's access has to be confirmed, which takes a token of the provider's.
    #[error("a new token has to be exchanged")]
    Stale,
    #[error("{0}")]
    Failed(#[from] Error),
}

impl From<sqlx::Error> for CallerRefused {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// One check at a time for each account; the others wait for it.
#[derive(Default)]
pub(super) struct Checks(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl Checks {
    fn of(&self, account: &AccountKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut checks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        checks.retain(|_, check| check.strong_count() > 0);
        let key = format!("{} {}", account.tid, account.oid);
        let check = checks.get(&key).and_then(Weak::upgrade).unwrap_or_default();
        checks.insert(key, Arc::downgrade(&check));
        check
    }
}

impl People {
    /// Who calls with `token`, which was `verified`. Somebody's access that was not confirmed for too long is checked
    /// first.
    pub async fn caller(&self, verified: Verified, token: &str) -> Result<Caller, CallerRefused> {
        self.caller_within(verified, token, self.access.recheck_every).await
    }

    /// The same, with the access confirmed within the last `age`.
    async fn caller_within(&self, verified: Verified, token: &str, age: Duration) -> Result<Caller, CallerRefused> {
        let known = async {
            match &verified.subject {
                Subject::Person(person) => self.person(person, token, age).await,
                Subject::Service(service) => self.service(service).await,
                Subject::User(user) => {
                    let known = api_access::of_user(&self.pool, *user).await?.ok_or(CallerRefused::Stale)?;
                    if is_within(&known, age) { Ok(known) } else { Err(CallerRefused::Stale) }
                }
            }
        };
        let known = timeout(PATIENCE, known).await.unwrap_or(Err(CallerRefused::Failed(Error::AccessUnknown)))?;
        Ok(Caller {
            viewer: known.viewer,
            is_service: known.is_service,
            client: verified.client,
            expires_at: verified.expires_at,
            subject: Arc::new(verified.subject),
        })
    }

    /// For whom a token of ours may be made in exchange for `token`, and for how many seconds it is good: not for longer
    /// than their access is trusted.
    pub async fn exchanger(&self, verified: Verified, token: &str) -> Result<(Caller, u32), CallerRefused> {
        let most = self.access.recheck_every;
        let lifetime = Duration::from_secs(LIFETIME_SECS.into()).min(most);
        let caller = self.caller_within(verified, token, most - lifetime).await?;
        Ok((caller, u32::try_from(lifetime.as_secs()).unwrap_or(LIFETIME_SECS)))
    }

    async fn person(&self, person: &PersonClaims, token: &str, age: Duration) -> Result<Known, CallerRefused> {
        let known = api_access::of_account(&self.pool, &person.account).await?;
        if let Some(known) = known.filter(|known| is_within(known, age)) {
            return Ok(known);
        }
        let check = self.checks.of(&person.account);
        let _one_at_a_time = check.lock().await;
        let known = api_access::of_account(&self.pool, &person.account).await?;
        match known.filter(|known| is_within(known, age)) {
            Some(known) => Ok(known),
            None => self.check_person(person, token, age).await,
        }
    }

    /// Finds out whether somebody may use the app, and brings their user up to date.
    async fn check_person(&self, person: &PersonClaims, token: &str, age: Duration) -> Result<Known, CallerRefused> {
        let before = match users::of_account(&self.pool, &person.account).await? {
            Some(user) => users::details(&self.pool, user).await?,
            None => None,
        };
        // Dated back, so that it was not issued before that, and may have been until then.
        let issued = OffsetDateTime::from_unix_timestamp(person.issued_at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let issued = (issued + BACKDATING).min(clock::now());
        let is_recent = clock::now() - issued < age;
        let (me, groups, as_of) = match &person.groups {
            Some(ids) if is_recent => {
                let names = before.as_ref().map(|before| before.groups.as_slice()).unwrap_or_default();
                (before.as_ref().map(as_known), named(ids, names), issued)
            }
            _ => {
                let (me, groups) = self.ask_directory(person, token).await?;
                (me.or_else(|| before.as_ref().map(as_known)), groups, clock::now())
            }
        };
        let found = Found {
            account: person.account.clone(),
            name: before.as_ref().map(|before| before.display_name.clone()).or_else(|| person.name.clone()),
            username: person.username.clone().or_else(|| before.as_ref().and_then(|before| before.username.clone())),
            email: before.and_then(|before| before.email).or_else(|| person.email.clone()),
            me,
            groups,
            app_roles: person.app_roles.clone(),
        };
        let Some(user) = self.sync(found).await? else {
            if let Some(user) = users::of_account(&self.pool, &person.account).await? {
                self.remove_access(user).await?;
            }
            return Err(CallerRefused::NotAllowed);
        };
        api_access::confirm(&self.pool, user, as_of).await?;
        Ok(api_access::of_user(&self.pool, user).await?.ok_or(Error::NotFound)?)
    }

    /// Profile and groups, asked in the person's name.
    async fn ask_directory(
        &self,
        person: &PersonClaims,
        token: &str,
    ) -> Result<(Option<crate::directory::DirectoryUser>, Vec<Group>), CallerRefused> {
        let unknown = |error: &dyn std::fmt::Display| {
            tracing::warn!(oid = person.account.oid, error = %error, "a caller's access cannot be checked");
            CallerRefused::Failed(Error::AccessUnknown)
        };
        let theirs = match self.tokens.on_behalf_of(token).await {
            Ok(theirs) => theirs,
            Err(ServiceTokenError::Refused(refusal)) if refusal.is_final() => {
                return Err(self.no_longer_vouched_for(person, refusal).await?);
            }
            Err(error) => return Err(unknown(&error)),
        };
        let theirs = theirs.expose_secret();
        let (me, groups) = tokio::join!(self.directory.me(theirs), self.groups(theirs, None, &person.app_roles));
        match groups {
            Ok(groups) => Ok((me.ok(), groups)),
            Err(DirectoryError::Refused { status: 401, .. }) => Err(CallerRefused::Refused { claims: None }),
            Err(error) => Err(unknown(&error)),
        }
    }

    async fn no_longer_vouched_for(
        &self,
        person: &PersonClaims,
        refusal: ProviderError,
    ) -> Result<CallerRefused, CallerRefused> {
        tracing::info!(oid = person.account.oid, refusal = %refusal, "the provider does not vouch for a caller");
        if let Some(user) = users::of_account(&self.pool, &person.account).await? {
            api_access::forget(&self.pool, user).await?;
        }
        Ok(CallerRefused::Refused { claims: refusal.claims })
    }

    /// An application has what its token says, which the provider made an hour ago at most.
    async fn service(&self, service: &ServiceClaims) -> Result<Known, CallerRefused> {
        let known = api_access::of_account(&self.pool, &service.account).await?;
        let is_unchanged = |known: &Known| {
            known.is_service && known.viewer.name == service.name && known.app_roles == service.app_roles
        };
        if let Some(known) = known.filter(is_unchanged) {
            return Ok(known);
        }
        let mut granted = vec![UserRole::Other("service".to_owned())];
        granted.extend(roles::of_service(&self.access, &service.app_roles));
        let (name, app_roles) = (&service.name, &service.app_roles);
        let user = api_access::sync_service(&self.pool, &service.account, name, &granted, app_roles).await?;
        tracing::info!(user = %user, oid = service.account.oid, "an application was brought up to date");
        Ok(api_access::of_user(&self.pool, user).await?.ok_or(Error::NotFound)?)
    }

    /// Returns when `caller` has no right to go on with what they were let in for: their token has ended, or their
    /// access was removed or could not be confirmed in time. For streams, which outlive the request that was let in.
    pub async fn caller_over(&self, caller: &Caller, token: &str) {
        let verified = || Verified {
            subject: (*caller.subject).clone(),
            client: caller.client.clone(),
            expires_at: caller.expires_at,
        };
        let ahead = self.access.recheck_every.mul_f64(AHEAD);
        let mut every = tokio::time::interval(LOOK_AGAIN.min(self.access.recheck_every / 4));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            if clock::now().unix_timestamp() >= caller.expires_at {
                return;
            }
            if caller.is_service {
                continue;
            }
            match answered(api_access::checked_at(&self.pool, caller.viewer.id)).await {
                Ok(Some(at)) if clock::now() - at < ahead => {}
                Ok(at) => {
                    let is_trusted = at.is_some_and(|at| clock::now() - at < self.access.recheck_every);
                    // Ahead of time, a directory that does not answer is asked again; after it, that is the end.
                    if self.caller_within(verified(), token, ahead).await.is_err() && !is_trusted {
                        return;
                    }
                }
                // A stream without a database ends by itself.
                Err(error) => tracing::debug!(error = %error, "a caller's access cannot be looked up now"),
            }
        }
    }

    /// Everything that was confirmed of `user` as a caller counts no longer.
    pub(super) async fn forget_caller(&self, user: UserId) -> Result<(), sqlx::Error> {
        api_access::forget(&self.pool, user).await
    }
}

fn is_within(known: &Known, age: Duration) -> bool {
    known.checked_at.is_some_and(|at| clock::now() - at < age)
}

/// With the names that are known already; the token has ids only.
fn named(ids: &[String], known: &[Group]) -> Vec<Group> {
    let name = |id: &String| known.iter().find(|group| group.id.eq_ignore_ascii_case(id))?.name.clone();
    let mut groups: Vec<Group> = ids.iter().map(|id| Group { id: id.clone(), name: name(id) }).collect();
    groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    groups
}
