//! Leaving a conversation: what the page has of it is kept for when its reader comes back.

use model::ConversationId;
use web_sys::Element;

use super::{
    above, composer,
    conversation::Talk,
    kept,
    log::Turn,
    open::{OpenConversation, Visit},
    reply::Reply,
    scroll, sealed,
};
use crate::html::Kept;

/// What is known of a conversation that is left.
#[derive(Clone, Copy)]
pub struct Left {
    pub id: ConversationId,
    pub temporary: bool,
    pub context_tokens: Option<u32>,
}

impl Left {
    /// Keeps the conversation as it is for when its reader comes back: with what was added since it was opened, and where
    /// they were.
    pub fn keep(self, talk: Talk, title: String) {
        let Self { id, temporary, context_tokens } = self;
        let signed_out = talk.page.gone.try_with_untracked(Option::is_some) != Some(false);
        let deleted = talk.list.deleting.get_untracked() == Some(id) || talk.page.is_at_error();
        let Some(log) = scroll::log().filter(|_| !signed_out && !deleted) else { return };
        let spot = talk.scroll.spot();
        let Some(sealed) = above::put_back(&log) else { return };
        if spot.is_none() {
            above::hide_unseen(&log);
        }
        let revision = talk.revision.get_untracked();
        let mut turns = talk.turns.take();
        let last = turns.iter().rev().find_map(Turn::as_reply);
        let context_tokens = last.and_then(|last| last.tokens).or(context_tokens);
        let live = turns.pop_if(|last| last.as_reply().is_some_and(Reply::is_streaming)).and_then(Turn::so_far);
        if !turns.iter().filter_map(Turn::as_reply).all(Reply::is_done) {
            // One could not be read to its end.
            return;
        }
        while let Some(added) = sealed.next_element_sibling() {
            if live.is_some() && added.next_element_sibling().is_none() {
                break;
            }
            _ = sealed.append_child(&added);
        }
        put_away(&log, &sealed);
        let draft = if talk.editing.get_untracked().is_none() { composer::written() } else { None };
        let (finished, visit) = (sealed::kept(Kept::new(sealed)), Visit { again: true, spot });
        kept::keep(OpenConversation { id, title, revision, temporary, context_tokens, draft, finished, live, visit });
    }
}

/// Of so many stretches and single messages a log can be taken apart within a frame.
const FEW: u32 = 12;

/// Takes a log that is left away: a long one only out of sight, as taking thousands of elements apart takes longer than
/// showing what comes in their place. That is done behind it, see `html/mount.rs`.
fn put_away(log: &Element, sealed: &Element) {
    let Some(reel) = log.parent_element().filter(|_| sealed.child_element_count() > FEW) else {
        sealed.remove();
        return;
    };
    // Its name is ours.
    _ = reel.set_attribute("hidden", "until-found");
}
