//! What went wrong with a question, next to where it was asked.

use model::FaultKind;

use crate::{
    AppError, browser,
    html::{Element, el, icon},
};

/// An error, what to do about it, and its reference. Nothing that could be seen without an error.
pub fn trouble(trouble: Option<&AppError>) -> Element {
    let Some(AppError(fault)) = trouble else { return el("template") };
    let words = el("span").child(el("b").child(fault.message.clone())).child(" ");
    let words = if fault.kind == FaultKind::SignedOut {
        let again = el("a").class("strong").attr("rel", "external").attr("href", browser::sign_in_again());
        words.child(again.child(texts::SIGN_IN_AGAIN))
    } else {
        words
    };
    let words = if fault.correlation_id.is_empty() {
        words
    } else {
        words.child(el("small").child(texts::REFERENCE.about(&fault.correlation_id)))
    };
    el("div").class("note").attr("role", "alert").attr("data-kind", "trouble").child(icon("#warn")).child(words)
}
