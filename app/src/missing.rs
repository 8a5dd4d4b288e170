//! Nothing here: the address leads nowhere, or to something that is not the reader's.

use model::FaultKind;
use texts::Text;

use crate::{
    AppError,
    html::{Element, el},
};

/// The title of a page that does not exist.
pub const TITLE: Text = texts::NOT_FOUND;

/// What the page's address leads to, when that is nothing.
pub fn error() -> AppError {
    AppError::new(FaultKind::NotFound, texts::NOTHING_AT_ADDRESS)
}

/// What a page says that does not exist.
pub fn missing() -> Element {
    let new_chat = el("a").class("strong").attr("href", "/chat").says(texts::START_NEW_CHAT);
    el("div")
        .class("notice")
        .child(el("h1").says(texts::NOTHING_HERE))
        .child(el("p").says(texts::NOTHING_HERE_WHY))
        .child(el("p").child(new_chat))
}

/// The page for every address that is not one of ours.
pub fn missing_page() -> Element {
    el("main").class("alone").child(missing())
}
