//! Nothing here: the address leads nowhere, or to something that is not the reader's.

use model::FaultKind;

use crate::{
    AppError,
    html::{Element, el},
};

/// The title of a page that does not exist.
pub const TITLE: &str = "Not found";

/// What the page's address leads to, when that is nothing.
pub fn error() -> AppError {
    AppError::new(FaultKind::NotFound, "There is nothing at this address.")
}

/// What a page says that does not exist.
pub fn missing() -> Element {
    let new_chat = el("a").class("strong").attr("href", "/chat").child("Start a new chat");
    el("div")
        .class("notice")
        .child(el("h1").child("There is nothing here"))
        .child(el("p").child("The address may be mistyped, or what it led to has been deleted or is not yours to see."))
        .child(el("p").child(new_chat))
}

/// The page for every address that is not one of ours.
pub fn missing_page() -> Element {
    el("main").class("alone").child(missing())
}
