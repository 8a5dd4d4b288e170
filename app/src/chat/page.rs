//! The chat page: the list beside the conversation in the address, or beside a new one.

use model::FaultKind;

use super::{conversation::conversation, list_view::list, new::new_chat, palette::palette, toast::toasts};
use crate::{
    AppError, browser,
    html::{Element, Frame, Part, el, frame, icon, live, switch},
    missing::missing,
    page::{Content, Page},
    signal::Signal,
    task::next_frame,
    unreadable::unreadable,
};

/// A sentence for those who do not see the page change.
#[derive(Clone, Copy, Default)]
pub struct Announcer(Signal<String>);

impl Announcer {
    pub fn say(self, sentence: &str) {
        if !sentence.is_empty() {
            self.0.set(sentence.to_owned());
        }
    }
}

/// The page at `/chat` and `/chat/{conversation_id}`.
pub fn chat_page() -> Frame {
    let page = Page::here();
    let hidden = Signal::new(false);
    let Announcer(announcement) = page.announcer;

    let pending = move || page.pending.get();
    let skip = el("a").class("skip").attr("href", "#talk").attr("rel", "external").says(texts::SKIP);
    let talk = frame("main")
        .attr("id", "talk")
        .class("talk")
        .attr("tabindex", "-1")
        .flag("aria-busy", move || pending().then_some("true"))
        .on("click", move |event: web_sys::MouseEvent| show_list(&event, hidden))
        // Lies above what it stands for.
        .part(live(move || if pending() { skeleton() } else { el("template") }))
        .part(switch(move || shown(page.content.get())));
    frame("div")
        .class("chat")
        .flag("data-over", move || page.is_over().then_some("true"))
        .flag("data-list", move || Some(if hidden.get() { "hidden" } else { "shown" }))
        .part(skip)
        .part(list(hidden))
        .part(talk)
        .part(palette(hidden))
        .part(toasts())
        .part(live(move || el("div").class("unseen").attr("role", "status").child(announcement.get())))
}

fn shown(content: Content) -> Vec<Part> {
    match content {
        Content::NewChat => new_chat(),
        Content::Conversation(opened) => conversation(*opened),
        Content::NotShown(error) => vec![bar(None, false).into(), not_shown(&error).into()],
        // Another page takes over.
        Content::Sheet(_) | Content::Missing => Vec::new(),
    }
}

/// A conversation that is not there, or cannot be read now. A foreign one looks exactly like a missing one.
fn not_shown(error: &AppError) -> Element {
    if error.0.kind == FaultKind::NotFound { missing() } else { unreadable(error) }
}

/// The line above a conversation: its title, if that is not told below, and the way to the list.
pub fn bar(title: Option<&str>, temporary: bool) -> Element {
    let menu = el("button")
        .attr("type", "button")
        .class("quiet menu")
        .tells("aria-label", texts::SHOW_LIST)
        .attr("popovertarget", "conversations")
        .child(icon("#side"));
    let note = temporary.then(|| el("span").class("badge").attr("title", texts::TEMPORARY_WHY).child(texts::TEMPORARY));
    el("div").class("bar").child(menu).children(title.map(|title| el("h1").child(title))).children(note)
}

/// Brings the list's column back. Where it is a drawer, the button opens it by itself.
fn show_list(event: &web_sys::MouseEvent, hidden: Signal<bool>) {
    if browser::around(event, ".menu").is_none() {
        return;
    }
    hidden.set(false);
    if browser::is_wide() {
        event.prevent_default();
        next_frame(|| browser::focus(".list .brand button"));
    }
}

/// The shape of what is coming, in its place. The style sheet shows it only when it takes a while.
fn skeleton() -> Element {
    let bones = [el("i"), el("i"), el("i"), el("i"), el("i")];
    el("div").class("bones coming").attr("aria-hidden", "true").children(bones)
}
