//! Whether a deployment answers at all, for whoever sets the app up.

use std::pin::pin;

use futures::StreamExt as _;
use model::Role;

use super::{Completions, Failure, FailureKind, Turn, body};
use crate::clock;

/// Newer models refuse to begin with less.
const FEW_TOKENS: u32 = 16;

impl Completions {
    /// Asks `deployment` the way questions are asked, and waits for the first sign of an answer.
    pub(crate) async fn probe(&self, deployment: &str) -> Result<(), Failure> {
        match self.first_sign(deployment, Some(FEW_TOKENS)).await {
            // Old versions of the interface do not know the limit. Without it, leaving early is what saves tokens.
            Err(failure) if failure.status == Some(400) && failure.detail().contains("max_completion_tokens") => {
                self.first_sign(deployment, None).await
            }
            // The model had begun to think, so it works.
            Err(failure) if failure.detail().contains("model output limit was reached") => Ok(()),
            sign => sign,
        }
    }

    async fn first_sign(&self, deployment: &str, limit: Option<u32>) -> Result<(), Failure> {
        let turns = [Turn { role: Role::User, text: "Say hello.".to_owned() }];
        let mut body = body(deployment, &turns, "doctor");
        if let Some(limit) = limit {
            // Not `max_tokens`, which reasoning models reject.
            body["max_completion_tokens"] = limit.into();
        }
        let correlation_id = clock::new_correlation_id();
        let chunk = pin!(self.chunks(deployment, body, &correlation_id)).next().await;
        chunk.unwrap_or_else(|| Err(Failure::new(FailureKind::BrokenOff, "It ends without an answer"))).map(drop)
    }
}
