//! The log: the sealed messages, and behind them those that were added since the page was opened.

use std::sync::Arc;

use model::{ConversationId, Message, MessageId};

use super::{
    above, actions,
    conversation::Talk,
    message,
    reply::Reply,
    scroll::{self, Spot},
    typeset,
};
use crate::{
    browser, clock,
    html::{Element, Frame, Html, effect, el, frame, icon, live},
    signal::Signal,
    task::{listen, next_frame, run},
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

    /// The reply as far as it is here, to be gone on with.
    pub fn so_far(self) -> Option<Message> {
        match self {
            Self::Question(_) => None,
            Self::Reply(reply) => Some(reply.so_far()),
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

/// The messages of conversation `id`, from `spot` on if its reader was there.
pub fn log(id: ConversationId, finished: Arc<Html>, spot: Option<Spot>, talk: Talk) -> Frame {
    let (turns, scroll) = (talk.turns, talk.scroll);
    let is_setting = Signal::new(false);
    // Times in the reader's zone, code in colours. `part` is what has just come.
    let settle = move |log: &web_sys::Element, part: &web_sys::Element| {
        clock::localise_new(part);
        typeset::set_all(log.clone(), part, is_setting, move || scroll.follow());
    };
    // Opens at its end, or where its reader was. The server's page has a line of script for it; this is for those opened
    // later, and for what takes the place of what they were reading.
    effect(move || {
        let spot = spot.clone();
        if let Some(log) = scroll::log() {
            settle(&log, &log);
            if spot.is_some() || log.scroll_height() <= log.client_height() {
                above::put_back(&log);
            }
            scroll.restore(&log, spot.as_ref());
            next_frame(move || {
                // Once more with what came into view laid out.
                scroll.restore(&log, spot.as_ref());
                next_frame(move || {
                    let spot = scroll.spot();
                    above::put_back(&log);
                    settle(&log, &log);
                    scroll.restore(&log, spot.as_ref());
                });
            });
        }
    });
    // Or where the message is that its reader comes for; one that another version hides is brought out.
    effect(move || {
        let Some(log) = scroll::log() else { return };
        let Some(message) = talk.page.look_for.get() else { return };
        // It is in the one that is gone to from here.
        if talk.page.pending.get() || !talk.page.is_at(id) {
            return;
        }
        talk.page.look_for.set(None);
        above::put_back(&log);
        if !scroll.show(&log, message) {
            run(actions::show_version(message, talk));
        }
    });
    effect(move || {
        turns.track();
        // With the words that have just come, not a frame behind them.
        scroll.follow_now();
        // What was there before has been asked for when the log was opened.
        let Some(log) = scroll::log() else { return };
        if let Some(last) = log.first_element_child().and_then(|messages| messages.last_element_child()) {
            settle(&log, &last);
        }
    });
    effect(move || listen("resize", move |_: web_sys::Event| scroll.follow()));

    let messages = move || {
        let finished = Html::Shared(Arc::clone(&finished));
        turns.with(|turns| el("div").child(finished).children(turns.iter().map(Turn::html)))
    };
    let clicked = move |event: web_sys::MouseEvent| {
        if browser::around(&event, ".latest").is_some() {
            scroll.to_end();
            // It goes away, and the focus is not to go with it.
            next_frame(browser::refocus);
        } else {
            actions::act(&event, talk);
        }
    };
    let log = frame("div")
        .class("log")
        .attr("role", "log")
        .named(texts::CONVERSATION)
        // Each token would be read out; the finished answer is announced once instead.
        .attr("aria-live", "off")
        .attr("tabindex", "0")
        .on("scroll", move |_: web_sys::Event| scroll.moved())
        .part(live(messages));
    frame("div").class("reel").on("click", clicked).part(log).part(live(move || latest(scroll.at_end.get())))
}

fn latest(at_end: bool) -> Element {
    el("button")
        .attr("type", "button")
        .class("latest")
        .maybe("hidden", at_end.then_some(""))
        .child(icon("#end"))
        .child(texts::JUMP_TO_LATEST)
}
