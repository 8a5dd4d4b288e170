//! How often one caller may call this server in a minute, and what they are told of it (IETF draft "RateLimit header
//! fields for HTTP", the form with three fields that clients know).

use std::{
    num::NonZeroU32,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};
use model::UserId;
use services::config::ApiConfig;

/// Callers that are remembered before those that have been quiet are forgotten.
const MOST_CALLERS: usize = 10_000;

type Limiter = RateLimiter<UserId, HashMapStateStore<UserId>, DefaultClock, StateInformationMiddleware>;

/// Counts by user, of people and applications.
pub(crate) struct CallLimits {
    limiter: Limiter,
    per_minute: NonZeroU32,
    clock: DefaultClock,
}

/// How much of it is left after a call.
#[derive(Clone, Copy)]
pub(super) struct Left {
    limit: u32,
    remaining: u32,
    /// Until all of it is back.
    reset_secs: u64,
}

/// Where a call leaves it for the answer's headers.
#[derive(Clone, Default)]
pub(super) struct Told(Arc<OnceLock<Left>>);

impl CallLimits {
    pub(crate) fn new(api: Option<&ApiConfig>) -> Self {
        let per_minute = api.and_then(|api| NonZeroU32::new(api.requests_per_minute)).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::hashmap(Quota::per_minute(per_minute)).with_middleware();
        Self { limiter, per_minute, clock: DefaultClock::default() }
    }

    /// `Err`: how long to wait.
    pub(super) fn take(&self, caller: UserId, told: &Told) -> Result<(), Duration> {
        if self.limiter.len() > MOST_CALLERS {
            self.limiter.retain_recent();
        }
        let limit = self.per_minute.get();
        let (remaining, outcome) = match self.limiter.check_key(&caller) {
            Ok(state) => (state.remaining_burst_capacity(), Ok(())),
            Err(until) => (0, Err(until.wait_time_from(self.clock.now()))),
        };
        let reset_secs = (u64::from(limit - remaining.min(limit)) * 60).div_ceil(u64::from(limit));
        let _ = told.0.set(Left { limit, remaining, reset_secs });
        outcome
    }
}

impl Told {
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        let Some(left) = self.0.get() else { return };
        let mut insert = |name, value: u64| {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        };
        insert("ratelimit-limit", left.limit.into());
        insert("ratelimit-remaining", left.remaining.into());
        insert("ratelimit-reset", left.reset_secs);
    }
}
