//! An open conversation: its title, its log, and the box to go on asking.

use std::mem;

use futures::future::AbortHandle;
use model::{AskReceipt, ConversationId, FaultKind, Message, MessageId};
#[cfg(debug_assertions)]
use reactive_graph::diagnostics::SpecialNonReactiveZone;
use reactive_graph::{callback::Callback, owner::on_cleanup};

use super::{
    composer::{Subject, composer},
    follow::follow,
    kept,
    leave::Left,
    list::Conversations,
    log::{Turn, log, streaming},
    open::{self, OpenConversation, Visit},
    page::{Announcer, bar},
    scroll::Scroll,
};
use crate::{
    AppError,
    html::{Part, effect, live},
    page::Page,
    signal::Signal,
    task::{drawn, run},
};

/// What an open conversation's parts share.
#[derive(Clone, Copy)]
pub struct Talk {
    pub page: Page,
    pub list: Conversations,
    pub announcer: Announcer,
    pub turns: Signal<Vec<Turn>>,
    pub scroll: Scroll,
    /// The question that is being changed in the box.
    pub editing: Signal<Option<MessageId>>,
    /// A question is on its way to the server.
    sending: Signal<bool>,
    /// Of what is shown; what is newer was changed elsewhere.
    pub revision: Signal<i64>,
    /// Takes a reply that goes on.
    pub resumed: Callback<Message>,
}

/// A conversation that was found.
pub fn conversation(opened: OpenConversation) -> Vec<Part> {
    let OpenConversation { id, title, revision, temporary, context_tokens, draft, finished, live: under_way, visit } =
        opened;
    let first = under_way.as_ref().map(from);
    let turns = Signal::new(under_way.map(Turn::reply).into_iter().collect::<Vec<_>>());
    let revision = Signal::new(revision);
    let scroll = Scroll::new();
    let page = Page::here();
    let Page { list, announcer, .. } = page;

    // Replies are followed until their end, or until the conversation is left.
    let followed = Signal::new(Vec::<AbortHandle>::new());
    // Everybody who looks at a reply counts its end as one change.
    let ended = Callback::new(move |()| _ = revision.update(|revision| *revision += 1));
    let start = move |(reply, after): (MessageId, i32)| {
        followed.update(|followed| followed.push(follow(turns, reply, after, announcer, ended)));
    };
    effect(move || {
        if let Some(first) = first {
            start(first);
        }
    });
    on_cleanup(move || {
        followed.update(|followed| followed.iter().for_each(AbortHandle::abort));
    });

    let asked = Callback::new(move |receipt: AskReceipt| {
        if !temporary {
            list.asked(&receipt);
        }
        revision.set(receipt.revision);
        let reply = from(&receipt.reply);
        turns.update(|turns| turns.extend([Turn::question(&receipt.question), Turn::reply(receipt.reply)]));
        start(reply);
        scroll.to_end();
    });
    let resumed = Callback::new(move |reply: Message| {
        let going_on = from(&reply);
        revision.update(|revision| *revision += 1);
        turns.update(|turns| {
            turns.retain(|turn| turn.as_reply().is_none_or(|known| known.message.id != reply.id));
            turns.push(Turn::reply(reply));
        });
        start(going_on);
        scroll.to_end();
    });
    let (editing, sending) = (Signal::new(None), Signal::new(false));
    let talk = Talk { page, list, announcer, turns, scroll, editing, sending, revision, resumed };
    let Visit { again, spot } = visit;
    let mut is_new = true;
    effect(move || {
        // What this takes the place of.
        drop(kept::take(id));
        // What was fetched just now is as it is; what was kept may not be.
        let (may_be_stale, is_first) = (talk.may_be_stale(id, temporary), mem::take(&mut is_new));
        if is_first && again {
            drawn(move || run(talk.catch_up(id, false)));
        } else if !is_first && may_be_stale {
            run(talk.catch_up(id, true));
        }
    });
    let named = move || list.find(id, |one| one.title.clone()).unwrap_or_else(|| title.clone());
    let left = Left { id, temporary, context_tokens };
    let title_left = named.clone();
    effect(move || {
        let title = title_left.clone();
        on_cleanup(move || {
            // Nothing depends on a title that is only kept.
            #[cfg(debug_assertions)]
            let _known = SpecialNonReactiveZone::enter();
            left.keep(talk, title());
        });
    });

    let subject = Subject { conversation: Some(id), draft, temporary, context_tokens };
    vec![
        live(move || bar(Some(&named()), temporary)),
        log(id, finished, spot, talk).into(),
        composer(subject, turns, (editing, sending), asked).into(),
    ]
}

impl Talk {
    /// Whether it may have been changed elsewhere: the list knows a newer one, or none any more. A question that is on
    /// its way and a reply that is being written here come first. Once the session is over the list knows nothing, and
    /// nobody may ask.
    fn may_be_stale(self, id: ConversationId, temporary: bool) -> bool {
        if self.page.is_over() {
            return false;
        }
        let newest = self.list.find(id, |one| one.revision);
        let shown = self.revision.get();
        let is_older = newest.map_or(!temporary && self.list.deleting.get() != Some(id), |newest| newest > shown);
        !self.sending.get() && self.turns.with(|turns| streaming(turns)).is_none() && is_older
    }

    /// Shows what has become of the conversation. `idle`: nobody uses the session by this.
    async fn catch_up(self, id: ConversationId, idle: bool) {
        let Some(known) = self.revision.try_get_untracked() else { return };
        let newest = open::show(id, Some(known), idle).await;
        // The reader may have gone elsewhere, or on.
        let Some(shown) = self.revision.try_get_untracked() else { return };
        match newest {
            Ok(Some(mut newest)) if newest.revision > shown && !self.is_busy() => {
                newest.visit.spot = self.scroll.spot();
                self.page.renew(newest);
            }
            Err(AppError(fault)) if fault.kind == FaultKind::NotFound => self.page.lost(id),
            Err(error) if error.0.kind == FaultKind::SignedOut => self.page.gone.set(Some(error)),
            _ => {}
        }
    }

    /// Whether a question is on its way or a reply is being written.
    fn is_busy(self) -> bool {
        let is_sent = self.sending.try_get_untracked().unwrap_or_default();
        is_sent || self.turns.try_with_untracked(|turns| streaming(turns)).flatten().is_some()
    }
}

/// A reply, and the last of its events that it has already.
fn from(reply: &Message) -> (MessageId, i32) {
    (reply.id, reply.last_event)
}
