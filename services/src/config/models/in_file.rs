//! `[[models]]` of `BANTER_CONFIG`: as it is written, and what may be wrong with it.

use std::{collections::HashSet, time::Duration};

use model::UserRole;
use serde::Deserialize;

use super::{
    super::{faults::Reader, parse_service_url},
    API_VERSION, ApiKey, EndpointConfig, EndpointOrigin, ModelConfig, Prices, REST, SCOPE, parse_key,
};

const EXAMPLE: &str = "[[models]] and [[models.endpoints]] as in the README's example";

/// `[[models]]`. Everything may be missing here, so that all that is missing can be told at once.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in super::super) struct ModelInFile {
    name: String,
    description: Option<String>,
    context_tokens: Option<u32>,
    answer_tokens: Option<u32>,
    prices: Option<PricesInFile>,
    groups: Vec<String>,
    roles: Vec<String>,
    rest_seconds: Option<f64>,
    endpoints: Vec<EndpointInFile>,
}

/// `[models.prices]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PricesInFile {
    prompt: Option<f64>,
    cached: Option<f64>,
    completion: Option<f64>,
    currency: String,
}

/// `[[models.endpoints]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EndpointInFile {
    base_url: String,
    deployment: Option<String>,
    api_version: Option<String>,
    api_key_env: Option<String>,
    scope: Option<String>,
    priority: u32,
    weight: Option<u32>,
}

/// The models of the file. Whatever is wrong with any of them becomes a fault of its own.
pub(super) fn check(read: &mut Reader<'_>, models: &[ModelInFile]) -> Option<Vec<ModelConfig>> {
    let mut names = HashSet::new();
    let models: Vec<_> = models
        .iter()
        .enumerate()
        .map(|(n, model)| {
            let mut name = format!("model {}", n + 1);
            if !model.name.is_empty() {
                name = format!("{name} ({:?})", model.name);
            }
            let mut place = Place { read: &mut *read, place: name };
            if !model.name.is_empty() && !names.insert(&model.name) {
                place.fault("another model has the same name");
            }
            model.check(place)
        })
        .collect();
    models.into_iter().collect()
}

/// Faults of one place in the file.
struct Place<'r, 'l> {
    read: &'r mut Reader<'l>,
    place: String,
}

impl Place<'_, '_> {
    fn fault(&mut self, problem: &str) {
        self.read.fault("BANTER_CONFIG", format!("has a fault in {}: {problem}", self.place), EXAMPLE);
    }

    fn accept<T>(&mut self, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|problem| self.fault(&problem)).ok()
    }
}

impl ModelInFile {
    fn check(&self, mut place: Place<'_, '_>) -> Option<ModelConfig> {
        if self.name.trim() != self.name || self.name.is_empty() || self.name.contains(char::is_control) {
            place.fault("name is missing or has white space around it");
        }
        if self.context_tokens == Some(0) {
            place.fault("context_tokens is 0");
        }
        let answer_tokens = place.accept(self.answer_tokens());
        let prices = self.prices.as_ref().map(|prices| prices.check(&mut place));
        let rest = self.rest_seconds.map_or(Ok(REST), |seconds| {
            let rest = Duration::try_from_secs_f64(seconds).ok();
            let rest = rest.filter(|rest| !rest.is_zero() && *rest <= Duration::from_secs(60));
            rest.ok_or_else(|| "rest_seconds is not between 0 and 60".to_owned())
        });
        let rest = place.accept(rest);
        if self.endpoints.is_empty() {
            place.fault("it has no [[models.endpoints]]");
        }
        let mut endpoints = Vec::new();
        for (n, endpoint) in self.endpoints.iter().enumerate() {
            let at = format!("{}, endpoint {}", place.place, n + 1);
            let inner = Place { read: &mut *place.read, place: at };
            endpoints.push(endpoint.check(&self.name, inner));
        }
        Some(ModelConfig {
            name: self.name.clone(),
            description: self.description.clone(),
            context_tokens: self.context_tokens,
            answer_tokens: answer_tokens?,
            prices: prices.flatten(),
            allowed_groups: self.groups.clone(),
            allowed_roles: self.roles.iter().cloned().map(UserRole::from).collect(),
            rest: rest?,
            endpoints: endpoints.into_iter().collect::<Option<_>>()?,
        })
    }
}

impl ModelInFile {
    /// An eighth of the context, where nothing is said; answers seldom need more than 16,384.
    fn answer_tokens(&self) -> Result<u32, String> {
        let Some(context) = self.context_tokens else {
            return if self.answer_tokens.is_some() {
                Err("answer_tokens needs context_tokens".to_owned())
            } else {
                Ok(0)
            };
        };
        let answer = self.answer_tokens.unwrap_or((context / 8).min(16_384));
        let fits = answer < context || context == 0;
        if fits { Ok(answer) } else { Err("answer_tokens is not less than context_tokens".to_owned()) }
    }
}

impl PricesInFile {
    fn check(&self, place: &mut Place<'_, '_>) -> Option<Prices> {
        let price = |price: Option<f64>| price.filter(|price| price.is_finite() && *price >= 0.0);
        let (prompt, completion) = (price(self.prompt), price(self.completion));
        let cached = if self.cached.is_some() { price(self.cached) } else { prompt };
        if prompt.is_none() || cached.is_none() || completion.is_none() {
            place.fault("prices need prompt and completion, and none of them is negative");
        }
        let is_currency = self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_currency {
            place.fault("the prices' currency has to be three capital letters, such as EUR");
        }
        Some(Prices { prompt: prompt?, cached: cached?, completion: completion?, currency: self.currency.clone() })
    }
}

impl EndpointInFile {
    fn check(&self, model: &str, mut place: Place<'_, '_>) -> Option<EndpointConfig> {
        let base_url = match self.base_url.as_str() {
            "" => Err("base_url is missing".to_owned()),
            text => parse_service_url(text).map_err(|problem| format!("base_url {problem}")),
        };
        let base_url = place.accept(base_url);
        let api_key = self.api_key_env.as_ref().map(|variable| {
            let key = place.read.first(&[variable]);
            let key = key.ok_or_else(|| "is not set".to_owned()).and_then(|key| parse_key(&key));
            let key = key.map_err(|problem| format!("the variable {variable:?} of api_key_env {problem}"));
            place.accept(key).map(|key| ApiKey { variable: variable.clone(), key })
        });
        if self.weight == Some(0) {
            place.fault("weight is 0; leave the endpoint out instead");
        }
        let deployment = self.deployment.as_deref().unwrap_or(model);
        if deployment.is_empty() {
            place.fault("deployment is missing");
        }
        Some(EndpointConfig {
            base_url: base_url?,
            deployment: deployment.to_owned(),
            api_version: self.api_version.clone().unwrap_or_else(|| API_VERSION.to_owned()),
            api_key: api_key.flatten(),
            scope: self.scope.clone().unwrap_or_else(|| SCOPE.to_owned()),
            priority: self.priority,
            weight: self.weight.unwrap_or(1),
            origin: EndpointOrigin::File,
        })
    }
}
