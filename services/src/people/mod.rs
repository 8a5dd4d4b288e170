//! People: who may come in, their sessions, and what is known of them.

mod access;
mod admission;
mod audit;
mod callers;
mod roles;
mod sessions;

use std::sync::Arc;

use model::UserId;
use sqlx::PgPool;
use texts::Language;

pub use crate::store::{
    sessions::StoredSession,
    sign_ins::{RecordedSignIn, SignInEvent},
    users::{Languages, ListedUser},
};
use crate::{
    config::AccessConfig,
    crypto::Keyring,
    directory::Directory,
    error::Error,
    hub::Hub,
    identity::{ServiceTokens, SignIn},
    store::{
        photos::{self, Photo},
        users,
    },
};
pub use callers::{Caller, CallerRefused};
pub use roles::{Because, Granted};
pub use sessions::{ActiveSession, Client, SessionSecret, SessionState};

/// See the methods.
pub struct People {
    pool: PgPool,
    directory: Directory,
    sign_in: Arc<SignIn>,
    tokens: Arc<ServiceTokens>,
    keys: Arc<Keyring>,
    hub: Arc<Hub>,
    access: AccessConfig,
    checks: callers::Checks,
}

/// What is known of somebody, for themselves.
pub struct Profile {
    pub details: users::UserDetails,
    /// Their roles, and why they have them.
    pub roles: Vec<Granted>,
    pub sessions: Vec<StoredSession>,
    /// The last few, failures too.
    pub sign_ins: Vec<RecordedSignIn>,
}

/// Sign-ins that a profile shows.
const SIGN_INS_SHOWN: i64 = 10;

impl People {
    pub(crate) fn new(
        pool: PgPool,
        directory: Directory,
        sign_in: Arc<SignIn>,
        tokens: Arc<ServiceTokens>,
        keys: Arc<Keyring>,
        hub: Arc<Hub>,
        access: AccessConfig,
    ) -> Self {
        Self { pool, directory, sign_in, tokens, keys, hub, access, checks: callers::Checks::default() }
    }

    /// Everything that is known of `owner`.
    pub async fn profile(&self, owner: UserId) -> Result<Profile, Error> {
        let details = users::details(&self.pool, owner).await?.ok_or(Error::NotFound)?;
        Ok(Profile {
            roles: roles::granted(&self.access, &details.groups, &details.app_roles),
            sessions: self.sessions_of(owner).await?,
            sign_ins: self.sign_ins(Some(owner), SIGN_INS_SHOWN).await?,
            details,
        })
    }

    /// `owner` chooses the language they want to be spoken to in; `None` leaves it to their profile in the directory,
    /// and then to their browser.
    pub async fn choose_language(&self, owner: UserId, language: Option<Language>) -> Result<(), Error> {
        Ok(users::choose_language(&self.pool, owner, language).await?)
    }

    /// A person's display name and e-mail.
    pub async fn contact(&self, id: UserId) -> Result<Option<(String, Option<String>)>, Error> {
        Ok(users::contact(&self.pool, id).await?)
    }

    /// Somebody's picture, if the directory has one.
    pub async fn photo(&self, owner: UserId) -> Result<Option<Photo>, Error> {
        Ok(photos::get(&self.pool, owner).await?)
    }
}
