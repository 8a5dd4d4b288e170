//! Requests that happen once, however often they are sent (IETF draft "The Idempotency-Key HTTP header field").

use std::{sync::Arc, time::Duration};

use model::UserId;
use serde_json::Value;
use sqlx::PgPool;

pub use crate::store::idempotency::Standing;
use crate::{
    crypto::{self, Keyring, Purpose},
    error::Error,
    store::idempotency,
};

/// See the methods.
#[derive(Clone)]
pub struct Once {
    pool: PgPool,
    keys: Arc<Keyring>,
}

impl Once {
    pub(crate) fn new(pool: PgPool, keys: Arc<Keyring>) -> Self {
        Self { pool, keys }
    }

    /// Takes `key` of `owner` for `what`, or says what there is for it.
    pub async fn begin(&self, owner: UserId, key: &str, what: &[&[u8]]) -> Result<Standing<Value>, Error> {
        let (key, fingerprint) = (crypto::digest(key.as_bytes()), crypto::digest(&what.join(&0)));
        Ok(match idempotency::begin(&self.pool, owner, &key, &fingerprint).await? {
            Standing::Begun => Standing::Begun,
            Standing::UnderWay => Standing::UnderWay,
            Standing::Other => Standing::Other,
            Standing::Answered { status, body } => {
                let body = self.keys.open(Purpose::Answer, &context(owner, &key), &body).ok();
                match body.and_then(|body| serde_json::from_slice(&body).ok()) {
                    Some(body) => Standing::Answered { status, body },
                    // Its secret is gone from `AUTH_SECRET`. Doing it again would be worse than having to ask.
                    None => Standing::Other,
                }
            }
        })
    }

    /// Keeps the answer.
    pub async fn finish(&self, owner: UserId, key: &str, status: u16, body: &Value) -> Result<(), Error> {
        let key = crypto::digest(key.as_bytes());
        // Writing JSON to memory cannot fail.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let sealed = self.keys.seal(Purpose::Answer, &context(owner, &key), &body);
        Ok(idempotency::finish(&self.pool, owner, &key, status, &sealed).await?)
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

/// A sealed answer opens in its own row only.
fn context(owner: UserId, key: &[u8]) -> Vec<u8> {
    [owner.0.as_bytes().as_slice(), key].concat()
}
