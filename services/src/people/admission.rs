//! From a finished sign-in to a user who may come in, or not.

use std::time::Duration;

use model::{Group, UserId, UserRole};

use super::{People, roles};
use crate::{
    crypto,
    directory::{DirectoryError, DirectoryUser, PhotoAnswer},
    identity::{Attempt, Denied, Finished, SignInError},
    store::{
        photos, sessions,
        users::{self, AccountKey, Person, UserDetails},
    },
};

/// A picture is decoration: nobody waits longer than this for it.
const PHOTO_PATIENCE: Duration = Duration::from_secs(3);

/// What provider and directory say about somebody right now.
pub(super) struct Found {
    pub(super) account: AccountKey,
    pub(super) name: Option<String>,
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
    pub(super) me: Option<DirectoryUser>,
    pub(super) groups: Vec<Group>,
    pub(super) app_roles: Vec<String>,
}

/// What is known of somebody already, in place of the directory's word.
pub(super) fn as_known(before: &UserDetails) -> DirectoryUser {
    DirectoryUser {
        display_name: Some(before.display_name.clone()),
        given_name: before.given_name.clone(),
        surname: before.surname.clone(),
        department: before.department.clone(),
        job_title: before.job_title.clone(),
        preferred_language: before.preferred_language.clone(),
        ..DirectoryUser::default()
    }
}

impl People {
    /// Lets in whom the provider vouches for, if groups or app roles allow it, and brings their user up to date.
    /// Whatever cannot be checked is denied.
    pub async fn admit(&self, finished: &Finished) -> Result<UserId, SignInError> {
        let token = &finished.tokens.access_token;
        let (me, groups) =
            tokio::join!(self.directory.me(token), self.groups(token, finished.groups.as_deref(), &finished.app_roles));
        let me = me.inspect_err(|error| tracing::warn!(error = %error, "the directory's profile is unknown")).ok();
        let found = Found {
            account: finished.account.clone(),
            name: finished.name.clone(),
            username: finished.username.clone(),
            email: finished.email.clone(),
            me,
            groups: groups?,
            app_roles: finished.app_roles.clone(),
        };
        let Some(user_id) = self.sync(found).await? else {
            // Whoever may not use the app may not in any session that they still have.
            if let Some(user) = users::of_account(&self.pool, &finished.account).await? {
                self.remove_access(user).await?;
            }
            return Err(SignInError::NotAllowed(Box::new(self.denied(finished).await)));
        };
        let photo = tokio::time::timeout(PHOTO_PATIENCE, self.sync_photo(user_id, token)).await;
        if photo.is_err() {
            tracing::info!(user = %user_id, "the directory takes too long to give a picture; next time, then");
        }
        Ok(user_id)
    }

    /// Somebody's groups: those in their token, with names where the directory tells them; without any there, the
    /// directory's. The token's `_claim_names`, which says that there are too many, only means asking the directory;
    /// the address in it is never used.
    pub(super) async fn groups(
        &self,
        token: &str,
        in_token: Option<&[String]>,
        app_roles: &[String],
    ) -> Result<Vec<Group>, DirectoryError> {
        let listed = self.directory.groups(token).await;
        match (in_token, listed) {
            (Some(ids), listed) => {
                let listed = listed.unwrap_or_default();
                let name = |id: &String| listed.iter().find(|group| group.id.eq_ignore_ascii_case(id))?.name.clone();
                let mut groups: Vec<Group> = ids.iter().map(|id| Group { id: id.clone(), name: name(id) }).collect();
                groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
                Ok(groups)
            }
            (None, Ok(groups)) => Ok(groups),
            // Something else says that they may come in; what groups would have added is left out.
            (None, Err(error)) if !roles::needs_groups(&self.access, app_roles) => {
                tracing::warn!(error = %error, "groups are unknown; roles that need them are not given");
                Ok(Vec::new())
            }
            (None, Err(error)) => Err(error),
        }
    }

    /// Stores what was found out about somebody; `None` and nothing stored when they may not use the app.
    pub(super) async fn sync(&self, found: Found) -> Result<Option<UserId>, sqlx::Error> {
        let roles: Vec<UserRole> = roles::granted(&self.access, &found.groups, &found.app_roles)
            .into_iter()
            .map(|granted| granted.role)
            .collect();
        if roles.is_empty() {
            return Ok(None);
        }
        let me = found.me.unwrap_or_default();
        let username = found.username.or(me.user_principal_name);
        let name = me.display_name.or(found.name).or_else(|| username.clone());
        let person = Person {
            account: found.account,
            display_name: name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Unnamed".to_owned()),
            given_name: me.given_name,
            surname: me.surname,
            email: me.mail.or(found.email),
            username,
            department: me.department,
            job_title: me.job_title,
            preferred_language: me.preferred_language,
            roles,
            app_roles: found.app_roles,
            groups: found.groups,
        };
        let synced = users::sync(&self.pool, &person).await?;
        if synced.elevated {
            tracing::info!(user = %synced.id, "somebody has more rights than before");
            sessions::make_renewal_due(&self.pool, synced.id).await?;
        }
        Ok(Some(synced.id))
    }

    async fn denied(&self, finished: &Finished) -> Denied {
        let rules = self.access.roles.iter().filter(|rule| rule.role == UserRole::User);
        let ids: Vec<&String> = rules.flat_map(|rule| &rule.group_ids).collect();
        let token = &finished.tokens.access_token;
        // Names are a kindness; the ids are in the configuration and tell a help desk as much.
        let names = ids.iter().map(|id| async move {
            let name = tokio::time::timeout(PHOTO_PATIENCE, self.directory.group_name(token, id)).await;
            name.ok().and_then(Result::ok).flatten().unwrap_or_else(|| (*id).clone())
        });
        Denied {
            name: finished.name.clone().or_else(|| finished.username.clone()).unwrap_or_else(|| "Unnamed".to_owned()),
            username: finished.username.clone(),
            missing: futures::future::join_all(names).await,
        }
    }

    /// Reads the picture again, unless it is the one there is. Never fails a sign-in.
    pub(super) async fn sync_photo(&self, user_id: UserId, token: &str) {
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
}
