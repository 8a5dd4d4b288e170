//! Tokens for the app itself (client credentials grant), cached and renewed ahead of their end.

use std::{collections::HashMap, sync::Arc, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

use super::{ProviderError, SignInError, credential, credential::CredentialError, provider::Provider};
use crate::config::IdentityConfig;

/// Renewed this long before it ends, so that no request carries a token that ends on the way.
const AHEAD: Duration = Duration::from_secs(300);
const PATIENCE: Duration = Duration::from_secs(10);

/// No token could be had.
#[derive(Debug, thiserror::Error)]
pub enum ServiceTokenError {
    #[error("{0}")]
    Credential(#[from] CredentialError),
    #[error("the token endpoint refuses: {0}")]
    Refused(ProviderError),
    #[error("the token endpoint cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("{0}")]
    Provider(#[from] SignInError),
}

/// See [`ServiceTokens::get`].
pub struct ServiceTokens {
    config: IdentityConfig,
    http: reqwest::Client,
    provider: Arc<Provider>,
    cached: Mutex<HashMap<String, (SecretString, Instant)>>,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    expires_in: u64,
}

impl ServiceTokens {
    pub(super) fn new(config: IdentityConfig, http: reqwest::Client, provider: Arc<Provider>) -> Self {
        Self { config, http, provider, cached: Mutex::default() }
    }

    /// A token for `scope`, such as `https://cognitiveservices.azure.com/.default`.
    pub async fn get(&self, scope: &str) -> Result<SecretString, ServiceTokenError> {
        // Held while fetching: one request renews, the others wait for it.
        let mut cached = self.cached.lock().await;
        if let Some((token, renew_at)) = cached.get(scope)
            && Instant::now() < *renew_at
        {
            return Ok(token.clone());
        }
        let (token, lifetime) = self.fetch(scope).await?;
        // A token that lives shorter than that is used for half of its life.
        let use_for = lifetime.saturating_sub(AHEAD).max(lifetime / 2);
        cached.insert(scope.to_owned(), (token.clone(), Instant::now() + use_for));
        Ok(token)
    }

    async fn fetch(&self, scope: &str) -> Result<(SecretString, Duration), ServiceTokenError> {
        let url = match &self.config.service_token_url {
            Some(url) => url.clone(),
            None => {
                let metadata = self.provider.metadata().await?;
                let endpoint = metadata.token_endpoint().map(|endpoint| endpoint.url().clone());
                endpoint.ok_or_else(|| SignInError::ProviderUnreachable("it names no token endpoint".to_owned()))?
            }
        };
        let proof = credential::form_fields(&self.config.credential).await?;
        let fields = [("grant_type", "client_credentials"), ("client_id", &self.config.client_id), ("scope", scope)];
        let form: Vec<_> = fields.into_iter().chain(credential::exposed(&proof)).collect();
        let response = self.http.post(url).timeout(PATIENCE).form(&form).send().await?;
        if response.status().is_success() {
            let token: TokenResponse = response.json().await?;
            return Ok((token.access_token.into(), Duration::from_secs(token.expires_in)));
        }
        Err(ServiceTokenError::Refused(response.json().await.unwrap_or_default()))
    }
}
