//! What auditors will want to know of a sign-in, gathered while it goes on.

use model::UserId;
use services::{
    identity::{Attempt, Finished, Prompt, SignInError},
    people::{Client, SignInEvent},
};

use super::sign_in::AFTERWARDS;
use crate::{Doors, request::CorrelationId};

/// A sign-in as far as it is known.
pub(super) struct Trail {
    pub(super) return_to: String,
    event: SignInEvent,
    /// Whether it was one of ours at all.
    begun: bool,
}

impl Trail {
    pub(super) fn new(client: &Client, correlation_id: &CorrelationId) -> Self {
        let event = SignInEvent {
            method: "unknown".to_owned(),
            network: client.network.clone(),
            user_agent: client.user_agent.clone(),
            correlation_id: correlation_id.0.to_string(),
            ..SignInEvent::default()
        };
        Self { return_to: AFTERWARDS.to_owned(), event, begun: false }
    }

    /// It answers `attempt`.
    pub(super) fn of(&mut self, attempt: &Attempt) {
        self.return_to.clone_from(&attempt.return_to);
        self.begun = true;
        let method = match attempt.prompt {
            None => "interactive",
            Some(Prompt::None) => "silent",
            Some(Prompt::Login) => "login",
            Some(Prompt::SelectAccount) => "select_account",
            Some(Prompt::Consent) => "consent",
        };
        method.clone_into(&mut self.event.method);
    }

    /// The provider vouches for somebody.
    pub(super) fn by(&mut self, finished: &Finished) {
        self.event.tid = Some(finished.account.tid.clone());
        self.event.oid = Some(finished.account.oid.clone());
        self.event.username.clone_from(&finished.username);
    }

    pub(super) async fn succeeded(&mut self, doors: &Doors, user: UserId) {
        let event = &mut self.event;
        event.user_id = Some(user);
        "success".clone_into(&mut event.outcome);
        tracing::info!(%user, method = event.method, "signed in");
        doors.services.people.record_sign_in(event).await;
    }

    /// Answers to sign-ins that nobody began are noise that anybody can make; they are in the log only.
    pub(super) async fn failed(&mut self, doors: &Doors, error: &SignInError) {
        if !self.begun {
            return;
        }
        self.event.outcome = error.name().to_owned();
        if let SignInError::Refused(refusal) = error {
            self.event.code = refusal.code().map(str::to_owned).or_else(|| Some(refusal.error.clone()));
        }
        doors.services.people.record_sign_in(&self.event).await;
    }
}
