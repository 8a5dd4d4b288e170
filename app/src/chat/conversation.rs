//! An open conversation: its title, its log, and the box to go on asking.

use std::time::Duration;

use futures::future::AbortHandle;
use leptos::{prelude::*, task::spawn_local};
use model::{AskReceipt, Message, MessageId};

use super::{
    composer::Composer,
    follow::follow,
    list::Conversations,
    log::{Log, Turn},
    open::OpenConversation,
    page::{Announcer, bar},
    scroll::Scroll,
};
use crate::html::{self, effect, part};

/// When to look whether a conversation was named, after its first answer.
const TITLE_LOOKS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];

/// A conversation that was found.
#[component]
pub fn Conversation(opened: OpenConversation) -> impl IntoView {
    let OpenConversation { id, title, finished, live, .. } = opened;
    let first = live.as_ref().map(from);
    let turns = RwSignal::new(live.map(Turn::reply).into_iter().collect::<Vec<_>>());
    let scroll = Scroll::new();
    let list = Conversations::of_page();
    let announcer = Announcer::of_page();

    // Replies are followed until their end, or until the conversation is left.
    let followed = StoredValue::new(Vec::<AbortHandle>::new());
    // A conversation that has just begun may get a better title soon after its first answer.
    let is_unnamed = StoredValue::new(first.is_some());
    let ended = Callback::new(move |()| {
        if is_unnamed.try_update_value(std::mem::take) == Some(true) {
            for later in TITLE_LOOKS {
                set_timeout(move || spawn_local(list.rename()), later);
            }
        }
    });
    let start = move |(reply, after): (MessageId, i32)| {
        followed.update_value(|followed| followed.push(follow(turns, reply, after, announcer, ended)));
    };
    effect(move || {
        if let Some(first) = first {
            start(first);
        }
    });
    on_cleanup(move || followed.with_value(|followed| followed.iter().for_each(AbortHandle::abort)));

    let asked = Callback::new(move |receipt: AskReceipt| {
        list.asked(&receipt);
        let reply = from(&receipt.reply);
        turns.update(|turns| turns.extend([Turn::question(&receipt.question), Turn::reply(receipt.reply)]));
        start(reply);
        scroll.to_end();
    });
    let resumed = Callback::new(move |reply: Message| {
        let going_on = from(&reply);
        turns.update(|turns| {
            turns.retain(|turn| turn.as_reply().is_none_or(|known| known.message.id != reply.id));
            turns.push(Turn::reply(reply));
        });
        start(going_on);
        scroll.to_end();
    });
    view! {
        {html::live(move || bar(Some(&list.title(id).unwrap_or_else(|| title.clone()))))}
        {part(view! { <Log finished turns scroll resumed /> })}
        {part(view! { <Composer conversation=Some(id) turns asked /> })}
    }
}

/// A reply, and the last of its events that it has already.
fn from(reply: &Message) -> (MessageId, i32) {
    (reply.id, reply.last_event)
}
