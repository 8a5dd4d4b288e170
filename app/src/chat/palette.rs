//! The palette: conversations and actions by a few letters, without a mouse (Ctrl+K).

use std::time::Duration;

use model::{ConversationId, ConversationSummary, Found, Viewer};
#[cfg(debug_assertions)]
use reactive_graph::diagnostics::SpecialNonReactiveZone;
use texts::{Language, Text};
use wasm_bindgen::JsCast as _;
use web_sys::{Event, KeyboardEvent, MouseEvent, ScrollLogicalPosition};

use super::{api, list::Conversations};
use crate::{
    browser,
    html::{Element, Frame, effect, el, frame, icon, live},
    language,
    page::Page,
    session::session,
    signal::Signal,
    task::{after, listen, next_frame, run},
    theme,
};

const ID: &str = "palette";
const PAUSE: Duration = Duration::from_millis(120);
/// More than the eye takes in at once.
const MOST: usize = 8;

/// What can be done from here, with its picture.
const ACTIONS: [(&str, &str, Text); 7] = [
    ("new", "#plus", texts::NEW_CHAT),
    ("temporary", "#once", texts::NEW_TEMPORARY_CHAT),
    ("theme", "#sun", texts::CHANGE_THEME),
    ("list", "#side", texts::TOGGLE_LIST),
    ("keys", "#keys-icon", texts::KEYS),
    ("/profile", "#person", texts::PROFILE),
    ("/admin", "#shield", texts::ADMINISTRATION),
];

/// What an entry leads to.
#[derive(Clone, Copy)]
enum Goal {
    Action(&'static str),
    Language(Language),
    Conversation(ConversationId),
}

struct Entry {
    goal: Goal,
    picture: &'static str,
    label: String,
}

#[derive(Clone, Copy)]
struct Palette {
    page: Page,
    list: Conversations,
    hidden: Signal<bool>,
    is_open: Signal<bool>,
    words: Signal<String>,
    found: Signal<Vec<Found>>,
    /// Which entry Enter takes.
    at: Signal<usize>,
    is_searching: Signal<bool>,
    /// Enter was pressed before there was anything to take.
    is_awaited: Signal<bool>,
    /// The reader may look at the administration.
    audits: bool,
}

/// The palette. `hidden`: whether the list's column is put away.
pub fn palette(hidden: Signal<bool>) -> Frame {
    let this = Palette {
        page: Page::here(),
        list: Conversations::of_page(),
        hidden,
        is_open: Signal::new(false),
        words: Signal::new(String::new()),
        found: Signal::new(Vec::new()),
        at: Signal::new(0),
        is_searching: Signal::new(false),
        is_awaited: Signal::new(false),
        audits: session().viewer.as_ref().is_some_and(Viewer::audits),
    };
    effect(move || listen("keydown", move |event: KeyboardEvent| this.shortcut(&event)));
    let field = el("input")
        .attr("role", "combobox")
        .tells("aria-label", texts::PALETTE_FIND)
        .tells("placeholder", texts::PALETTE_FIND)
        .attr("aria-expanded", "true")
        .attr("aria-controls", "palette-entries")
        .attr("maxlength", "200")
        .attr("autocomplete", "off");
    frame("dialog")
        .attr("id", ID)
        .class("palette")
        .named(texts::PALETTE)
        .on("close", move |_: Event| this.is_open.set(false))
        .on("click", move |event: MouseEvent| this.clicked(&event))
        .on("input", move |event: Event| this.typed(&event))
        .on("keydown", move |event: KeyboardEvent| this.key(&event))
        .flag("data-open", move || this.is_open.get().then_some(""))
        .part(field)
        .part(live(move || this.shown()))
}

impl Palette {
    /// Ctrl+K opens and closes it; `?` shows the keys where nothing is being written.
    fn shortcut(self, event: &KeyboardEvent) {
        let (key, command) = (event.key(), browser::holds(event, browser::COMMAND));
        if command && key == "k" {
            event.prevent_default();
            if self.is_open.get_untracked() { browser::close_dialog(ID) } else { self.open() }
        } else if key == "?" && !command && !browser::is_writing(event) {
            event.prevent_default();
            browser::open_dialog("keys");
        }
    }

    fn open(self) {
        self.words.set(String::new());
        self.found.set(Vec::new());
        self.at.set(0);
        self.is_open.set(true);
        browser::open_dialog(ID);
        browser::select("#palette input");
        browser::clear("#palette input");
    }

    fn typed(self, event: &Event) {
        let Some(words) = browser::typed_in(event, "input") else { return };
        let words = words.trim().to_owned();
        self.words.set(words.clone());
        self.at.set(0);
        self.is_awaited.set(false);
        self.is_searching.set(!words.is_empty());
        if words.is_empty() {
            self.found.set(Vec::new());
            return;
        }
        after(PAUSE, move || {
            if self.words.try_with_untracked(|now| *now == words) == Some(true) {
                run(self.search(words));
            }
        });
    }

    async fn search(self, words: String) {
        let found = api::search(words.clone()).await;
        if self.words.try_with_untracked(|now| *now == words) != Some(true) {
            return;
        }
        self.is_searching.set(false);
        self.found.set(found.unwrap_or_default());
        if self.is_awaited.take() {
            self.take(0);
        }
    }

    /// Actions with the words in their names, and what was used last or what was found.
    fn entries(self) -> Vec<Entry> {
        let words = self.words.get();
        let mut conversations = Vec::new();
        let mut ids = Vec::new();
        let mut add = |one: &ConversationSummary| {
            if conversations.len() < MOST && !ids.contains(&one.id) {
                ids.push(one.id);
                let (goal, label) = (Goal::Conversation(one.id), one.title.clone());
                conversations.push(Entry { goal, picture: "#talk-icon", label });
            }
        };
        // What the page knows is there at once; what the server finds comes behind it.
        self.list.known.with(|known| {
            let known = known.iter().flatten().flat_map(|page| &page.conversations);
            known.filter(|one| has(&one.title, &words)).for_each(&mut add);
        });
        self.found.with(|found| found.iter().for_each(|found| add(&found.conversation)));
        let mut actions = Vec::new();
        for (name, picture, label) in ACTIONS {
            if has(label.text(), &words) && (name != "/admin" || self.audits) {
                actions.push(Entry { goal: Goal::Action(name), picture, label: label.into() });
            }
        }
        for language in Language::ALL {
            let label = texts::LANGUAGE_IS.about(language.own_name());
            if language != texts::spoken() && has(&label, &words) {
                actions.push(Entry { goal: Goal::Language(language), picture: "#language-icon", label });
            }
        }
        // With words the actions are the surer hit; without, the conversations the likelier one.
        let (mut first, mut second) =
            if words.is_empty() { (conversations, actions) } else { (actions, conversations) };
        first.append(&mut second);
        first
    }

    /// The same for a listener, which depends on nothing.
    fn entries_now(self) -> Vec<Entry> {
        #[cfg(debug_assertions)]
        let _known = SpecialNonReactiveZone::enter();
        self.entries()
    }

    fn shown(self) -> Element {
        let list =
            el("ul").attr("id", "palette-entries").attr("role", "listbox").attr("aria-label", texts::PALETTE_ENTRIES);
        if !self.is_open.get() {
            return list;
        }
        let at = self.at.get();
        let entries: Vec<_> = self.entries().into_iter().enumerate().collect();
        if entries.is_empty() {
            let nothing = texts::NOTHING_FOUND.about(&self.words.get());
            let nothing = if self.is_searching.get() { texts::SEARCHING.into() } else { nothing };
            return list.child(el("li").attr("role", "option").attr("aria-disabled", "true").child(nothing));
        }
        list.children(entries.into_iter().map(|(n, entry)| {
            el("li")
                .attr("role", "option")
                .attr("data-n", n.to_string())
                .attr("aria-selected", if n == at { "true" } else { "false" })
                .child(icon(entry.picture))
                .child(el("span").child(entry.label))
        }))
    }

    fn key(self, event: &KeyboardEvent) {
        let count = self.entries_now().len().max(1);
        let at = self.at.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.at.set((at + 1) % count),
            "ArrowUp" => self.at.set((at + count - 1) % count),
            "Enter" => self.take(at),
            _ => return,
        }
        event.prevent_default();
        next_frame(|| {
            if let Some(entry) = browser::find("#palette [aria-selected=true]") {
                browser::scroll_to(&entry, ScrollLogicalPosition::Nearest);
            }
        });
    }

    fn clicked(self, event: &MouseEvent) {
        // What lies around it is part of the dialog, too: a click there closes it.
        if event.target().is_some_and(|target| target.unchecked_ref::<web_sys::Element>().tag_name() == "DIALOG") {
            browser::close_dialog(ID);
        }
        let entry = browser::around(event, "[data-n]").and_then(|entry| entry.get_attribute("data-n")?.parse().ok());
        if let Some(n) = entry {
            self.take(n);
        }
    }

    fn take(self, n: usize) {
        let Some(goal) = self.entries_now().get(n).map(|entry| entry.goal) else {
            self.is_awaited.set(self.is_searching.get_untracked());
            return;
        };
        browser::close_dialog(ID);
        match goal {
            Goal::Conversation(id) => self.page.go(&format!("/chat/{id}")),
            Goal::Language(language) => language::choose(language),
            Goal::Action("theme") => theme::cycle(self.page.theme),
            Goal::Action("list") => {
                self.hidden.update(|hidden| *hidden = !*hidden);
            }
            Goal::Action("keys") => browser::open_dialog("keys"),
            Goal::Action(sheet @ ("/profile" | "/admin")) => self.page.leave(sheet),
            Goal::Action(new) => {
                self.page.go("/chat");
                let temporary = new == "temporary";
                next_frame(move || {
                    browser::tick("[name=temporary]", temporary);
                    browser::focus("#message");
                });
            }
        }
    }
}

/// Whether `label` has `words` in it, with ASCII letters in capitals or not. (Everybody's capitals would be a table of
/// 11 kB; the server's search knows them.)
fn has(label: &str, words: &str) -> bool {
    words.is_empty() || label.as_bytes().windows(words.len()).any(|part| part.eq_ignore_ascii_case(words.as_bytes()))
}
