//! The list of conversations: a column at a desk, a drawer on a phone. The drawer is the browser's own popover, so it
//! opens, closes on Escape and gives the focus back without a line of code, and before any code runs.

use leptos::{html::Nav, prelude::*, task::spawn_local};
use model::{ConversationId, ConversationPage, ConversationSummary};

use super::{account::account, list::Conversations};
use crate::{
    AppError, browser,
    clock::{self, Recency, Zone},
    html::{Element, effect, el, icon, live},
    page::Page,
    session::session,
    theme,
};

/// The list, and beside it everything that is not about one conversation.
#[component]
pub fn List(
    /// Whether the column is put away.
    hidden: RwSignal<bool>,
) -> impl IntoView {
    let nav = NodeRef::<Nav>::new();
    let page = Page::here();
    let list = Conversations::of_page();
    let session = session();
    let rendered_secs = session.now_secs;
    let zone = RwSignal::new(Zone::Utc);
    let close = move || {
        if let Some(nav) = nav.get_untracked() {
            browser::close_popover(&nav);
        }
    };
    effect(move || zone.set(Zone::Local));
    // Following a link closes the drawer.
    effect(move || {
        page.place.track();
        close();
    });
    let days = move || {
        let zone = zone.get();
        // While hydrating, the moment the server rendered; then the present.
        let now_secs = if zone == Zone::Utc { rendered_secs } else { clock::now_secs() };
        let open = page.place.get().conversation();
        list.known.with(|known| days(known.as_ref(), open, list.loading.get(), now_secs, zone))
    };
    let new_chat = move |event: web_sys::SubmitEvent| {
        if browser::around(&event, "form[action=\"/chat\"]").is_some() {
            event.prevent_default();
            page.go("/chat");
            close();
            browser::focus("#message");
        }
    };
    let clicked = move |event: web_sys::MouseEvent| {
        let Some(button) = browser::around(&event, "[data-action]") else { return };
        match button.get_attribute("data-action").as_deref() {
            Some("hide-list") => {
                hidden.set(true);
                close();
                request_animation_frame(|| browser::focus(".menu"));
            }
            Some("older") => spawn_local(list.load_older()),
            _ => {}
        }
    };
    view! {
        <nav
            id="conversations"
            class="list"
            aria-label="Conversations"
            popover="auto"
            node_ref=nav
            on:click=clicked
            on:submit=new_chat
        >
            {brand()}
            {new_chat_form()}
            {live(days)}
            {live(move || account(session.viewer.as_ref(), theme::button(page.theme.get())))}
        </nav>
    }
}

fn brand() -> Element {
    let hide = el("button")
        .attr("type", "button")
        .class("quiet needs-script")
        .attr("data-action", "hide-list")
        .attr("aria-label", "Hide list")
        .child(icon("#side"));
    el("div").class("brand").child(el("a").class("mark").attr("href", "/chat").child("Banter")).child(hide)
}

fn new_chat_form() -> Element {
    el("form")
        .attr("action", "/chat")
        .attr("method", "get")
        .child(el("button").class("new").child(icon("#plus")).child("New chat"))
}

/// The conversations by the day of their last use.
fn days(
    known: Option<&Result<ConversationPage, AppError>>,
    open: Option<ConversationId>,
    loading: bool,
    now_secs: i64,
    zone: Zone,
) -> Element {
    let days = el("div").class("days").attr("tabindex", "-1");
    let page = match known {
        None => return days.child(skeleton()),
        Some(Err(error)) => return days.child(unreadable(error)),
        Some(Ok(page)) => page,
    };
    let days = days.children(Recency::ALL.into_iter().filter_map(|recency| {
        let group = page.conversations.iter();
        let mut group = group.filter(|summary| Recency::of(&summary.updated_at, now_secs, zone) == recency).peekable();
        group.peek()?;
        let links = el("ul").children(group.map(|summary| link(summary, open)));
        Some(el("section").child(el("h2").child(recency.label())).child(links))
    }));
    if page.conversations.is_empty() {
        days.child(el("p").class("empty").child("Your conversations will be listed here."))
    } else if page.next_cursor.is_some() {
        days.child(older(loading))
    } else {
        days
    }
}

fn link(summary: &ConversationSummary, open: Option<ConversationId>) -> Element {
    let current = (open == Some(summary.id)).then_some("page");
    let link = el("a")
        .attr("href", format!("/chat/{}", summary.id))
        .attr("title", summary.title.clone())
        .maybe("aria-current", current);
    el("li").child(link.child(summary.title.clone()))
}

fn older(loading: bool) -> Element {
    el("button")
        .attr("type", "button")
        .class("quiet needs-script")
        .attr("data-action", "older")
        .maybe("aria-disabled", loading.then_some("true"))
        .child("Show older")
}

fn skeleton() -> Element {
    el("div").class("bones").attr("aria-hidden", "true").children([el("i"), el("i"), el("i"), el("i")])
}

fn unreadable(error: &AppError) -> Element {
    el("p").class("empty").attr("role", "status").child("The list cannot be read. ").child(error.0.message.clone())
}
