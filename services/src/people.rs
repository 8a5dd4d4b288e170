//! People: from a finished sign-in to a user with groups, roles and a picture; sessions; the profile.

use std::{sync::Arc, time::Duration};

use model::{Group, Profile, UserId, UserRole, Viewer};
use sqlx::PgPool;
use time::OffsetDateTime;

use crate::{
    clock,
    config::Config,
    crypto::{self, Keyring},
    directory::{Directory, DirectoryUser, PhotoAnswer},
    error::Error,
    identity::{Attempt, Finished, SignInError, Tokens},
    store::{
        photos::{self, Photo},
        sessions::{self, NewSession, StoredSession},
        users::{self, Person},
    },
};

/// A picture is decoration: nobody waits longer than this for it.
const PHOTO_PATIENCE: Duration = Duration::from_secs(3);

/// See the methods.
pub struct People {
    pool: PgPool,
    directory: Directory,
    keys: Arc<Keyring>,
    allowed_group_ids: Vec<String>,
    admin_group_ids: Vec<String>,
}

/// What a session is stored with.
pub struct SessionContent {
    pub user_id: UserId,
    /// The provider's id of its own session.
    pub sid: Option<String>,
    /// Given at sign-in; absent when only the rest changes.
    pub tokens: Option<Tokens>,
}

impl People {
    pub(crate) fn new(pool: PgPool, directory: Directory, keys: Arc<Keyring>, config: &Config) -> Self {
        let (allowed_group_ids, admin_group_ids) = (config.allowed_group_ids.clone(), config.admin_group_ids.clone());
        Self { pool, directory, keys, allowed_group_ids, admin_group_ids }
    }

    /// Lets in whom the provider vouches for, if the directory's groups allow it, and brings their user up to date.
    /// Whatever cannot be checked is denied.
    pub async fn admit(&self, finished: &Finished) -> Result<UserId, SignInError> {
        let token = &finished.tokens.access_token;
        let (me, groups) = tokio::join!(self.directory.me(token), self.directory.groups(token));
        let groups = match groups {
            Ok(groups) => groups,
            Err(error) if self.allowed_group_ids.is_empty() => {
                // Everybody may come in; without groups nobody is an administrator.
                tracing::warn!(error = %error, "groups are unknown at this sign-in");
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        let me = me.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "the directory's profile is unknown at this sign-in");
            DirectoryUser::default()
        });
        let person = self.person(finished, me, groups);
        if !self.allowed_group_ids.is_empty() && !is_in_any(&person.groups, &self.allowed_group_ids) {
            return Err(SignInError::NotAllowed { name: person.display_name, username: finished.username.clone() });
        }
        let user_id = users::sync(&self.pool, &person).await?;
        let photo = tokio::time::timeout(PHOTO_PATIENCE, self.sync_photo(user_id, token)).await;
        if photo.is_err() {
            tracing::info!(user = %user_id, "the directory takes too long to give a picture; next time, then");
        }
        Ok(user_id)
    }

    fn person(&self, finished: &Finished, me: DirectoryUser, groups: Vec<Group>) -> Person {
        let is_admin = is_in_any(&groups, &self.admin_group_ids);
        let name = me.display_name.or_else(|| finished.name.clone()).or_else(|| finished.username.clone());
        Person {
            account: finished.account.clone(),
            display_name: name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Unnamed".to_owned()),
            given_name: me.given_name,
            surname: me.surname,
            email: me.mail.or_else(|| finished.email.clone()),
            department: me.department,
            job_title: me.job_title,
            preferred_language: me.preferred_language,
            roles: if is_admin { vec![UserRole::User, UserRole::Admin] } else { vec![UserRole::User] },
            groups,
        }
    }

    /// Never fails a sign-in.
    async fn sync_photo(&self, user_id: UserId, token: &str) {
        let synced = async {
            let known = photos::etag(&self.pool, user_id).await.map_err(|error| error.to_string())?;
            let answer = self.directory.photo(token, known.as_deref()).await.map_err(|error| error.to_string())?;
            let stored = match &answer {
                PhotoAnswer::Unchanged => Ok(()),
                PhotoAnswer::None => photos::put(&self.pool, user_id, None).await,
                PhotoAnswer::New(photo) => photos::put(&self.pool, user_id, Some(photo)).await,
            };
            stored.map_err(|error| error.to_string())
        };
        if let Err(error) = synced.await {
            tracing::info!(user = %user_id, error, "no picture from the directory this time");
        }
    }

    /// Accepts the answer to a sign-in once and never again.
    pub async fn use_attempt(&self, attempt: &Attempt) -> Result<(), SignInError> {
        let hash = crypto::digest(attempt.state.as_bytes());
        if sessions::use_sign_in(&self.pool, &hash, attempt.expires_at()).await? {
            Ok(())
        } else {
            Err(SignInError::Replayed)
        }
    }

    /// Stores the session with the secret id `id`.
    pub async fn save_session(
        &self,
        id: &[u8],
        content: &SessionContent,
        expires_at: OffsetDateTime,
    ) -> Result<(), Error> {
        let id_hash = crypto::digest(id);
        let tokens = content.tokens.as_ref().map(|tokens| tokens.seal(&self.keys, &id_hash));
        let session = NewSession {
            id_hash: &id_hash,
            user_id: content.user_id,
            sid: content.sid.as_deref(),
            tokens: tokens.as_deref(),
            expires_at,
        };
        Ok(sessions::save(&self.pool, &session).await?)
    }

    /// The session with the secret id `id`, unless it ended.
    pub async fn load_session(&self, id: &[u8]) -> Result<Option<StoredSession>, Error> {
        Ok(sessions::load(&self.pool, &crypto::digest(id)).await?)
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &[u8]) -> Result<(), Error> {
        Ok(sessions::delete(&self.pool, &crypto::digest(id)).await?)
    }

    /// Ends the sessions that go with the provider's session `sid`.
    pub async fn end_sessions_of(&self, sid: &str) -> Result<u64, Error> {
        Ok(sessions::delete_by_sid(&self.pool, sid).await?)
    }

    /// The tokens of a session, for calls on its owner's behalf.
    pub async fn session_tokens(&self, id: &[u8]) -> Result<Option<Tokens>, Error> {
        let id_hash = crypto::digest(id);
        let sealed = sessions::tokens(&self.pool, &id_hash).await?;
        Ok(sealed.and_then(|sealed| Tokens::open(&self.keys, &id_hash, &sealed)))
    }

    /// Removes what expired, again and again.
    pub(crate) async fn sweep_sessions(&self) {
        let mut every = tokio::time::interval(Duration::from_secs(600));
        loop {
            every.tick().await;
            if let Err(error) = sessions::sweep(&self.pool).await {
                tracing::debug!(error = %error, "expired sessions cannot be removed now");
            }
        }
    }

    /// What the profile page shows to `viewer`, whose session ends at `session_expires_at` (RFC 3339).
    pub async fn profile(&self, viewer: Viewer, session_expires_at: &str) -> Result<Profile, Error> {
        let details = users::details(&self.pool, viewer.id).await?.ok_or(Error::NotFound)?;
        Ok(Profile {
            given_name: details.given_name,
            surname: details.surname,
            email: details.email,
            job_title: details.job_title,
            preferred_language: details.preferred_language,
            groups: details.groups,
            synced_at: clock::rfc3339(details.synced_at),
            session_expires_at: session_expires_at.to_owned(),
            viewer,
        })
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

/// Ids of groups are compared as GUIDs are: without regard to case.
fn is_in_any(groups: &[Group], ids: &[String]) -> bool {
    groups.iter().any(|group| ids.iter().any(|id| id.eq_ignore_ascii_case(&group.id)))
}
