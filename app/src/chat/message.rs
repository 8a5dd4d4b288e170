//! Messages as elements: a question is a bubble, an answer is the page itself.
//!
//! Nothing in here listens: buttons say what they do in `data-action`, and the log does it (see `actions`).

use model::{FaultKind, Message, MessageId, MessageStatus, NoticeKind, Siblings};
use texts::Text;

use super::{notice, reply::Connection};
use crate::{
    AppError, clock,
    html::{Element, Html, el},
    markdown::harmless,
};

/// A question. Its text is shown as it was written.
pub fn question(message: &Message) -> Element {
    let mut buttons = vec![copy(), action("edit", texts::EDIT)];
    buttons.extend(versions(message));
    el("article")
        .class("you")
        .tells("aria-label", texts::YOU)
        .attr("data-message", message.id.to_string())
        .child(el("div").child(harmless(&message.content).into_owned()))
        .child(actions(buttons))
}

/// An answer with `text` so far. `waiting` are the seconds until its model is asked again.
pub fn answer(
    message: &Message,
    text: impl IntoIterator<Item = Html>,
    connection: &Connection,
    waiting: Option<u32>,
) -> Element {
    // An answer that cannot be followed any more would otherwise look as if more of it came.
    let streaming = message.status == MessageStatus::Streaming && !matches!(connection, Connection::Lost(_));
    let author = message.model.clone().unwrap_or_else(|| texts::SYSTEM.into());
    let mut body = text.into_iter().peekable();
    let empty = body.peek().is_none();
    let body = if empty && streaming && waiting.is_none() { vec![thinking()] } else { body.collect() };
    let article = el("article")
        .class("it")
        .attr("aria-label", author.clone())
        .attr("data-message", message.id.to_string())
        .maybe("aria-busy", streaming.then_some("true"))
        .child(el("header").child(el("span").child(author)).child(time(&message.created_at)))
        .child(el("div").class("md").children(body));
    let article = match notice(message, empty, connection, waiting) {
        Some(note) => article.child(note),
        None => article,
    };
    if streaming {
        return article.child(without_script());
    }
    let again = action("regenerate", texts::REGENERATE).tells("title", texts::REGENERATE_WHY);
    let mut buttons = Vec::new();
    if !empty {
        buttons.push(copy());
    }
    buttons.extend(resume(message, empty));
    buttons.push(again);
    if !empty {
        for (name, label, means) in [("good", texts::GOOD_ANSWER, true), ("bad", texts::BAD_ANSWER, false)] {
            let pressed = if message.good == Some(means) { "true" } else { "false" };
            buttons.push(picture_button(name, label).attr("aria-pressed", pressed));
        }
    }
    buttons.extend(versions(message));
    article.child(actions(buttons))
}

/// Which of several versions this is, and the ways to those beside it.
fn versions(message: &Message) -> Option<Element> {
    let Siblings { nth, count, previous, next } = message.siblings?;
    let way = |to: Option<MessageId>, label| {
        let button = picture_button("choose", label);
        match to {
            Some(id) => button.attr("data-version", id.to_string()),
            None => button.attr("disabled", ""),
        }
    };
    let versions = el("span").class("versions").child(way(previous, texts::PREVIOUS_VERSION));
    let place = el("span").child(format!("{nth} / {count}"));
    Some(versions.child(place).child(way(next, texts::NEXT_VERSION)))
}

/// The style sheet has the pictures of what can be done with messages: elements for them would be a third of a long
/// conversation.
fn picture_button(name: &'static str, label: Text) -> Element {
    el("button").class("quiet").attr("data-action", name).tells("aria-label", label).tells("title", label)
}

/// A time of today as its hour; the reader's own once the page's code runs (see `clock::localise`).
fn time(created_at: &str) -> Element {
    el("time").attr("datetime", created_at.to_owned()).child(clock::hour_and_minute(created_at))
}

fn thinking() -> Html {
    el("p").class("thinking").says(texts::THINKING).into()
}

/// For readers whose browser does not run the page's code; nobody else sees it.
fn without_script() -> Element {
    el("p").class("without-script").says(texts::STILL_WRITTEN)
}

fn actions(buttons: Vec<Element>) -> Element {
    el("div").class("acts needs-script").children(buttons)
}

fn copy() -> Element {
    action("copy", texts::COPY)
}

/// For an answer that broke off. The style sheet shows it under the last message only, where it works.
fn resume(message: &Message, empty: bool) -> Option<Element> {
    let is_cut = message.notice.as_ref().is_some_and(|notice| notice.kind == NoticeKind::Length);
    match message.status {
        MessageStatus::Interrupted | MessageStatus::Stopped | MessageStatus::Failed if empty => {
            Some(action("resume", texts::TRY_AGAIN))
        }
        MessageStatus::Interrupted | MessageStatus::Stopped | MessageStatus::Failed => {
            Some(action("resume", texts::CONTINUE))
        }
        MessageStatus::Complete if is_cut => Some(action("resume", texts::CONTINUE)),
        _ => None,
    }
}

fn action(name: &'static str, label: Text) -> Element {
    el("button").class("quiet").attr("data-action", name).child(el("span").says(label))
}

fn notice(message: &Message, empty: bool, connection: &Connection, waiting: Option<u32>) -> Option<Element> {
    match connection {
        Connection::Following => match waiting {
            Some(secs) => Some(notice::waiting(secs)),
            None => notice::of_reply(message.status, empty, message.notice.as_ref()),
        },
        Connection::Reconnecting => Some(notice::status(texts::RECONNECTING, texts::GOES_ON_WITHOUT)),
        Connection::Lost(AppError(fault)) if fault.kind == FaultKind::SignedOut => {
            Some(notice::signed_out(&fault.message))
        }
        Connection::Lost(AppError(fault)) => {
            Some(notice::alert(texts::CANNOT_BE_READ, fault.message.as_str().into(), &fault.correlation_id))
        }
    }
}
