//! The provider's metadata and keys: discovered when first needed, kept, and read again when a token names a key that is
//! not among them.

use std::{sync::Arc, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadataWithLogout};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::SignInError;

/// Discovery documents and keys are small; waiting longer helps nobody.
const PATIENCE: Duration = Duration::from_secs(10);
/// Keys are read again after this long even when nothing seems to be missing (Microsoft: at least once a day).
const STALE_AFTER: Duration = Duration::from_secs(12 * 60 * 60);
/// A token with an unknown key costs one fetch; these are handed out at this rate, so that made-up tokens cannot turn
/// the app against its provider.
const REFETCH_EVERY: Duration = Duration::from_secs(60);
const REFETCH_BURST: u32 = 5;

/// The HTTP client in the form in which the OIDC library wants it.
#[derive(Clone)]
pub(super) struct OidcHttp(pub(super) reqwest::Client);

/// See [`Provider::metadata`].
pub(super) struct Provider {
    issuer: IssuerUrl,
    http: OidcHttp,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Arc<ProviderMetadataWithLogout>, Instant)>,
    refetches: Option<Refetches>,
}

struct Refetches {
    left: u32,
    counted_at: Instant,
}

impl Provider {
    pub(super) fn new(issuer: IssuerUrl, http: reqwest::Client) -> Self {
        Self { issuer, http: OidcHttp(http), known: Mutex::default() }
    }

    pub(super) fn http(&self) -> &OidcHttp {
        &self.http
    }

    /// The provider's metadata with its keys.
    pub(super) async fn metadata(&self) -> Result<Arc<ProviderMetadataWithLogout>, SignInError> {
        // Held while fetching: those who come meanwhile wait for the one fetch instead of making their own.
        let mut known = self.known.lock().await;
        let stale = match &known.metadata {
            Some((metadata, fetched_at)) if fetched_at.elapsed() < STALE_AFTER => return Ok(Arc::clone(metadata)),
            Some((metadata, _)) => Some(Arc::clone(metadata)),
            None => None,
        };
        match (self.discover().await, stale) {
            (Ok(metadata), _) => {
                known.metadata = Some((Arc::clone(&metadata), Instant::now()));
                Ok(metadata)
            }
            // Old keys are better than nobody signing in.
            (Err(error), Some(metadata)) => {
                tracing::warn!(error = %error, "the provider's metadata could not be read again; the old ones are used");
                Ok(metadata)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// The metadata with the keys as they are now; `None` when they were read again too often of late.
    pub(super) async fn refetched(&self) -> Result<Option<Arc<ProviderMetadataWithLogout>>, SignInError> {
        let mut known = self.known.lock().await;
        let refetches =
            known.refetches.get_or_insert_with(|| Refetches { left: REFETCH_BURST, counted_at: Instant::now() });
        if !refetches.take() {
            return Ok(None);
        }
        let metadata = self.discover().await?;
        known.metadata = Some((Arc::clone(&metadata), Instant::now()));
        Ok(Some(metadata))
    }

    async fn discover(&self) -> Result<Arc<ProviderMetadataWithLogout>, SignInError> {
        let unreachable = |error: String| SignInError::ProviderUnreachable(error);
        let discovery = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.http);
        timeout(PATIENCE, discovery)
            .await
            .map_err(|_| unreachable("discovery takes too long".to_owned()))?
            .map(Arc::new)
            .map_err(|error| unreachable(format!("discovery: {error}")))
    }
}

impl Refetches {
    fn take(&mut self) -> bool {
        let regained = u32::try_from(self.counted_at.elapsed().as_secs() / REFETCH_EVERY.as_secs()).unwrap_or(u32::MAX);
        if regained > 0 {
            self.left = self.left.saturating_add(regained).min(REFETCH_BURST);
            self.counted_at = Instant::now();
        }
        let allowed = self.left > 0;
        self.left = self.left.saturating_sub(1);
        allowed
    }
}

impl<'c> AsyncHttpClient<'c> for OidcHttp {
    type Error = reqwest::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request)?;
            let response = self.0.execute(request).await.map_err(reqwest::Error::without_url)?;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.bytes().await.map_err(reqwest::Error::without_url)?;
            let mut answer = HttpResponse::new(body.to_vec());
            *answer.status_mut() = status;
            *answer.headers_mut() = headers;
            Ok(answer)
        })
    }
}

/// A time in the form in which the OIDC library wants it.
pub(super) fn chrono_time(time: time::OffsetDateTime) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(time.unix_timestamp(), 0).unwrap_or_default()
}
