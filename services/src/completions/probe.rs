//! Whether an endpoint answers at all, for whoever sets the app up.

use std::pin::pin;

use futures::StreamExt as _;
use model::Role;

use super::{
    Completions, Failure, FailureKind, Turn, body,
    endpoint::{self, chunks},
};
use crate::clock;

/// Newer models refuse to begin with less.
const FEW_TOKENS: u32 = 16;

impl Completions {
    /// Asks endpoint number `place` of `model` the way questions are asked, and waits for the first sign of an answer.
    /// Once, whatever it says: its breaker neither stops this nor learns from it.
    pub(crate) async fn probe(&self, model: &str, place: usize) -> Result<(), Failure> {
        match self.first_sign(model, place).await {
            // The model had begun to think, so it works.
            Err(failure) if failure.detail().contains("model output limit was reached") => Ok(()),
            sign => sign,
        }
    }

    async fn first_sign(&self, model: &str, place: usize) -> Result<(), Failure> {
        let route = self.model(model).and_then(|model| model.routes.get(place));
        let route = route.ok_or_else(|| Failure::new(FailureKind::NoSuchDeployment, "There is no such endpoint"))?;
        let turns = [Turn { role: Role::User, text: "Say hello.".to_owned() }];
        let mut body = body(&turns, "doctor");
        // Not `max_tokens`, which reasoning models reject. Old versions of the interface do not know this one; without
        // it, leaving early is what saves tokens.
        body["max_completion_tokens"] = FEW_TOKENS.into();
        let response = route
            .endpoint
            .open(&endpoint::OPTIONAL, &self.http, &self.tokens, &body, &clock::new_correlation_id())
            .await?;
        let chunk = pin!(chunks(response)).next().await;
        chunk.unwrap_or_else(|| Err(Failure::new(FailureKind::BrokenOff, "It ends without an answer"))).map(drop)
    }
}
