//! One asking of a model: what it is sent, and what is known of its answer beside the text.

use std::{mem, sync::Arc};

use model::{Ending, Usage};

use super::writer::Request;
use crate::{
    completions::Turn,
    error::Error,
    metering::{Metered, Metering, fitting::Fitted},
};

/// See the methods.
pub(super) struct Exchange {
    pub(super) model: String,
    /// A pseudonym of the person asking.
    pub(super) user: String,
    pub(super) fitted: Fitted,
    /// What the model says that it used.
    pub(super) reported: Option<Usage>,
    /// The deployment that answers.
    pub(super) deployment: Option<String>,
    /// The model has the question; it was not turned away to come again later.
    pub(super) is_with_model: bool,
    /// Text that was withdrawn. It is paid for all the same.
    withdrawn: String,
    /// The bytes of text that the reply had before.
    before: usize,
    halved: bool,
}

impl Exchange {
    /// With as much of the conversation as the model can read. The reply has `before` bytes of text already.
    pub(super) async fn of(request: Request, metering: &Metering, before: usize) -> Result<Self, Error> {
        let Request { owner: _, model, turns, user, language: _ } = request;
        let fitted = metering.fit(&model, turns).await?;
        Ok(Self {
            model,
            user,
            fitted,
            reported: None,
            deployment: None,
            is_with_model: true,
            withdrawn: String::new(),
            before,
            halved: false,
        })
    }

    pub(super) fn turns(&self) -> &[Turn] {
        &self.fitted.turns
    }

    /// Leaves out half of the conversation, after the model found it too long. Once; false when that is no way out.
    pub(super) fn halve(&mut self) -> bool {
        let half = if self.halved { None } else { self.fitted.half() };
        let Some(half) = half else { return false };
        self.fitted = half;
        self.halved = true;
        true
    }

    /// All of `text` is withdrawn.
    pub(super) fn withdraw(&mut self, text: &str) {
        self.withdrawn.push_str(text.get(self.before..).unwrap_or_default());
        self.before = 0;
    }

    /// What it used when the reply ends as `ending` with `text`: as reported, or else as counted. `None` when the model
    /// did nothing for it.
    pub(super) async fn metered(
        mut self,
        metering: &Metering,
        ending: Ending,
        text: &str,
    ) -> Result<Option<Metered>, Error> {
        if let Some(usage) = self.reported {
            return Ok(Some(metering.reported(&self.model, self.deployment, usage)));
        }
        let mut answer = mem::take(&mut self.withdrawn);
        answer.push_str(text.get(self.before..).unwrap_or_default());
        // One that was left while it was thinking has read the question, as has one that accepted it and said nothing.
        let was_left = matches!(ending, Ending::Stopped | Ending::Interrupted);
        let has_read = self.is_with_model && (was_left || self.deployment.is_some());
        if answer.is_empty() && !has_read {
            return Ok(None);
        }
        let turns = Arc::from(self.fitted.turns);
        metering.counted(&self.model, self.deployment, turns, answer).await.map(Some)
    }
}
