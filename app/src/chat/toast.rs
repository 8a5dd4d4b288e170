//! What was just done, said for a while, with the way back, or with a box for a word on it.

use std::time::Duration;

use texts::Text;

use super::{
    api::rate,
    list::{Done, Offer},
};
use crate::{
    browser,
    html::{Element, Frame, effect, el, frame, live},
    page::Page,
    signal::Signal,
    task::{after, next_frame, run},
};

/// Long enough to read it and to change one's mind.
const SHOWN: Duration = Duration::from_secs(10);

/// The place where it is said.
pub fn toasts() -> Frame {
    let page = Page::here();
    let list = page.list;
    let done = list.done;
    // Whether a word on an answer is being written.
    let writing = Signal::new(false);
    effect(move || {
        writing.set(false);
        let Some(said) = done.get() else { return };
        // On a phone most of it is done in the drawer, which lies over the page.
        browser::raise(".toasts");
        after(SHOWN, move || {
            // Something else may be said by then, or be written.
            let goes = done.try_with_untracked(|now| now.as_ref() == Some(&said)) == Some(true);
            if goes && !writing.get_untracked() {
                done.set(None);
            }
        });
    });
    // A tap beside the drawer closes it, also one on what is said about what was done in there.
    let is_beside = Signal::new(false);
    let pressed = move |_: web_sys::Event| {
        is_beside.set(browser::find::<web_sys::Element>("#conversations:popover-open").is_some());
    };
    let clicked = move |event: web_sys::MouseEvent| {
        if browser::around(&event, "[data-action=offer]").is_none() {
            return;
        }
        match done.get_untracked().and_then(|done| done.offer) {
            Some(Offer::Undo(change)) => {
                done.set(None);
                if is_beside.take() {
                    browser::raise("#conversations");
                }
                next_frame(browser::refocus);
                run(async move {
                    let back = change.back.then(|| format!("/chat/{}", change.id));
                    if list.carry_out(change, None).await
                        && let Some(path) = back
                    {
                        page.go(&path);
                    }
                });
            }
            Some(Offer::SayWhy(..)) => {
                writing.set(true);
                next_frame(|| browser::select(".toast input"));
            }
            None => {}
        }
    };
    let submitted = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let comment = browser::value_of(".toast input").filter(|comment| !comment.trim().is_empty());
        let offer = done.take().and_then(|done| done.offer);
        next_frame(browser::refocus);
        if let (Some(comment), Some(Offer::SayWhy(answer, good))) = (comment, offer) {
            run(async move {
                match rate(answer, Some(good), Some(comment)).await {
                    Ok(_) => list.say(texts::THANK_YOU),
                    Err(error) => list.say(error.0.message),
                }
            });
        }
    };
    let close = move || {
        done.set(None);
        next_frame(browser::refocus);
    };
    // A word on an answer that is left is not written.
    effect(move || {
        page.place.track();
        if writing.get_untracked() {
            close();
        }
    });
    let key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close();
        }
    };
    frame("div")
        .class("toasts")
        .attr("popover", "manual")
        .on("keydown", key)
        .attr("role", "status")
        .on("pointerdown", pressed)
        .on("click", clicked)
        .on("submit", submitted)
        .part(live(move || toast(done.get().as_ref(), writing.get())))
}

fn toast(done: Option<&Done>, writing: bool) -> Element {
    let Some(Done { sentence, offer }) = done else { return el("template") };
    let button =
        |label: Text| el("button").attr("type", "button").class("quiet").attr("data-action", "offer").child(label);
    let toast = el("div").class("toast");
    match offer {
        Some(Offer::SayWhy(..)) if writing => {
            let field = el("input")
                .attr("aria-label", texts::WHY)
                .attr("placeholder", texts::WHY_PLACEHOLDER)
                .attr("maxlength", "2000");
            toast.child(el("form").child(field).child(el("button").class("quiet").child(texts::SUBMIT)))
        }
        Some(Offer::SayWhy(..)) => toast.child(el("span").child(sentence.clone())).child(button(texts::SAY_WHY)),
        Some(Offer::Undo(_)) => toast.child(el("span").child(sentence.clone())).child(button(texts::UNDO)),
        None => toast.child(el("span").child(sentence.clone())),
    }
}
