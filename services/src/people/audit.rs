//! The trail of sign-ins, and people as administrators see them.

use model::UserId;

use super::People;
use crate::{
    error::Error,
    store::{
        sign_ins::{self, RecordedSignIn, SignInEvent},
        users::{self, ListedUser},
    },
};

impl People {
    /// Adds to the trail. Nobody is kept out because it cannot be written right now, but the log says so.
    pub async fn record_sign_in(&self, event: &SignInEvent) {
        if let Err(error) = sign_ins::record(&self.pool, event).await {
            tracing::error!(error = %error, outcome = event.outcome, "a sign-in could not be recorded");
        }
    }

    /// The newest sign-ins of one user, or of everybody, failures too.
    pub async fn sign_ins(&self, of: Option<UserId>, limit: i64) -> Result<Vec<RecordedSignIn>, Error> {
        Ok(sign_ins::recent(&self.pool, of, limit).await?)
    }

    /// Up to `limit` people whose name, sign-in name or mail contains `query`, those with open sessions first.
    pub async fn search(&self, query: &str, limit: i64) -> Result<Vec<ListedUser>, Error> {
        Ok(users::search(&self.pool, query, limit).await?)
    }
}
