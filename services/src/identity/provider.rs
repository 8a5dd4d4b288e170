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
/// And after this long when that did not succeed.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// A token with an unknown key costs one fetch. Those that bring nothing new are handed out at this rate, so that
/// made-up tokens cannot turn the app against its provider.
const REFETCH_EVERY: Duration = Duration::from_secs(60);
const REFETCH_BURST: u32 = 3;
/// Metadata, keys and tokens are some kilobytes.
const MOST_BYTES: usize = 1 << 20;

type Metadata = Arc<ProviderMetadataWithLogout>;

/// See [`Provider::metadata`].
pub(super) struct Provider {
    issuer: IssuerUrl,
    http: OidcHttp,
    known: Mutex<Known>,
}

struct Known {
    /// And when to read it again.
    metadata: Option<(Metadata, Instant)>,
    /// Why it could not be read the last time, and when that turned out.
    failure: Option<(String, Instant)>,
    refetches: Refetches,
}

struct Refetches {
    left: u32,
    counted_at: Instant,
}

impl Provider {
    pub(super) fn new(issuer: IssuerUrl, http: reqwest::Client) -> Self {
        let refetches = Refetches { left: REFETCH_BURST, counted_at: Instant::now() };
        let known = Mutex::new(Known { metadata: None, failure: None, refetches });
        Self { issuer, http: OidcHttp(http), known }
    }

    pub(super) fn http(&self) -> &OidcHttp {
        &self.http
    }

    /// The provider's metadata with its keys.
    pub(super) async fn metadata(&self) -> Result<Metadata, SignInError> {
        let asked_at = Instant::now();
        // Held while fetching: those who come meanwhile wait for the one fetch instead of making their own.
        let mut known = self.known.lock().await;
        let stale = match &known.metadata {
            Some((metadata, read_again_at)) if Instant::now() < *read_again_at => return Ok(Arc::clone(metadata)),
            Some((metadata, _)) => Some(Arc::clone(metadata)),
            None => None,
        };
        match &known.failure {
            // They waited for that one. A queue in which each finds it out anew would never end.
            Some((error, at)) if stale.is_none() && asked_at <= *at => return Err(unreachable(error.clone())),
            _ => {}
        }
        match (self.discover().await, stale) {
            (Ok(metadata), _) => Ok(known.keep(metadata)),
            // Old keys are better than nobody signing in.
            (Err(error), Some(metadata)) => {
                tracing::warn!(error, "the provider's metadata could not be read again; the old ones are used");
                known.failed(error);
                Ok(metadata)
            }
            (Err(error), None) => {
                known.failed(error.clone());
                Err(unreachable(error))
            }
        }
    }

    /// Whether metadata and keys could be read when that was last tried; if there are none yet, it is tried now.
    pub(super) async fn check(&self) -> Result<(), SignInError> {
        self.metadata().await?;
        match &self.known.lock().await.failure {
            Some((error, _)) => Err(unreachable(format!("{error}; keys that are known go on working"))),
            None => Ok(()),
        }
    }

    /// The metadata with the keys as they are now, after those in `seen` did not suffice; `None` when there are no
    /// others, or when they were read again too often of late.
    pub(super) async fn refetched(&self, seen: &Metadata) -> Result<Option<Metadata>, SignInError> {
        let mut known = self.known.lock().await;
        match &known.metadata {
            // Somebody else was quicker.
            Some((newer, _)) if newer.jwks() != seen.jwks() => return Ok(Some(Arc::clone(newer))),
            _ => {}
        }
        if !known.refetches.take() {
            tracing::warn!("a token names an unknown key, and the keys were read again too often of late");
            return Ok(None);
        }
        let metadata = match self.discover().await {
            Ok(metadata) => known.keep(metadata),
            Err(error) => {
                known.failed(error.clone());
                return Err(unreachable(error));
            }
        };
        if metadata.jwks() == seen.jwks() {
            return Ok(None);
        }
        // It was worth it.
        known.refetches.give_back();
        Ok(Some(metadata))
    }

    async fn discover(&self) -> Result<ProviderMetadataWithLogout, String> {
        let discovery = ProviderMetadataWithLogout::discover_async(self.issuer.clone(), &self.http);
        timeout(PATIENCE, discovery)
            .await
            .map_err(|_| "discovery takes too long".to_owned())?
            .map_err(|error| format!("discovery: {error}"))
    }
}

fn unreachable(error: String) -> SignInError {
    SignInError::ProviderUnreachable(error)
}

impl Known {
    fn keep(&mut self, metadata: ProviderMetadataWithLogout) -> Metadata {
        let metadata = Arc::new(metadata);
        self.metadata = Some((Arc::clone(&metadata), Instant::now() + STALE_AFTER));
        self.failure = None;
        metadata
    }

    /// What is known stays, and is read again soon.
    fn failed(&mut self, error: String) {
        if let Some((_, read_again_at)) = &mut self.metadata {
            *read_again_at = Instant::now() + TRY_AGAIN_AFTER;
        }
        self.failure = Some((error, Instant::now()));
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

    fn give_back(&mut self) {
        self.left = (self.left + 1).min(REFETCH_BURST);
    }
}

/// The HTTP client in the form in which the OIDC library wants it.
#[derive(Clone)]
pub(super) struct OidcHttp(reqwest::Client);

/// No answer, or none that can be taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error("{0}")]
    Request(#[from] reqwest::Error),
    #[error("the answer is larger than 1 MB")]
    TooLarge,
}

impl OidcHttp {
    pub(super) fn get(&self, url: &url::Url) -> reqwest::RequestBuilder {
        self.0.get(url.clone())
    }
}

impl<'c> AsyncHttpClient<'c> for OidcHttp {
    type Error = HttpError;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request)?;
            let response = self.0.execute(request).await.map_err(reqwest::Error::without_url)?;
            let (status, headers) = (response.status(), response.headers().clone());
            let mut answer = HttpResponse::new(body(response).await?);
            *answer.status_mut() = status;
            *answer.headers_mut() = headers;
            Ok(answer)
        })
    }
}

/// The body, unless it is larger than anything that a provider has to say.
pub(super) async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A time in the form in which the OIDC library wants it.
pub(super) fn chrono_time(time: time::OffsetDateTime) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(time.unix_timestamp(), 0).unwrap_or_default()
}
