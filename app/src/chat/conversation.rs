//! An open conversation: its title, its log, and the box to go on asking.

use futures::future::AbortHandle;
use leptos::prelude::*;
use leptos_meta::Title;
use model::{AskReceipt, MessageId};

use super::{
    composer::Composer,
    follow,
    list::Conversations,
    log::{Log, Turn},
    open::OpenConversation,
    page::{Announcer, Bar},
    reply::Reply,
    scroll::Scroll,
};

/// A conversation that was found.
#[component]
pub fn Conversation(opened: OpenConversation) -> impl IntoView {
    let OpenConversation { id, title, finished, live } = opened;
    let turns = RwSignal::new(live.map(Turn::reply).into_iter().collect::<Vec<_>>());
    let scroll = Scroll::new();
    let list = Conversations::of_page();
    let streaming = Memo::new(move |_| turns.with(|turns| turns.iter().find_map(streaming)));
    follow_each(turns);

    let asked = Callback::new(move |receipt: AskReceipt| {
        list.asked(&receipt);
        turns.update(|turns| turns.extend([Turn::Question(receipt.question), Turn::reply(receipt.reply)]));
        scroll.to_end();
    });
    view! {
        <Title text=title.clone() />
        <Bar title />
        <Log finished turns scroll />
        <Composer conversation=Some(id) streaming=streaming.into() asked />
    }
}

fn streaming(turn: &Turn) -> Option<MessageId> {
    match turn {
        Turn::Question(_) => None,
        Turn::Reply(id, reply) => reply.with(Reply::is_streaming).then_some(*id),
    }
}

/// Follows every reply that is being written, each once, until the conversation is left.
fn follow_each(turns: RwSignal<Vec<Turn>>) {
    let announcer = Announcer::of_page();
    let followed = StoredValue::new(Vec::<(MessageId, AbortHandle)>::new());
    Effect::new(move |_| {
        for turn in turns.get() {
            let Turn::Reply(id, reply) = turn else { continue };
            let known = followed.with_value(|followed| followed.iter().any(|(known, _)| *known == id));
            if known || !reply.with_untracked(Reply::is_streaming) {
                continue;
            }
            let handle = follow::follow(reply, move |reply| announcer.say(&reply.announcement()));
            followed.update_value(|followed| followed.push((id, handle)));
        }
    });
    on_cleanup(move || {
        followed.with_value(|followed| followed.iter().for_each(|(_, handle)| handle.abort()));
    });
}
