//! The keys that do something, in a dialog that the server writes once; the browser opens and closes it.

use texts::Text;

use crate::html::{Element, el};

const KEYS: [(Text, &[&str]); 8] = [
    (texts::KEY_SEND, &["Enter"]),
    (texts::KEY_LINE, &["Shift", "Enter"]),
    (texts::KEY_STOP, &["Esc"]),
    (texts::KEY_EDIT, &["↑"]),
    (texts::KEY_FIND, &["Ctrl", "K"]),
    (texts::KEY_KEYS, &["?"]),
    (texts::KEY_TAB, &["Tab"]),
    (texts::KEY_CLOSE, &["Esc"]),
];

/// The dialog.
pub fn keys() -> Element {
    let close = el("button").class("quiet").tells("aria-label", texts::CLOSE).child(crate::html::icon("#cross"));
    let heading =
        el("form").attr("method", "dialog").child(el("h2").attr("id", "keys-heading").says(texts::KEYS)).child(close);
    let rows = KEYS.map(|(what, keys)| {
        let keys = keys.iter().map(|key| el("kbd").child(*key));
        el("div").child(el("dt").says(what)).child(el("dd").children(keys))
    });
    let tick = el("input").attr("type", "checkbox").attr("data-setting", "enter");
    let setting = el("label").child(tick).child(el("span").says(texts::ENTER_SETTING));
    el("dialog")
        .attr("id", "keys")
        .class("keys")
        .attr("aria-labelledby", "keys-heading")
        .child(heading)
        .child(el("dl").children(rows))
        .child(setting)
}
