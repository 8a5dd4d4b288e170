//! Conversations that this page has shown, or has fetched before they were asked for, kept as they are: showing one of
//! them takes no time. They go with the page, and with the session.

use std::{cell::RefCell, time::Duration};

use model::ConversationId;

use super::open::{OpenConversation, Visit};
use crate::{html::Html, task::after};

const MOST: usize = 20;
/// Of all of them; some tens of megabytes.
const MOST_ELEMENTS: u32 = 60_000;
/// Counting takes a moment, in which the one that is gone to should be there.
const COUNTED_AFTER: Duration = Duration::from_secs(1);

thread_local! {
    /// Those used last are the last.
    static KEPT: RefCell<Vec<OpenConversation>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a conversation whose finished messages are elements, in place of what was kept of it.
pub fn keep(one: OpenConversation) {
    _ = take(one.id);
    let one = OpenConversation { visit: Visit { again: true, ..one.visit }, ..one };
    KEPT.with_borrow_mut(|kept| kept.push(one));
    after(COUNTED_AFTER, forget_some);
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

fn forget_some() {
    KEPT.with_borrow_mut(|kept| {
        let mut elements = 0;
        let newest = kept.iter().rev().take(MOST).take_while(|one| {
            if let Html::Kept(finished) = &*one.finished {
                elements += finished.element().query_selector_all("*").map_or(0, |all| all.length());
            }
            elements <= MOST_ELEMENTS
        });
        let surplus = kept.len() - newest.count();
        kept.drain(..surplus);
    });
}
