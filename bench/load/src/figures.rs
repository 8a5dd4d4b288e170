//! What many answers come to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::asker::Reply;

#[derive(Default, Serialize)]
pub struct Figures {
    replies: u64,
    tokens: u64,
    events: u64,
    bytes: u64,
    /// From asking to the first token.
    first_token_ms: Spread,
    /// From the model to the reader.
    delay_ms: Spread,
    seconds: f64,
    failed: u64,
    /// Why, and how often.
    failures: BTreeMap<String, u64>,
    #[serde(skip)]
    first_tokens: Vec<u64>,
    #[serde(skip)]
    delays: Vec<u32>,
}

#[derive(Default, Serialize)]
struct Spread {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

impl Figures {
    pub fn add(&mut self, reply: Reply) {
        self.replies += 1;
        self.tokens += reply.delays.len() as u64;
        self.events += reply.events;
        self.bytes += reply.bytes;
        self.first_tokens.push(reply.first_token);
        self.delays.extend(reply.delays);
    }

    pub fn failed(&mut self, why: String) {
        self.failed += 1;
        *self.failures.entry(why).or_default() += 1;
    }

    pub fn finish(mut self, micros: u64) -> Self {
        self.seconds = micros as f64 / 1e6;
        self.first_token_ms = spread(self.first_tokens.drain(..));
        self.delay_ms = spread(self.delays.drain(..).map(u64::from));
        self
    }
}

fn spread(micros: impl Iterator<Item = u64>) -> Spread {
    let mut all: Vec<u64> = micros.collect();
    all.sort_unstable();
    let at = |share: f64| all.get(((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1)));
    let ms = |share| at(share).map_or(0.0, |micros| *micros as f64 / 1000.0);
    Spread { p50: ms(0.5), p90: ms(0.9), p99: ms(0.99), max: ms(1.0) }
}
