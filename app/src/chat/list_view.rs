//! The list of conversations: a column at a desk, a drawer on a phone. The drawer is the browser's own popover, so it
//! opens, closes on Escape and gives the focus back without a line of code, and before any code runs.

use std::time::Duration;

use model::{ConversationId, ConversationPage, ConversationSummary, Found};
use texts::Text;

use super::{
    account::account,
    list::{Conversations, Editing, Search},
    options,
};
use crate::{
    AppError, browser,
    clock::{self, Recency, Zone},
    html::{Element, Frame, effect, el, frame, icon, keyed, live},
    page::Page,
    session::session,
    signal::Signal,
    task::{after, next_frame, run},
    theme,
};

/// Searching waits until nothing was typed for this long.
const PAUSE: Duration = Duration::from_millis(120);

/// The list, and beside it everything that is not about one conversation.
pub fn list(
    // Whether the column is put away.
    hidden: Signal<bool>,
) -> Frame {
    let page = Page::here();
    let list = Conversations::of_page();
    let session = session();
    let rendered_secs = session.now_secs;
    let zone = Signal::new(Zone::Utc);
    // The conversation whose options are shown.
    let chosen = Signal::new(None::<ConversationId>);
    let close = move || {
        browser::close_popover("#conversations");
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
        let rows = Rows { open: page.place.get().conversation(), editing: list.editing.get(), now_secs, zone };
        let days = el("div").class("days").attr("tabindex", "-1");
        let search = list.search.get();
        if !search.words.is_empty() {
            return found(days, &rows, &search);
        }
        list.known.with(|known| list.shelves.with(|open| rows.all(days, known.as_ref(), open, list.loading.get())))
    };
    let submitted = move |event: web_sys::SubmitEvent| {
        if browser::around(&event, "form[role=search]").is_some() {
            event.prevent_default();
        } else if browser::around(&event, ".rename").is_some() {
            event.prevent_default();
            options::finish(list, &event);
        } else if browser::around(&event, "form[action=\"/chat\"]").is_some() {
            event.prevent_default();
            page.go("/chat");
            close();
            browser::focus("#message");
        }
    };
    let clicked = move |event: web_sys::MouseEvent| {
        let Some(button) = browser::around(&event, "[data-action]") else { return };
        let action = button.get_attribute("data-action").unwrap_or_default();
        match action.as_str() {
            "hide-list" => {
                hidden.set(true);
                close();
                next_frame(|| browser::focus(".menu"));
            }
            "older" => run(list.load_older()),
            "shelf" | "more" => {
                let name = button.get_attribute("data-shelf").unwrap_or_default();
                run(list.toggle_shelf(name, action == "more"));
            }
            "options" => {
                let row = button.closest("[data-id]").ok().flatten();
                chosen.set(row.and_then(|row| row.get_attribute("data-id")?.parse().ok()));
            }
            change => {
                if let Some(id) = chosen.get_untracked() {
                    options::act(list, page, id, change);
                }
            }
        }
    };
    let typed = move |event: web_sys::Event| {
        let Some(words) = browser::typed_in(&event, "[type=search]") else { return };
        let words = words.trim().to_owned();
        list.search.update(|search| {
            search.is_done &= !words.is_empty();
            search.words.clone_from(&words);
        });
        if words.is_empty() {
            return;
        }
        after(PAUSE, move || {
            if list.search.try_with_untracked(|search| search.words == words) == Some(true) {
                run(list.find_words(words));
            }
        });
    };
    let left = move |event: web_sys::FocusEvent| options::finish(list, &event);
    let key = move |event: web_sys::KeyboardEvent| options::key(list, &event);
    frame("nav")
        .attr("id", "conversations")
        .class("list")
        .named(texts::CONVERSATIONS)
        .attr("popover", "auto")
        .on("click", clicked)
        .on("submit", submitted)
        .on("input", typed)
        .on("focusout", left)
        .on("keydown", key)
        .on("pointerover", move |event: web_sys::Event| page.point_at(pointed_at(&event)))
        .on("pointerleave", move |_: web_sys::Event| page.point_at(None))
        .on("focusin", move |event: web_sys::Event| page.point_at(pointed_at(&event)))
        .part(brand())
        .part(new_chat_form())
        .part(search_form())
        .part(live(days))
        .part(live(move || options::menu(chosen.get().and_then(|id| list.find(id, Clone::clone)).as_ref())))
        .part(live(move || options::folders(list.known.get().as_ref())))
        .part(live(move || account(session.viewer.as_ref(), theme::button(page.theme.get()))))
}

/// The conversation whose link `event` happened to.
fn pointed_at(event: &web_sys::Event) -> Option<ConversationId> {
    browser::around(event, "[data-id] a")?.closest("[data-id]").ok()??.get_attribute("data-id")?.parse().ok()
}

fn brand() -> Element {
    let hide = el("button")
        .attr("type", "button")
        .class("quiet needs-script")
        .attr("data-action", "hide-list")
        .tells("aria-label", texts::HIDE_LIST)
        .child(icon("#side"));
    el("div").class("brand").child(el("a").class("mark").attr("href", "/chat").child("Banter")).child(hide)
}

fn new_chat_form() -> Element {
    el("form")
        .attr("action", "/chat")
        .attr("method", "get")
        .child(el("button").class("new").child(icon("#plus")).says(texts::NEW_CHAT))
}

fn search_form() -> Element {
    let field = el("input")
        .attr("type", "search")
        .attr("name", "q")
        .tells("aria-label", texts::SEARCH_CONVERSATIONS)
        .tells("placeholder", texts::SEARCH)
        .attr("maxlength", "200")
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "search");
    el("form").attr("role", "search").class("find").attr("action", "/chat").child(icon("#find")).child(field)
}

/// What decides how rows look.
struct Rows {
    open: Option<ConversationId>,
    editing: Option<Editing>,
    now_secs: i64,
    zone: Zone,
}

impl Rows {
    /// Pinned ones, folders, and the others by the day of their last use.
    fn all(
        &self,
        days: Element,
        known: Option<&Result<ConversationPage, AppError>>,
        open: &[(String, ConversationPage)],
        loading: bool,
    ) -> Element {
        let page = match known {
            None => return days.child(skeleton()),
            Some(Err(error)) => return days.child(unreadable(error)),
            Some(Ok(page)) => page,
        };
        let pinned = self.section(texts::PINNED, page.conversations.iter().filter(|one| one.pinned));
        let folders = page.folders.iter().map(|name| self.shelf(name, name, open));
        let recent = Recency::ALL.into_iter().filter_map(|recency| {
            let group = page.conversations.iter().filter(|one| !one.pinned);
            let of = |one: &ConversationSummary| Recency::of(&one.updated_at, self.now_secs, self.zone);
            self.section(recency.label(), group.filter(move |one| of(one) == recency))
        });
        let days = days.children(pinned).children(folders).children(recent);
        let days = if page.conversations.is_empty() && page.folders.is_empty() {
            days.child(el("p").class("empty").child(texts::LIST_EMPTY))
        } else if page.next_cursor.is_some() {
            days.child(older("older", "", loading))
        } else {
            days
        };
        days.children(page.archive.then(|| self.shelf("", texts::ARCHIVED.text(), open)))
    }

    fn section<'a>(&self, heading: Text, rows: impl Iterator<Item = &'a ConversationSummary>) -> Option<Element> {
        let mut rows = rows.peekable();
        rows.peek()?;
        let rows = el("ul").children(rows.map(|one| self.row(one)));
        Some(keyed("section", heading.number().to_string()).child(el("h2").child(heading)).child(rows))
    }

    /// A folder, or what is put away: opened and closed by its heading.
    fn shelf(&self, name: &str, label: &str, open: &[(String, ConversationPage)]) -> Element {
        let page = open.iter().find(|(known, _)| known == name).map(|(_, page)| page);
        let button = el("button")
            .attr("type", "button")
            .class("needs-script")
            .attr("data-action", "shelf")
            .attr("data-shelf", name.to_owned())
            .attr("aria-expanded", if page.is_some() { "true" } else { "false" })
            .child(icon(if name.is_empty() { "#archive" } else { "#folder" }))
            .child(el("span").child(label.to_owned()))
            .child(icon("#down"));
        let section = keyed("section", format!("/{name}")).class("shelf").child(el("h2").child(button));
        let Some(page) = page else { return section };
        let more = page.next_cursor.is_some().then(|| older("more", name, false));
        section.child(el("ul").children(page.conversations.iter().map(|one| self.row(one)))).children(more)
    }

    fn row(&self, one: &ConversationSummary) -> Element {
        let row = keyed("li", one.id.to_string());
        if let Some(editing) = self.editing.as_ref().filter(|editing| editing.id == one.id) {
            return row.child(options::form(editing, one));
        }
        row.child(self.link(one).child(one.title.clone())).child(options::button())
    }

    /// Without its text.
    fn link(&self, one: &ConversationSummary) -> Element {
        let current = (self.open == Some(one.id)).then_some("page");
        el("a")
            .attr("href", format!("/chat/{}", one.id))
            .attr("title", one.title.clone())
            .attr("dir", "auto")
            .maybe("aria-current", current)
    }
}

/// What a search found.
fn found(days: Element, rows: &Rows, search: &Search) -> Element {
    let say = |text: String| el("p").class("empty").attr("role", "status").child(text);
    if let Some(error) = &search.error {
        return days.child(say(texts::SEARCH_FAILED.about(&error.0.message)));
    }
    if search.found.is_empty() {
        let text = if search.is_done { texts::NOTHING_FOUND.about(&search.words) } else { texts::SEARCHING.into() };
        return days.child(say(text));
    }
    let result = |found: &Found| {
        let one = &found.conversation;
        let extract = found.message.map(|_| el("small").children(marked(&found.extract)));
        let link = rows.link(one).maybe("data-at", found.message.map(|id| id.to_string()));
        let link = link.children(marked(&found.title)).children(extract);
        keyed("li", one.id.to_string()).child(link).child(options::button())
    };
    let heading = texts::conversation_count(search.found.len() as u64);
    let results = el("ul").children(search.found.iter().map(result));
    days.child(el("section").class("found").child(el("h2").attr("role", "status").child(heading)).child(results))
}

/// Every other part is one of the words.
fn marked(parts: &[String]) -> impl Iterator<Item = Element> {
    parts.iter().enumerate().map(|(n, part)| el(if n % 2 == 1 { "mark" } else { "span" }).child(part.clone()))
}

fn older(action: &'static str, shelf: &str, loading: bool) -> Element {
    el("button")
        .attr("type", "button")
        .class("quiet needs-script")
        .attr("data-action", action)
        .attr("data-shelf", shelf.to_owned())
        .maybe("aria-disabled", loading.then_some("true"))
        .child(texts::SHOW_OLDER)
}

fn skeleton() -> Element {
    el("div").class("bones").attr("aria-hidden", "true").children([el("i"), el("i"), el("i"), el("i")])
}

fn unreadable(error: &AppError) -> Element {
    el("p")
        .class("empty")
        .attr("role", "status")
        .child(texts::LIST_UNREADABLE)
        .child(" ")
        .child(error.0.message.clone())
}
