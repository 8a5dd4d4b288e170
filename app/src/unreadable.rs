//! Something is there and cannot be shown now.

use model::FaultKind;
use texts::Text;

use crate::{
    AppError, browser,
    html::{Element, el},
};

/// What went wrong, its reference, and the way on.
pub fn unreadable(error: &AppError) -> Element {
    let AppError(fault) = error;
    let notice = el("div")
        .class("notice")
        .attr("role", "alert")
        .child(el("h1").says(heading(error)))
        .child(el("p").child(fault.message.clone()));
    let notice = if fault.correlation_id.is_empty() {
        notice
    } else {
        notice.child(el("p").class("reference").says_about(texts::REFERENCE, &fault.correlation_id))
    };
    let way_on = el("a").class("strong").attr("rel", "external");
    notice.child(el("p").child(if is_signed_out(error) {
        way_on.attr("href", browser::sign_in_again()).says(texts::SIGN_IN_AGAIN)
    } else {
        // The same address: loads the page once more, with or without its code.
        way_on.attr("href", "").says(texts::TRY_AGAIN)
    }))
}

/// What went wrong, as a heading and a title.
pub fn heading(error: &AppError) -> Text {
    if is_signed_out(error) { texts::SIGNED_OUT_TITLE } else { texts::NOT_SHOWN }
}

fn is_signed_out(error: &AppError) -> bool {
    error.0.kind == FaultKind::SignedOut
}
