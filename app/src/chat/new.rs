//! A chat that has not begun: a greeting, and a few ways to begin.

use model::AskReceipt;
use reactive_graph::callback::Callback;
use texts::Text;

use super::{
    composer::{Subject, composer},
    list::Conversations,
    open::OpenConversation,
    page::bar,
};
use crate::{
    browser,
    html::{Element, Part, el, frame, live},
    page::Page,
    session::session,
    signal::Signal,
};

const SUGGESTIONS: [Text; 4] =
    [texts::SUGGEST_SUMMARY, texts::SUGGEST_EXPLAIN, texts::SUGGEST_MAIL, texts::SUGGEST_SQL];

/// The page at `/chat`.
pub fn new_chat() -> Vec<Part> {
    let list = Conversations::of_page();
    let page = Page::here();
    let asked = Callback::new(move |receipt: AskReceipt| {
        let temporary = browser::is_checked("[name=temporary]");
        if !temporary {
            list.asked(&receipt);
        }
        page.begin(OpenConversation { temporary, ..receipt.into() });
    });
    let subject = Subject { draft: session().draft, ..Subject::default() };
    let name = session().viewer.map(|viewer| viewer.name);
    let welcome = frame("div")
        .class("welcome")
        .on("click", |event: web_sys::MouseEvent| suggest(&event))
        .part(greeting(name.as_deref()))
        .part(el("p").says(texts::WELCOME))
        .part(live(suggestions));
    let composer = composer(subject, Signal::new(Vec::new()), Default::default(), asked);
    vec![bar(None, false).into(), welcome.into(), composer.into()]
}

fn suggestions() -> Element {
    let mut all = el("ul").class("needs-script").attr("aria-label", texts::SUGGESTIONS);
    for text in SUGGESTIONS {
        let button = el("button").attr("type", "button").attr("data-text", text);
        all = all.child(el("li").child(button.child(text.text().trim_end_matches([':', ' ']))));
    }
    all
}

fn suggest(event: &web_sys::MouseEvent) {
    let text = browser::around(event, "[data-text]").and_then(|button| button.get_attribute("data-text"));
    if let Some(text) = text {
        browser::suggest(&text);
    }
}

/// By the first name, if the name looks as if it had one.
fn greeting(name: Option<&str>) -> Element {
    let greeting = el("h1");
    match name.filter(|name| !name.contains(',')).and_then(|name| name.split_whitespace().next()) {
        Some(first) => greeting.says_about(texts::GOOD_TO_SEE, first),
        None => greeting.says(texts::GOOD_TO_SEE_YOU),
    }
}
