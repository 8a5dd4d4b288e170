//! Sending what is in the box, again if the server cannot be reached, and stopping what is being answered.

use std::time::Duration;

use model::{FaultKind, MessageId, Question};
use reactive_graph::callback::Callable as _;
use web_sys::HtmlTextAreaElement;

use super::{
    api,
    composer::{Box, grow},
    follow, open,
};
use crate::{
    browser,
    task::{after, run},
};

const RETRY_FIRST: Duration = Duration::from_secs(2);
const RETRY_MAX: Duration = Duration::from_secs(30);

impl Box {
    /// `again`: after signing in anew, for the question that found nobody signed in.
    pub fn send(self, again: bool) {
        let Some(field) = self.field() else { return };
        if self.streaming().is_some() {
            self.page.list.say(texts::WAIT_OR_STOP);
        }
        if self.sending.get_untracked() || self.streaming().is_some() {
            return;
        }
        let text = field.value();
        if let Err(rejected) = Question::parse(&text) {
            self.trouble.set(Some(rejected.into()));
            _ = field.focus();
            return;
        }
        let model = browser::chosen_model();
        self.sending.set(true);
        if let Some(question) = self.editing.get_untracked() {
            run(self.send_changed(question, text, model));
            return;
        }
        let temporary = self.conversation.is_none() && browser::is_checked("[name=temporary]");
        let (id, wait) = self.outbox.get_untracked().unwrap_or_else(|| (MessageId(browser::new_id()), RETRY_FIRST));
        run(async move {
            let result = api::ask(self.conversation, text.clone(), model, temporary, Some(id)).await;
            // The reader may have gone elsewhere in the meantime; the draft is kept for when they come back.
            if self.sending.is_gone() {
                // Nor does anybody read the answer here.
                drop(follow::at_hand(None));
                return;
            }
            self.sending.set(false);
            match result {
                Ok(receipt) => {
                    self.trouble.set(None);
                    self.outbox.set(None);
                    self.accepted(&field, &text);
                    self.asked.run(receipt);
                }
                Err(error) if error.0.kind == FaultKind::SignedOut && !again => {
                    // The page itself leads to the sign-in and back; mostly nobody sees more of it than a blink.
                    self.draft.send_later();
                    browser::reload();
                    return;
                }
                Err(error) if error.0.kind == FaultKind::Unavailable => {
                    self.outbox.set(Some((id, (wait * 2).min(RETRY_MAX))));
                    self.trouble.set(Some(error.sent_later()));
                    after(wait, move || self.send_again());
                }
                Err(error) => self.trouble.set(Some(error)),
            }
            _ = field.focus();
        });
    }

    /// Sends the question that could not be sent, if it is still waiting for that.
    pub fn send_again(self) {
        if self.outbox.get_untracked().is_some() {
            self.send(false);
        }
    }

    async fn send_changed(self, question: MessageId, text: String, model: Option<String>) {
        let changed = open::edit(question, &text, model.as_deref()).await;
        self.sending.set(false);
        match changed {
            Ok(conversation) => self.page.renew(conversation),
            Err(error) => self.trouble.set(Some(error)),
        }
    }

    /// The question is stored: now, and not before, it leaves the box. What was typed meanwhile stays.
    fn accepted(self, field: &HtmlTextAreaElement, sent: &str) {
        let now = field.value();
        let rest = now.strip_prefix(sent).unwrap_or(&now).trim_start();
        field.set_value(rest);
        self.unsaved.set(false);
        self.draft.sent(rest);
        self.forget_elsewhere();
        grow(field);
    }

    pub fn stop(self) {
        let Some(reply) = self.streaming() else { return };
        run(async move {
            if let Err(error) = api::stop(reply).await {
                // It ended by itself: then there is nothing to say.
                if error.0.kind != FaultKind::NotFound {
                    self.trouble.set(Some(error));
                }
            }
        });
    }
}
