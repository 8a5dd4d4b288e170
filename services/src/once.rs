//! Requests that happen once, however often they are sent (IETF draft "The Idempotency-Key HTTP header field").

use std::time::Duration;

use model::UserId;
use serde_json::Value;
use sqlx::PgPool;

pub use crate::store::idempotency::Standing;
use crate::{crypto, error::Error, store::idempotency};

/// See the methods.
#[derive(Clone)]
pub struct Once {
    pool: PgPool,
}

impl Once {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Takes `key` of `owner` for `what`, or says what there is for it.
    pub async fn begin(&self, owner: UserId, key: &str, what: &[&[u8]]) -> Result<Standing, Error> {
        let fingerprint = crypto::digest(&what.join(&0));
        Ok(idempotency::begin(&self.pool, owner, &crypto::digest(key.as_bytes()), &fingerprint).await?)
    }

    /// Keeps the answer.
    pub async fn finish(&self, owner: UserId, key: &str, status: u16, body: &Value) -> Result<(), Error> {
        Ok(idempotency::finish(&self.pool, owner, &crypto::digest(key.as_bytes()), status, body).await?)
    }

    /// Nothing came of it.
    pub async fn let_go(&self, owner: UserId, key: &str) -> Result<(), Error> {
        Ok(idempotency::let_go(&self.pool, owner, &crypto::digest(key.as_bytes())).await?)
    }

    /// Removes what is not kept any longer, for ever.
    pub(crate) async fn sweep(&self) {
        let mut every = tokio::time::interval(Duration::from_secs(600));
        loop {
            every.tick().await;
            if let Err(error) = idempotency::sweep(&self.pool).await {
                tracing::debug!(error = %error, "old idempotency keys cannot be removed now");
            }
        }
    }
}
