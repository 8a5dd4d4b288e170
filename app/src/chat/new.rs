//! A chat that has not begun: a greeting, and a few ways to begin.

use model::AskReceipt;
use reactive_graph::callback::Callback;

use super::{
    composer::{Subject, composer},
    list::Conversations,
    open::OpenConversation,
    page::bar,
};
use crate::{
    browser,
    html::{Element, Part, el, frame},
    page::Page,
    session::session,
    signal::Signal,
};

const SUGGESTIONS: [&str; 4] = [
    "Summarise the following text in five sentences: ",
    "Explain the difference between liquidity and solvency to a new colleague.",
    "Rewrite this e-mail so that it is short and friendly: ",
    "Write a SQL query that finds customers without a valid mandate.",
];

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
    let welcome = frame("div")
        .class("welcome")
        .on("click", |event: web_sys::MouseEvent| suggest(&event))
        .part(el("h1").child(greeting()))
        .part(el("p").child("What would you like to find out, write or understand?"))
        .part(suggestions());
    let composer = composer(subject, Signal::new(Vec::new()), Signal::new(None), asked);
    vec![bar(None, false).into(), welcome.into(), composer.into()]
}

fn suggestions() -> Element {
    let suggestion = |text: &'static str| {
        let button = el("button").attr("type", "button").attr("data-text", text);
        el("li").child(button.child(text.trim_end_matches([':', ' '])))
    };
    el("ul").class("needs-script").attr("aria-label", "Suggestions").children(SUGGESTIONS.map(suggestion))
}

fn suggest(event: &web_sys::MouseEvent) {
    let text = browser::around(event, "[data-text]").and_then(|button| button.get_attribute("data-text"));
    if let Some(text) = text {
        browser::suggest(&text);
    }
}

/// By the first name, if the name looks as if it had one.
fn greeting() -> String {
    let name = session().viewer.map(|viewer| viewer.name).unwrap_or_default();
    match name.split_whitespace().next() {
        Some(first) if !name.contains(',') => format!("Good to see you, {first}."),
        _ => "Good to see you.".to_owned(),
    }
}
