//! The log: the sealed messages, and behind them those that were added since the page was opened.

use std::sync::Arc;

use leptos::prelude::*;
use model::{Message, MessageId};

use super::{actions, message, page::Announcer, reply::Reply, scroll::Scroll};
use crate::{
    browser, clock,
    html::{Element, Html, effect, el, icon, live},
};

/// A message added since the page was opened, or a reply that was already being written then.
pub enum Turn {
    Question(Arc<Html>),
    Reply(Box<Reply>),
}

impl Turn {
    /// The turn of a question that was just asked.
    pub fn question(message: &Message) -> Self {
        Self::Question(Arc::new(message::question(message).into()))
    }

    /// The turn of a reply that is being written.
    pub fn reply(message: Message) -> Self {
        Self::Reply(Box::new(Reply::new(message)))
    }

    /// The reply, if it is one.
    pub fn as_reply(&self) -> Option<&Reply> {
        match self {
            Self::Question(_) => None,
            Self::Reply(reply) => Some(reply),
        }
    }

    fn html(&self) -> Html {
        match self {
            Self::Question(question) => Arc::clone(question).into(),
            Self::Reply(reply) => reply.html(),
        }
    }
}

/// The reply being written, if there is one.
pub fn streaming(turns: &[Turn]) -> Option<MessageId> {
    turns.iter().filter_map(Turn::as_reply).find(|reply| reply.is_streaming()).map(|reply| reply.message.id)
}

/// A conversation's messages.
#[component]
pub fn Log(
    finished: Arc<Html>,
    turns: RwSignal<Vec<Turn>>,
    scroll: Scroll,
    resumed: Callback<Message>,
) -> impl IntoView {
    let announcer = Announcer::of_page();
    // Opens at its end. The server's page has a line of script for it; this is for those opened later.
    effect(move || {
        if let Some(log) = scroll.log.get() {
            clock::localise(&log);
            log.set_scroll_top(log.scroll_height());
        }
    });
    effect(move || {
        turns.track();
        scroll.follow();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| scroll.follow());
    on_cleanup(move || resized.remove());

    let messages = move || {
        let finished = Html::Shared(Arc::clone(&finished));
        turns.with(|turns| el("div").child(finished).children(turns.iter().map(Turn::html)))
    };
    let clicked = move |event: web_sys::MouseEvent| {
        if browser::around(&event, ".latest").is_some() {
            scroll.to_end();
        } else {
            actions::act(&event, announcer, resumed);
        }
    };
    view! {
        <div class="reel" on:click=clicked>
            <div
                class="log"
                role="log"
                aria-label="Conversation"
                // Each token would be read out; the finished answer is announced once instead.
                aria-live="off"
                tabindex="0"
                node_ref=scroll.log
                on:scroll=move |_| scroll.moved()
            >
                {live(messages)}
            </div>
            {live(move || latest(scroll.at_end.get()))}
        </div>
    }
}

fn latest(at_end: bool) -> Element {
    el("button")
        .attr("type", "button")
        .class("latest")
        .maybe("hidden", at_end.then_some(""))
        .child(icon("#end"))
        .child("Jump to latest")
}
