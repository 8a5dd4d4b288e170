//! What has been typed and not sent, kept in the tab: neither a reload nor signing in again loses it.

use leptos::prelude::*;
use model::ConversationId;

/// Keeps `text` as the draft of a conversation, or of a new one.
pub fn keep(conversation: Option<ConversationId>, text: &str) {
    let Some(storage) = storage() else { return };
    // Full or forbidden: then there is no draft, and the text is still in its box.
    _ = if text.is_empty() {
        storage.remove_item(&key(conversation))
    } else {
        storage.set_item(&key(conversation), text)
    };
}

/// The draft of a conversation.
pub fn kept(conversation: Option<ConversationId>) -> Option<String> {
    storage()?.get_item(&key(conversation)).ok()?
}

fn key(conversation: Option<ConversationId>) -> String {
    match conversation {
        Some(id) => format!("banter-draft-{id}"),
        None => "banter-draft-new".to_owned(),
    }
}

/// Browsers can be told to refuse it.
fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok()?
}
