//! The keys that do something, in a dialog that the server writes once; the browser opens and closes it.

use crate::html::{Element, el};

const KEYS: [(&str, &[&str]); 8] = [
    ("Send the question", &["Enter"]),
    ("Begin a new line", &["Shift", "Enter"]),
    ("Stop the answer", &["Esc"]),
    ("Change your last question", &["↑"]),
    ("Find a conversation or an action", &["Ctrl", "K"]),
    ("Show these keys", &["?"]),
    ("Go through the page", &["Tab"]),
    ("Close what is open", &["Esc"]),
];

/// The dialog.
pub fn keys() -> Element {
    let close = el("button").class("quiet").attr("aria-label", "Close").child(crate::html::icon("#cross"));
    let heading =
        el("form").attr("method", "dialog").child(el("h2").attr("id", "keys-heading").child("Keys")).child(close);
    let rows = KEYS.map(|(what, keys)| {
        let keys = keys.iter().map(|key| el("kbd").child(*key));
        el("div").child(el("dt").child(what)).child(el("dd").children(keys))
    });
    let tick = el("input").attr("type", "checkbox").attr("data-setting", "enter");
    let setting = el("label").child(tick).child("Enter begins a new line, and Ctrl+Enter sends");
    el("dialog")
        .attr("id", "keys")
        .class("keys")
        .attr("aria-labelledby", "keys-heading")
        .child(heading)
        .child(el("dl").children(rows))
        .child(setting)
}
