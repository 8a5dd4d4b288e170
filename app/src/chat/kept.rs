//! Conversations that this page has shown, or has fetched before they were asked for, kept as they are: showing one of
//! them takes no time. They go with the page, and with the session.

use std::{cell::RefCell, time::Duration};

use model::ConversationId;

use super::{above, open::OpenConversation};
use crate::{html::Html, task::after};

const MOST: usize = 20;
/// Of all of them; some tens of megabytes.
const MOST_ELEMENTS: u32 = 60_000;
/// By then the one that is gone to is there.
const MEANWHILE: Duration = Duration::from_millis(300);

thread_local! {
    /// Those used last are the last.
    static KEPT: RefCell<Vec<OpenConversation>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a conversation whose finished messages are elements, in place of what was kept of it.
pub fn keep(mut one: OpenConversation) {
    _ = take(one.id);
    one.visit.again = true;
    KEPT.with_borrow_mut(|kept| kept.push(one));
    after(MEANWHILE, tidy);
}

/// What was kept of a conversation. It is shown next, and kept again when it is left.
pub fn take(id: ConversationId) -> Option<OpenConversation> {
    KEPT.with_borrow_mut(|kept| {
        let at = kept.iter().position(|known| known.id == id)?;
        Some(kept.remove(at))
    })
}

pub fn has(id: ConversationId) -> bool {
    KEPT.with_borrow(|kept| kept.iter().any(|known| known.id == id))
}

pub fn forget_all() {
    KEPT.with_borrow_mut(Vec::clear);
}

/// Forgets those that are too many, and makes the others ready to be shown again.
fn tidy() {
    KEPT.with_borrow_mut(|kept| {
        let mut elements = 0;
        let newest = kept.iter().rev().take(MOST).take_while(|one| {
            if let Html::Kept(finished) = &*one.finished {
                elements += above::elements(finished.element());
                above::take(finished.element());
            }
            elements <= MOST_ELEMENTS
        });
        let surplus = kept.len() - newest.count();
        kept.drain(..surplus);
    });
}
