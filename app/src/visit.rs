//! Showing a conversation: as it was kept, or as the server has it; and asking for it before it is wanted.

use std::time::Duration;

use model::ConversationId;

use crate::{
    chat::{self, kept},
    page::{Content, Page},
    task::{after, run},
};

/// A link that is pointed at for so long is probably followed.
const REST: Duration = Duration::from_millis(60);

impl Page {
    /// Shows the conversation that the address names.
    pub(crate) fn show_conversation(self, id: ConversationId) {
        let is_shown = |content: &Content| matches!(content, Content::Conversation(shown) if shown.id == id);
        if let Some(kept) = kept::take(id) {
            self.replace(Content::Conversation(Box::new(kept)));
        } else if self.content.try_with_untracked(is_shown) == Some(true) {
            // Somewhere else was gone to, and come back from before it was there.
            self.pending.set(false);
        } else {
            self.pending.set(true);
            if self.ahead.get_untracked() != Some(id) {
                run(self.fetch(id));
            }
        }
    }

    async fn fetch(self, id: ConversationId) {
        let content = match chat::show(id, None, false).await {
            Ok(Some(opened)) => Content::Conversation(Box::new(opened)),
            Ok(None) => Content::Missing,
            Err(error) => Content::NotShown(error),
        };
        // The reader may have gone elsewhere in the meantime.
        if self.is_at(id) {
            self.replace(content);
        }
    }

    /// Fetches the conversation that is pointed at before it is asked for. `None`: none is any more.
    pub fn point_at(self, id: Option<ConversationId>) {
        self.pointed_at.set(id);
        let Some(id) = id else { return };
        after(REST, move || {
            let is_known = self.is_at(id) || kept::has(id) || self.ahead.get_untracked().is_some();
            if self.pointed_at.get_untracked() == Some(id) && !is_known {
                self.ahead.set(Some(id));
                run(self.fetch_ahead(id));
            }
        });
    }

    async fn fetch_ahead(self, id: ConversationId) {
        // Nobody uses the session by pointing somewhere.
        if let Ok(Some(opened)) = chat::show(id, None, true).await {
            kept::keep(opened);
        }
        self.ahead.set(None);
        if self.is_at(id) && self.pending.try_get_untracked() == Some(true) {
            self.show_conversation(id);
        }
    }
}
