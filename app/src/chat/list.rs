//! The conversations in the list: those the server sent, in the order of their last use, and what has happened since.

use leptos::prelude::*;
use model::{AskReceipt, ConversationId, ConversationPage, ConversationSummary};

use super::api;
use crate::AppError;

/// The list's content. One for the page, whichever conversation is open.
#[derive(Clone, Copy)]
pub struct Conversations {
    /// Newest first. `None` until the first page is there.
    pub known: RwSignal<Option<Result<ConversationPage, AppError>>>,
    pub loading: RwSignal<bool>,
}

impl Conversations {
    pub fn new(known: Option<Result<ConversationPage, AppError>>) -> Self {
        Self { known: RwSignal::new(known), loading: RwSignal::new(false) }
    }

    /// The list of the page this is called in.
    pub fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self::new(None))
    }

    /// A question was asked: its conversation is the newest now.
    pub fn asked(self, receipt: &AskReceipt) {
        let summary = ConversationSummary {
            id: receipt.conversation_id,
            title: receipt.title.clone(),
            created_at: receipt.question.created_at.clone(),
            updated_at: receipt.question.created_at.clone(),
            revision: receipt.revision,
            pinned: false,
            archived: false,
            folder: None,
        };
        self.known.update(|known| {
            if let Some(Ok(page)) = known {
                page.conversations.retain(|known| known.id != summary.id);
                page.conversations.insert(0, summary);
            }
        });
    }

    /// Loads the first page, instead of what is known. Without success that stays.
    pub async fn refresh(self) {
        let newest = api::conversations(None, None, false).await;
        self.known.update(|known| {
            if newest.is_ok() || known.is_none() {
                *known = Some(newest);
            }
        });
    }

    /// What a conversation is called in the list.
    pub fn title(self, id: ConversationId) -> Option<String> {
        let title = |page: &ConversationPage| {
            let found = page.conversations.iter().find(|known| known.id == id);
            found.map(|found| found.title.clone())
        };
        self.known.with(|known| known.as_ref()?.as_ref().ok().and_then(title))
    }

    /// Takes over what conversations are called by now.
    pub async fn rename(self) {
        let Ok(newest) = api::conversations(None, None, false).await else { return };
        self.known.try_update(|known| {
            let Some(Ok(page)) = known else { return };
            for renamed in newest.conversations {
                if let Some(known) = page.conversations.iter_mut().find(|known| known.id == renamed.id) {
                    known.title = renamed.title;
                }
            }
        });
    }

    /// Loads the page after those that are known.
    pub async fn load_older(self) {
        let cursor = self.known.with_untracked(|known| match known {
            Some(Ok(page)) => page.next_cursor.clone(),
            _ => None,
        });
        if self.loading.get_untracked() || cursor.is_none() {
            return;
        }
        self.loading.set(true);
        let older = api::conversations(cursor, None, false).await;
        // Not found any more when the page was left meanwhile.
        _ = self.loading.try_set(false);
        if let Ok(older) = older {
            self.known.try_update(|known| {
                if let Some(Ok(page)) = known {
                    append(page, older);
                }
            });
        }
    }
}

/// A conversation that was used in the meantime has moved to the front and does not come a second time.
fn append(page: &mut ConversationPage, older: ConversationPage) {
    page.next_cursor = older.next_cursor;
    for summary in older.conversations {
        if page.conversations.iter().all(|known| known.id != summary.id) {
            page.conversations.push(summary);
        }
    }
}
