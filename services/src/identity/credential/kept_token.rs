//! A token that is kept while it can be used and renewed ahead of its end.

use std::{fmt::Display, sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::{sync::Mutex, time::Instant};

/// Renewed this long before it ends, so that no request carries a token that ends on the way.
const AHEAD: Duration = Duration::from_secs(300);
/// Until a renewal is tried again, while the old token still serves.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// See [`KeptToken::get`].
pub(in crate::identity) struct KeptToken<E>(Mutex<State<E>>);

struct State<E> {
    kept: Option<Kept>,
    failed: Option<(Instant, Arc<E>)>,
}

struct Kept {
    token: SecretString,
    renew_at: Instant,
    ends_at: Instant,
}

impl<E> Default for KeptToken<E> {
    fn default() -> Self {
        Self(Mutex::new(State { kept: None, failed: None }))
    }
}

impl<E: Display> KeptToken<E> {
    /// The token that is kept, or what `fetch` brings: a token and its lifetime. `what` it is, for the log.
    pub(in crate::identity) async fn get(
        &self,
        what: &str,
        fetch: impl Future<Output = Result<(SecretString, Duration), E>>,
    ) -> Result<SecretString, Arc<E>> {
        let asked_at = Instant::now();
        // Held while fetching: one request renews, the others wait for it.
        let mut state = self.0.lock().await;
        if let Some(kept) = &state.kept
            && Instant::now() < kept.renew_at
        {
            return Ok(kept.token.clone());
        }
        // Those who waited share a failure, instead of each waiting for one of its own.
        if let Some((failed_at, error)) = &state.failed
            && *failed_at > asked_at
        {
            return Err(Arc::clone(error));
        }
        match (fetch.await, &mut state.kept) {
            (Ok((token, lifetime)), _) => {
                let now = Instant::now();
                // A token that lives shorter than that is used for half of its life.
                let use_for = lifetime.saturating_sub(AHEAD).max(lifetime / 2);
                let kept = Kept { token: token.clone(), renew_at: now + use_for, ends_at: now + lifetime };
                *state = State { kept: Some(kept), failed: None };
                Ok(token)
            }
            (Err(error), Some(kept)) if Instant::now() < kept.ends_at => {
                tracing::warn!(error = %error, "{what} could not be renewed; the old one is used while it lasts");
                kept.renew_at = (Instant::now() + AGAIN_AFTER).min(kept.ends_at);
                Ok(kept.token.clone())
            }
            (Err(error), _) => {
                let error = Arc::new(error);
                state.failed = Some((Instant::now(), Arc::clone(&error)));
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use secrecy::ExposeSecret as _;

    use super::*;

    const SHORT: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn those_who_wait_for_a_fetch_share_its_failure() {
        let (kept, fetches) = (KeptToken::<String>::default(), AtomicUsize::new(0));
        let fetch = || async {
            fetches.fetch_add(1, Ordering::SeqCst);
            // The others come while this one is under way.
            tokio::task::yield_now().await;
            Err("down".to_owned())
        };
        let all = tokio::join!(kept.get("it", fetch()), kept.get("it", fetch()), kept.get("it", fetch()));
        assert!(all.0.is_err() && all.1.is_err() && all.2.is_err());
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        kept.get("it", fetch()).await.unwrap_err();
        assert_eq!(fetches.load(Ordering::SeqCst), 2, "who comes later tries again");
    }

    #[tokio::test]
    async fn a_failed_renewal_leaves_the_old_token_while_it_lasts() {
        let kept = KeptToken::<String>::default();
        let fetched = |token: &'static str| async move { Ok((SecretString::from(token), SHORT)) };
        let failed = || async { Err("down".to_owned()) };
        kept.get("it", fetched("old")).await.unwrap();
        tokio::time::sleep(SHORT * 6 / 10).await;
        assert_eq!(kept.get("it", failed()).await.unwrap().expose_secret(), "old");
        tokio::time::sleep(SHORT).await;
        kept.get("it", failed()).await.unwrap_err();
        assert_eq!(kept.get("it", fetched("new")).await.unwrap().expose_secret(), "new");
    }
}
