//! Faults ordered through `POST /_sandbox/faults`: what they look like, and which request they hit.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::personas::Persona;
use crate::state::lock;

/// The kinds each service knows; anything else is refused, so that a typing mistake in a test shows at once.
pub const KINDS: &[(&str, &[&str])] = &[
    (
        "openai",
        &[
            "status",
            "unauthorized_key",
            "unauthorized_token",
            "permission_denied",
            "forbidden",
            "deployment_not_found",
            "not_found",
            "rate_limit",
            "gateway_html",
            "content_filter_prompt",
            "context_length",
            "unsupported_parameter",
            "unsupported_value",
            "cut",
            "in_stream_error",
            "finish_content_filter",
            "finish_length",
            "async_filter",
            "late_block",
            "slow_first_token",
            "hang",
            "stall",
            "malformed_chunk",
            "usage",
        ],
    ),
    (
        "entra",
        &[
            "down",
            "hang",
            "token_error",
            "authorize_error",
            "jwks_down",
            "single_key",
            "discovery_down",
            "discovery",
            "wrong_iss",
            "wrong_aud",
            "wrong_nonce",
            "wrong_tid",
            "expired",
            "not_yet_valid",
            "bad_signature",
            "foreign_key",
            "alg_none",
            "hs256",
            "hs256_secret",
            "no_kid",
            "unknown_kid",
            "missing_claim",
            "claims",
            "no_id_token",
            "no_refresh_token",
            "expires_in",
        ],
    ),
    (
        "graph",
        &[
            "status",
            "throttled",
            "unavailable",
            "unauthorized",
            "cae",
            "photo_error",
            "photo_body",
            "names_null",
            "userinfo",
            "garbage",
            "redirect",
            "hang",
        ],
    ),
];

/// One ordered fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    #[serde(default)]
    pub id: u64,
    pub service: String,
    pub kind: String,
    /// How many requests it hits; `null` = until deleted.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(default, rename = "match")]
    pub only: Only,
    /// Whatever else the kind takes.
    #[serde(flatten)]
    pub params: Map<String, Value>,
}

/// Narrows a fault down; an absent member matches everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// Part of the path.
    pub path: Option<String>,
    pub method: Option<String>,
    /// Object id, or part of the name.
    pub persona: Option<String>,
    pub deployment: Option<String>,
    /// Of token requests.
    pub grant_type: Option<String>,
    /// Part of the last user message.
    pub question: Option<String>,
}

/// What a request is, for matching.
#[derive(Clone, Copy, Default)]
pub struct Target<'a> {
    pub path: &'a str,
    pub method: &'a str,
    pub persona: Option<&'a Persona>,
    pub deployment: Option<&'a str>,
    pub grant_type: Option<&'a str>,
    pub question: Option<&'a str>,
}

#[derive(Default)]
pub struct Faults {
    next_id: AtomicU64,
    list: Mutex<Vec<Fault>>,
}

impl Faults {
    pub fn add(&self, mut fault: Fault) -> Result<u64, String> {
        let Some((_, kinds)) = KINDS.iter().find(|(name, _)| *name == fault.service) else {
            return Err(format!("unknown service {:?}; one of: openai, entra, graph", fault.service));
        };
        if !kinds.contains(&fault.kind.as_str()) {
            return Err(format!("{} has no fault {:?}; one of: {}", fault.service, fault.kind, kinds.join(", ")));
        }
        fault.id = self.next_id.fetch_add(1, Ordering::Relaxed) + 1;
        let id = fault.id;
        lock(&self.list).push(fault);
        Ok(id)
    }

    pub fn list(&self) -> Vec<Fault> {
        lock(&self.list).clone()
    }

    pub fn clear(&self) {
        lock(&self.list).clear();
    }

    /// The oldest fault of these kinds that hits the target; counts it as used.
    pub fn take(&self, service: &str, kinds: &[&str], target: &Target<'_>) -> Option<Fault> {
        self.take_if(service, kinds, target, |_| true)
    }

    pub fn take_if(
        &self,
        service: &str,
        kinds: &[&str],
        target: &Target<'_>,
        also: impl Fn(&Fault) -> bool,
    ) -> Option<Fault> {
        let mut list = lock(&self.list);
        let index = list.iter().position(|fault| {
            fault.service == service && kinds.contains(&fault.kind.as_str()) && fault.hits(target) && also(fault)
        })?;
        if let Some(times) = &mut list[index].times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                return Some(list.remove(index));
            }
        }
        Some(list[index].clone())
    }
}

impl Fault {
    fn hits(&self, target: &Target<'_>) -> bool {
        let only = &self.only;
        let part = |wanted: &Option<String>, actual: Option<&str>| match wanted {
            None => true,
            Some(wanted) => actual.is_some_and(|actual| actual.contains(wanted.as_str())),
        };
        let same = |wanted: &Option<String>, actual: Option<&str>| match wanted {
            None => true,
            Some(wanted) => actual.is_some_and(|actual| actual.eq_ignore_ascii_case(wanted)),
        };
        let persona = match &only.persona {
            None => true,
            Some(wanted) => target.persona.is_some_and(|p| p.oid == *wanted || p.name.contains(wanted.as_str())),
        };
        persona
            && part(&only.path, Some(target.path))
            && same(&only.method, Some(target.method))
            && same(&only.deployment, target.deployment)
            && same(&only.grant_type, target.grant_type)
            && part(&only.question, target.question)
    }

    pub fn str(&self, name: &str) -> Option<&str> {
        self.params.get(name)?.as_str()
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.params.get(name)?.as_u64()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.params.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}
