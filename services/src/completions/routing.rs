//! Which endpoint of a model gets a request: of those that may be asked, the lowest priority, and there by weight.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    breaker::{Availability, Breaker, Pass},
    endpoint::Endpoint,
};
use crate::{clock, config::ModelConfig};

/// A model and the endpoints that serve it.
pub(super) struct Model {
    pub(super) name: String,
    pub(super) routes: Vec<Route>,
}

/// One of a model's endpoints.
pub(super) struct Route {
    pub(super) endpoint: Endpoint,
    pub(super) breaker: Breaker,
    priority: u32,
    weight: u32,
}

impl Model {
    pub(super) fn new(config: ModelConfig) -> Self {
        let rest = config.rest;
        let routes = config.endpoints.into_iter().map(|endpoint| Route {
            priority: endpoint.priority,
            weight: endpoint.weight,
            breaker: Breaker::new(rest),
            endpoint: Endpoint::new(endpoint),
        });
        Self { name: config.name, routes: routes.collect() }
    }

    /// The endpoint to ask now, by its place, and the leave to do so. `None` when none of those for which `wanted` holds may be
    /// asked now.
    pub(super) fn choose(&self, now: Instant, wanted: impl Fn(usize) -> bool) -> Option<(usize, Pass<'_>)> {
        let mut candidates: Vec<usize> = (0..self.routes.len())
            .filter(|place| wanted(*place) && self.routes[*place].breaker.availability(now) == Availability::Now)
            .collect();
        loop {
            let place = self.draw(&candidates)?;
            if let Some(pass) = self.routes[place].breaker.enter(now) {
                return Some((place, pass));
            }
            // Another request was quicker to find out whether it has recovered.
            candidates.retain(|candidate| *candidate != place);
        }
    }

    /// Which of those for which `wanted` holds may be asked first, and in how long.
    pub(super) fn soonest(&self, now: Instant, wanted: impl Fn(usize) -> bool) -> Option<(usize, Duration)> {
        let wanted = (0..self.routes.len()).filter(|place| wanted(*place));
        let waits = wanted.map(|place| match self.routes[place].breaker.availability(now) {
            Availability::Now => (place, Duration::ZERO),
            Availability::HeldUntil(until) | Availability::RestingUntil(until) => (place, until - now),
        });
        waits.min_by_key(|(_, wait)| *wait)
    }

    /// By weight, one of those with the lowest priority.
    fn draw(&self, candidates: &[usize]) -> Option<usize> {
        let first = candidates.iter().map(|place| self.routes[*place].priority).min()?;
        let candidates = candidates.iter().copied().filter(|place| self.routes[*place].priority == first);
        let total: u64 = candidates.clone().map(|place| u64::from(self.routes[place].weight)).sum();
        let mut drawn = u64::from_le_bytes(clock::random_bytes()) % total.max(1);
        let mut candidates = candidates.peekable();
        loop {
            let place = candidates.next()?;
            let weight = u64::from(self.routes[place].weight);
            if drawn < weight || candidates.peek().is_none() {
                return Some(place);
            }
            drawn -= weight;
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        completions::{Failure, FailureKind},
        config::{EndpointConfig, EndpointOrigin},
    };

    /// A model with endpoints of these priorities and weights.
    pub(in super::super) fn model(endpoints: &[(u32, u32)]) -> Model {
        let endpoint = |(priority, weight): &(u32, u32)| EndpointConfig {
            base_url: "https://resource.example".parse().unwrap(),
            deployment: "gpt-5".to_owned(),
            api_version: String::new(),
            api_key: None,
            scope: String::new(),
            priority: *priority,
            weight: *weight,
            origin: EndpointOrigin::File,
        };
        Model::new(ModelConfig::plain("gpt-5".to_owned(), endpoints.iter().map(endpoint).collect()))
    }

    fn chosen(model: &Model, now: Instant) -> Option<usize> {
        model.choose(now, |_| true).map(|(place, _)| place)
    }

    #[test]
    fn endpoints_of_one_priority_share_the_requests_by_weight() {
        let model = model(&[(1, 9), (0, 3), (0, 1)]);
        let mut counts = [0_u32; 3];
        (0..4000).for_each(|_| counts[chosen(&model, Instant::now()).unwrap()] += 1);
        assert_eq!(counts[0], 0, "it is not their turn: {counts:?}");
        // Nine standard deviations around three quarters.
        assert!((2750..3250).contains(&counts[1]), "{counts:?}");
    }

    #[test]
    fn the_next_priority_is_asked_while_the_first_may_not_and_the_first_again_after_that() {
        let (model, now) = (model(&[(7, 1), (3, 1)]), Instant::now());
        assert_eq!(chosen(&model, now), Some(1));
        let (place, pass) = model.choose(now, |_| true).unwrap();
        let (mut busy, wait) = (Failure::new(FailureKind::TooManyRequests(None), ""), Duration::from_secs(5));
        busy.retry_after = Some(wait);
        pass.refused(now, &busy);
        assert_eq!((place, chosen(&model, now)), (1, Some(0)));
        assert_eq!(model.soonest(now, |place| place == 1), Some((1, wait)));
        assert_eq!(chosen(&model, now + wait), Some(1));
    }

    #[test]
    fn nobody_is_chosen_who_is_not_wanted() {
        let model = model(&[(0, 1), (0, 1)]);
        assert!(model.choose(Instant::now(), |_| false).is_none());
        assert!((0..50).all(|_| model.choose(Instant::now(), |place| place == 1).is_some_and(|(place, _)| place == 1)));
    }
}
