//! An open conversation: its title, its log, and the box to go on asking.

use futures::future::AbortHandle;
use leptos::prelude::*;
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
use crate::html::{effect, part};

/// A conversation that was found.
#[component]
pub fn Conversation(opened: OpenConversation) -> impl IntoView {
    let OpenConversation { id, title, finished, live } = opened;
    let first = live.as_ref().map(from);
    let turns = RwSignal::new(live.map(Turn::reply).into_iter().collect::<Vec<_>>());
    let scroll = Scroll::new();
    let list = Conversations::of_page();
    let announcer = Announcer::of_page();

    // Replies are followed until their end, or until the conversation is left.
    let followed = StoredValue::new(Vec::<AbortHandle>::new());
    let start = move |(reply, after): (MessageId, i32)| {
        followed.update_value(|followed| followed.push(follow(turns, reply, after, announcer)));
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
        {bar(Some(&title))}
        {part(view! { <Log finished turns scroll resumed /> })}
        {part(view! { <Composer conversation=Some(id) turns asked /> })}
    }
}

/// A reply, and the last of its events that it has already.
fn from(reply: &Message) -> (MessageId, i32) {
    (reply.id, reply.last_event)
}
