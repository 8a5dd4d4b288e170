//! The chat page: the list beside the conversation in the address, or beside a new one.

use leptos::prelude::*;
use model::FaultKind;

use super::{conversation::Conversation, list_view::List, new::NewChat};
use crate::{
    AppError, browser,
    html::{Element, el, flag, icon, live, part, switch},
    missing::missing,
    page::{Content, Page},
    unreadable::unreadable,
};

/// A sentence for those who do not see the page change.
#[derive(Clone, Copy)]
pub struct Announcer(RwSignal<String>);

impl Announcer {
    /// The announcer of the page this is called in.
    pub fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(String::new())))
    }

    pub fn say(self, sentence: &str) {
        if !sentence.is_empty() {
            _ = self.0.try_set(sentence.to_owned());
        }
    }
}

/// The page at `/chat` and `/chat/{conversation_id}`.
#[component]
pub fn ChatPage() -> impl IntoView {
    let page = Page::here();
    let hidden = RwSignal::new(false);
    let announcement = RwSignal::new(String::new());
    provide_context(Announcer(announcement));

    let pending = move || page.pending.get();
    view! {
        <div class="chat" data-list=flag(move || Some(if hidden.get() { "hidden" } else { "shown" }))>
            {el("a").class("skip").attr("href", "#talk").attr("rel", "external").child("Skip to the conversation")}
            {part(view! { <List hidden /> })}
            <main
                id="talk"
                class="talk"
                tabindex="-1"
                aria-busy=flag(move || pending().then_some("true"))
                on:click=move |event| show_list(&event, hidden)
            >
                // Lies above what it stands for.
                {live(move || if pending() { skeleton() } else { el("template") })}
                {switch(move || shown(page.content.get()))}
            </main>
            {live(move || el("div").class("unseen").attr("role", "status").child(announcement.get()))}
        </div>
    }
}

fn shown(content: Content) -> AnyView {
    match content {
        Content::NewChat => part(view! { <NewChat /> }),
        Content::Conversation(opened) => part(view! { <Conversation opened=*opened /> }),
        Content::NotShown(error) => part((bar(None), not_shown(&error))),
        // Another page takes over.
        Content::Sheet(_) | Content::Missing => part(()),
    }
}

/// A conversation that is not there, or cannot be read now. A foreign one looks exactly like a missing one.
fn not_shown(error: &AppError) -> Element {
    if error.0.kind == FaultKind::NotFound { missing() } else { unreadable(error) }
}

/// The line above a conversation: its title, if that is not told below, and the way to the list.
pub fn bar(title: Option<&str>) -> Element {
    let menu = el("button")
        .attr("type", "button")
        .class("quiet menu")
        .attr("aria-label", "Show list")
        .attr("popovertarget", "conversations")
        .child(icon("#side"));
    el("div").class("bar").child(menu).children(title.map(|title| el("h1").child(title)))
}

/// Brings the list's column back. Where it is a drawer, the button opens it by itself.
fn show_list(event: &web_sys::MouseEvent, hidden: RwSignal<bool>) {
    if browser::around(event, ".menu").is_none() {
        return;
    }
    hidden.set(false);
    if browser::is_wide() {
        event.prevent_default();
        request_animation_frame(|| browser::focus(".list .brand button"));
    }
}

/// The shape of what is coming, in its place. The style sheet shows it only when it takes a while.
fn skeleton() -> Element {
    let bones = [el("i"), el("i"), el("i"), el("i"), el("i")];
    el("div").class("bones coming").attr("aria-hidden", "true").children(bones)
}
