//! How often one network may begin to sign in. Generous, because a company is one network to us; it keeps a flood from
//! the provider and the database.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};

/// Networks that are remembered before those that have been quiet are forgotten.
const MOST_NETWORKS: usize = 10_000;

/// Counts by network.
pub(crate) struct SignInLimits {
    limiter: RateLimiter<String, HashMapStateStore<String>, DefaultClock, NoOpMiddleware>,
    clock: DefaultClock,
}

impl SignInLimits {
    pub(crate) fn new(per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self { limiter: RateLimiter::hashmap(quota), clock: DefaultClock::default() }
    }

    /// `Err`: how long to wait.
    pub(crate) fn take(&self, network: Option<&str>) -> Result<(), Duration> {
        if self.limiter.len() > MOST_NETWORKS {
            self.limiter.retain_recent();
        }
        let key = network.unwrap_or_default().to_owned();
        self.limiter.check_key(&key).map_err(|until| until.wait_time_from(self.clock.now()))
    }
}
