//! What has been typed and not sent, kept in the tab: neither a reload nor signing in again loses it. Kept by person,
//! because another one may sign in in the same tab.

use leptos::prelude::*;
use model::{ConversationId, UserId};

use crate::clock;

/// Where a draft belongs.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub owner: Option<UserId>,
    pub conversation: Option<ConversationId>,
}

/// For how long a question that could not be sent is sent by itself, once its owner has signed in again. Longer ago,
/// they may not want it any more; it is still in its box.
const SENT_LATER_SECS: i64 = 15 * 60;

impl Draft {
    /// Keeps `text`.
    pub fn keep(self, text: &str) {
        set(&self.key("draft"), text);
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
