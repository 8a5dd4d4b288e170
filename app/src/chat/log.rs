//! The log: the sealed messages, and behind them those that were added since the page was opened.

use leptos::prelude::*;
use model::{Message, MessageId};

use super::{actions, message, open::Finished, page::Announcer, reply::Reply, scroll::Scroll, sealed::Sealed};
use crate::{clock, icon::Icon};

/// A message added since the page was opened, or a reply that was already being written then.
#[derive(Clone)]
pub enum Turn {
    Question(Message),
    Reply(MessageId, ArcRwSignal<Reply>),
}

impl Turn {
    /// The turn of a reply that is being written.
    pub fn reply(message: Message) -> Self {
        Self::Reply(message.id, ArcRwSignal::new(Reply::new(message)))
    }

    fn id(&self) -> MessageId {
        match self {
            Self::Question(message) => message.id,
            Self::Reply(id, _) => *id,
        }
    }
}

/// A conversation's messages.
#[component]
pub fn Log(finished: Finished, turns: RwSignal<Vec<Turn>>, scroll: Scroll) -> impl IntoView {
    let announcer = Announcer::of_page();
    // Opens at its end. The server's page has a line of script for it; this is for those opened later.
    Effect::new(move |_| {
        if let Some(log) = scroll.log.get() {
            clock::localise(&log);
            log.set_scroll_top(log.scroll_height());
        }
    });
    Effect::new(move |_| {
        turns.with(|turns| {
            for turn in turns {
                if let Turn::Reply(_, reply) = turn {
                    reply.track();
                }
            }
        });
        scroll.follow();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| scroll.follow());
    on_cleanup(move || resized.remove());

    view! {
        <div class="reel">
            <div
                class="log"
                role="log"
                aria-label="Conversation"
                // Each token would be read out; the finished answer is announced once instead.
                aria-live="off"
                tabindex="0"
                node_ref=scroll.log
                on:scroll=move |_| scroll.moved()
                on:click=move |event| actions::clicked(&event, announcer)
            >
                {Sealed(finished)}
                <For each=move || turns.get() key=Turn::id children=turn />
            </div>
            <button
                type="button"
                class="latest"
                hidden=move || scroll.at_end.get()
                on:click=move |_| scroll.to_end()
            >
                <Icon href="#end" />
                "Jump to latest"
            </button>
        </div>
    }
}

fn turn(turn: Turn) -> impl IntoView {
    let article = move || match &turn {
        Turn::Question(question) => message::question(question),
        Turn::Reply(_, reply) => reply.with(Reply::article),
    };
    // One type for both, so that a turn is a single reactive element.
    view! { {article} }
}
