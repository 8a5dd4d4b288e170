//! What has been typed and not sent, kept in the tab: neither a reload nor signing in again loses it. Kept by person,
//! because another one may sign in in the same tab. A moment later the server has it, too, for other devices.

use std::time::Duration;

use model::{ConversationId, QUESTION_MAX_BYTES, UserId};

use super::api;
use crate::{
    browser::window,
    clock,
    task::{after, run},
};

/// Where a draft belongs.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub owner: Option<UserId>,
    pub conversation: Option<ConversationId>,
    /// Whether the server may have it.
    pub keeps: bool,
}

/// The server gets it when nothing was typed for this long.
const PAUSE: Duration = Duration::from_millis(1500);

/// For how long a question that could not be sent is sent by itself, once its owner has signed in again. Longer ago,
/// they may not want it any more; it is still in its box.
const SENT_LATER_SECS: i64 = 15 * 60;

impl Draft {
    /// Keeps `text`.
    pub fn keep(self, text: &str) {
        set(&self.key("draft"), text);
        // What is too long to be sent is too long to be kept there.
        if self.keeps && text.len() <= QUESTION_MAX_BYTES {
            let text = text.to_owned();
            after(PAUSE, move || self.keep_on_server(text));
        }
    }

    /// The question was sent, and only `rest` is left.
    pub fn sent(self, rest: &str) {
        if rest.is_empty() {
            // The server knows.
            set(&self.key("draft"), "");
        } else {
            self.keep(rest);
        }
    }

    /// Unless it has become another one meanwhile.
    fn keep_on_server(self, text: String) {
        if self.kept().unwrap_or_default() == text {
            run(async move {
                // What cannot be kept there now is kept here.
                _ = api::keep_draft(self.conversation, text).await;
            });
        }
    }

    /// What was kept.
    pub fn kept(self) -> Option<String> {
        storage()?.get_item(&self.key("draft")).ok()?
    }

    /// It was sent while nobody was signed in: it is to be sent when somebody is.
    pub fn send_later(self) {
        set(&self.key("send"), &clock::now_secs().to_string());
    }

    /// Whether it is to be sent now. Once: what cannot be sent then waits for its owner.
    pub fn is_to_be_sent(self) -> bool {
        let key = self.key("send");
        let Some(wanted_at) = storage().and_then(|storage| storage.get_item(&key).ok()?) else { return false };
        set(&key, "");
        wanted_at.parse().is_ok_and(|wanted_at: i64| clock::now_secs() - wanted_at < SENT_LATER_SECS)
    }

    fn key(self, what: &str) -> String {
        let owner = self.owner.map(|id| id.to_string()).unwrap_or_default();
        match self.conversation {
            Some(id) => format!("banter-{what}-{owner}-{id}"),
            None => format!("banter-{what}-{owner}-new"),
        }
    }
}

fn set(key: &str, text: &str) {
    let Some(storage) = storage() else { return };
    // Full or forbidden: then there is no draft, and the text is still in its box.
    _ = if text.is_empty() { storage.remove_item(key) } else { storage.set_item(key, text) };
}

/// Browsers can be told to refuse it.
fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok()?
}
