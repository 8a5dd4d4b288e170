//! The provider's keys, ready for use. Those that are known are looked up without waiting for anybody; they are compared
//! with the provider's in the background.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use openidconnect::ProviderMetadataWithLogout;
use tokio::time::Instant;

use super::{
    BearerError, invalid,
    jws::Jws,
    signature::{Algorithm, PublicKey},
};
use crate::identity::provider::Provider;

/// How often it is looked whether [`Provider`] has read its keys anew; it does so in its own time.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// See [`ProviderKeys::verify`].
pub(super) struct ProviderKeys {
    provider: Arc<Provider>,
    known: RwLock<Option<Arc<Known>>>,
    looking: AtomicBool,
}

struct Known {
    metadata: Arc<ProviderMetadataWithLogout>,
    keys: Vec<PublicKey>,
    algorithms: Vec<Algorithm>,
    as_of: Instant,
}

impl ProviderKeys {
    pub(super) fn new(provider: Arc<Provider>) -> Arc<Self> {
        Arc::new(Self { provider, known: RwLock::default(), looking: AtomicBool::new(false) })
    }

    /// Whether the provider made the signature.
    pub(super) async fn verify(self: &Arc<Self>, jws: &Jws<'_>) -> Result<(), BearerError> {
        let known = self.known().await?;
        match known.verifies(jws)? {
            true => return Ok(()),
            false if known.has(&jws.kid) => return Err(invalid("its signature is wrong")),
            false => {}
        }
        // It may be younger than our copy. Bounded, so that made-up tokens cannot turn us against the provider.
        match self.provider.refetched(&known.metadata).await {
            Ok(Some(metadata)) => match self.keep(metadata).verifies(jws)? {
                true => Ok(()),
                false => Err(invalid("no known key made its signature (kid)")),
            },
            Ok(None) => Err(invalid("no known key made its signature (kid)")),
            Err(error) => {
                tracing::warn!(error = %error, "a token names an unknown key, and the keys cannot be read again now");
                Err(invalid("no known key made its signature (kid)"))
            }
        }
    }

    async fn known(self: &Arc<Self>) -> Result<Arc<Known>, BearerError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(known) = known else {
            let metadata = self.provider.metadata().await;
            return metadata
                .map(|metadata| self.keep(metadata))
                .map_err(|error| BearerError::Unknown(error.to_string()));
        };
        if known.as_of.elapsed() > LOOK_AGAIN && !self.looking.swap(true, Ordering::AcqRel) {
            let this = Arc::clone(self);
            tokio::spawn(async move {
                // It keeps the old ones if there are no others.
                if let Ok(metadata) = this.provider.metadata().await {
                    this.keep(metadata);
                }
                this.looking.store(false, Ordering::Release);
            });
        }
        Ok(known)
    }

    fn keep(&self, metadata: Arc<ProviderMetadataWithLogout>) -> Arc<Known> {
        let known = Arc::new(Known::of(metadata));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        known
    }
}

impl Known {
    fn of(metadata: Arc<ProviderMetadataWithLogout>) -> Self {
        let jwks = serde_json::to_value(metadata.jwks().keys()).unwrap_or_default();
        let keys = jwks.as_array().into_iter().flatten().filter_map(PublicKey::from_jwk).collect();
        // What the provider says that it uses, and never what a token's header claims.
        let announced = metadata.id_token_signing_alg_values_supported();
        let algorithms = announced.iter().filter_map(|name| {
            let name = serde_json::to_value(name).ok()?;
            Algorithm::from_name(name.as_str()?)
        });
        Self { algorithms: algorithms.collect(), keys, metadata, as_of: Instant::now() }
    }

    fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid == kid)
    }

    fn verifies(&self, jws: &Jws<'_>) -> Result<bool, BearerError> {
        if !self.algorithms.contains(&jws.algorithm) {
            return Err(invalid("its algorithm (alg) is not allowed"));
        }
        let mut named = self.keys.iter().filter(|key| key.kid == jws.kid);
        Ok(named.any(|key| key.verifies(jws.algorithm, jws.message, &jws.signature)))
    }
}
