//! Whether an endpoint is worth a request now: it rests after failing again and again, and for as long as it asks to.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{Failure, FailureKind};

/// One question alone, which asks up to four times, does not open it.
const FAILURES: u32 = 5;
/// Asking once a minute costs nothing, and whoever has put things right should see it soon.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// Services have asked for a day by mistake. After this long it is worth looking again.
const LONGEST_HOLD: Duration = Duration::from_secs(600);
/// When to ask again while somebody else is finding out whether the endpoint has recovered.
const NEXT_LOOK: Duration = Duration::from_secs(1);

/// The breaker of one endpoint.
#[derive(Debug)]
pub(super) struct Breaker {
    /// The first rest; each that follows without a success between them is twice as long.
    rest: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Failures without a success between them.
    failures: u32,
    /// Rests without a success between them.
    rests: u32,
    /// Open until then; half-open from then on.
    resting_until: Option<Instant>,
    /// The service asked not to be asked before.
    held_until: Option<Instant>,
    /// Half-open: a request is finding out.
    probing: bool,
    /// Its last failure.
    why: Option<FailureKind>,
}

/// When an endpoint may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Availability {
    Now,
    /// The service said so.
    HeldUntil(Instant),
    /// It failed too often.
    RestingUntil(Instant),
}

/// Leave to make one request. Dropped without a word about how it went, it changes nothing.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
}

impl Breaker {
    pub(super) fn new(rest: Duration) -> Self {
        Self { rest, state: Mutex::default() }
    }

    pub(super) fn availability(&self, now: Instant) -> Availability {
        self.state().availability(now)
    }

    /// How it failed last, for whoever is not let through.
    pub(super) fn why(&self) -> Option<FailureKind> {
        self.state().why.clone()
    }

    /// Leave for a request, unless the endpoint is not to be asked now.
    pub(super) fn enter(&self, now: Instant) -> Option<Pass<'_>> {
        let mut state = self.state();
        if state.availability(now) != Availability::Now {
            return None;
        }
        let is_probe = state.resting_until.is_some();
        state.probing |= is_probe;
        Some(Pass { breaker: self, is_probe })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn availability(&self, now: Instant) -> Availability {
        match (self.held_until, self.resting_until) {
            (Some(until), _) if until > now => Availability::HeldUntil(until),
            (_, Some(until)) if until > now => Availability::RestingUntil(until),
            (_, Some(_)) if self.probing => Availability::RestingUntil(now + NEXT_LOOK),
            _ => Availability::Now,
        }
    }
}

impl Pass<'_> {
    /// It accepted the request. Others may come; if the answer fails after all, it rests again.
    pub(super) fn accepted(&mut self) {
        if self.is_probe {
            let mut state = self.breaker.state();
            state.probing = false;
            state.resting_until = None;
            self.is_probe = false;
        }
    }

    /// It answers, or refuses what no other endpoint would take either: it is well.
    pub(super) fn succeeded(self) {
        let mut state = self.breaker.state();
        (state.failures, state.rests, state.resting_until, state.why) = (0, 0, None, None);
    }

    /// It did not answer, for that reason.
    pub(super) fn refused(self, now: Instant, failure: &Failure) {
        let kind = &failure.kind;
        if let Some(wait) = failure.retry_after.filter(|_| kind.is_passing()) {
            self.hold(now, wait, kind.clone());
        }
        match kind {
            // It is well, only busy.
            FailureKind::TooManyRequests(_) => {}
            kind if kind.is_passing() || kind.is_the_endpoints() => self.failed(now, kind.clone()),
            _ => self.succeeded(),
        }
    }

    fn failed(self, now: Instant, why: FailureKind) {
        let mut state = self.breaker.state();
        state.why = Some(why);
        state.failures = state.failures.saturating_add(1);
        // Requests that began before a rest do not prolong it.
        let is_resting = state.resting_until.is_some_and(|until| until > now);
        if state.failures >= FAILURES && !is_resting {
            let rest = self.breaker.rest.saturating_mul(1 << state.rests.min(16)).min(LONGEST_REST);
            state.rests = state.rests.saturating_add(1);
            state.resting_until = Some(now + rest);
        }
    }

    /// It asked not to be asked again for `wait`.
    fn hold(&self, now: Instant, wait: Duration, why: FailureKind) {
        let until = now + wait.min(LONGEST_HOLD);
        let mut state = self.breaker.state();
        state.why = Some(why);
        state.held_until = state.held_until.max(Some(until));
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            self.breaker.state().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(10);

    fn fail(breaker: &Breaker, now: Instant, times: u32) {
        (0..times).for_each(|_| breaker.enter(now).unwrap().failed(now, FailureKind::Unreachable));
    }

    #[test]
    fn it_opens_lets_one_request_through_and_rests_longer_each_time() {
        let (breaker, mut now) = (Breaker::new(REST), Instant::now());
        fail(&breaker, now, FAILURES - 1);
        assert_eq!(breaker.availability(now), Availability::Now);
        fail(&breaker, now, 1);
        assert_eq!(breaker.why(), Some(FailureKind::Unreachable));
        for rest in [1, 2, 4] {
            assert!(breaker.enter(now + REST * rest - Duration::from_millis(1)).is_none());
            now += REST * rest;
            let probe = breaker.enter(now).unwrap();
            assert!(breaker.enter(now).is_none(), "only one finds out");
            probe.failed(now, FailureKind::Unreachable);
        }
        now += LONGEST_REST;
        breaker.enter(now).unwrap().succeeded();
        fail(&breaker, now, FAILURES - 1);
        assert_eq!(breaker.availability(now), Availability::Now, "all is forgotten");
    }

    #[test]
    fn a_probe_that_is_given_up_leaves_its_place_to_the_next() {
        let (breaker, mut now) = (Breaker::new(REST), Instant::now());
        fail(&breaker, now, FAILURES);
        now += REST;
        drop(breaker.enter(now).unwrap());
        let mut probe = breaker.enter(now).unwrap();
        probe.accepted();
        assert!(breaker.enter(now).is_some(), "it accepts requests again");
        probe.failed(now, FailureKind::Unreachable);
        assert!(breaker.enter(now).is_none(), "but it did not answer");
    }

    #[test]
    fn it_is_held_for_as_long_as_the_service_says_and_no_longer() {
        let (breaker, now) = (Breaker::new(REST), Instant::now());
        breaker.enter(now).unwrap().hold(now, Duration::from_millis(1500), FailureKind::TooManyRequests(Some(2)));
        assert!(breaker.enter(now + Duration::from_millis(1499)).is_none());
        let later = now + Duration::from_millis(1500);
        let (one, another) = (breaker.enter(later), breaker.enter(later));
        assert!(one.is_some() && another.is_some());
    }
}
