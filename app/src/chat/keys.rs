//! The keys that do something, in a dialog that the server writes once; the browser opens and closes it.

use texts::Text;

use crate::html::{Element, el};

/// What is written on a key.
enum Cap {
    /// In the language of the keyboard, which is mostly the reader's.
    Word(Text),
    Sign(&'static str),
}

use Cap::{Sign, Word};

const KEYS: [(Text, &[Cap]); 8] = [
    (texts::KEY_SEND, &[Word(texts::CAP_ENTER)]),
    (texts::KEY_LINE, &[Word(texts::CAP_SHIFT), Word(texts::CAP_ENTER)]),
    (texts::KEY_STOP, &[Word(texts::CAP_ESCAPE)]),
    (texts::KEY_EDIT, &[Sign("↑")]),
    (texts::KEY_FIND, &[Word(texts::CAP_CONTROL), Sign("K")]),
    (texts::KEY_KEYS, &[Sign("?")]),
    (texts::KEY_TAB, &[Sign("Tab")]),
    (texts::KEY_CLOSE, &[Word(texts::CAP_ESCAPE)]),
];

/// The dialog.
pub fn keys() -> Element {
    let close = el("button").class("quiet").tells("aria-label", texts::CLOSE).child(crate::html::icon("#cross"));
    let heading =
        el("form").attr("method", "dialog").child(el("h2").attr("id", "keys-heading").says(texts::KEYS)).child(close);
    let rows = KEYS.map(|(what, keys)| {
        let keys = keys.iter().map(|key| match key {
            Word(word) => el("kbd").says(*word),
            Sign(sign) => el("kbd").child(*sign),
        });
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
