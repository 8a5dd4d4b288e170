//! What sheets are made of.

use services::clock::rfc3339;
use texts::Text;
use time::OffsetDateTime;

use crate::{
    clock,
    html::{Element, el},
};

/// A term and what it is.
pub(super) fn fact(term: Text, value: Element) -> Element {
    el("div").child(el("dt").child(term)).child(value)
}

/// A moment, in UTC until the page's code knows the reader's time.
pub(super) fn moment(at: OffsetDateTime) -> Element {
    let at = rfc3339(at);
    let text = clock::date_and_time(&at);
    el("time").attr("datetime", at).attr("data-full", "").child(text)
}

/// A part of a sheet under a heading of its own, with a count if there is something to count.
pub(super) fn section(heading: Text, count: Option<usize>) -> Element {
    let heading = el("h2").child(heading);
    let heading = match count {
        Some(count) => heading.child(" ").child(el("small").child(count.to_string())),
        None => heading,
    };
    el("section").child(heading)
}

/// Where there would be rows and are none.
pub(super) fn nothing(text: Text) -> Element {
    el("p").class("empty").child(text)
}

/// A button that does one thing on the server and comes back to this page.
pub(super) fn deed(function: &'static str, label: Text, about: &str, fields: &[(&'static str, String)]) -> Element {
    let hidden = |(name, value): &(&'static str, String)| {
        el("input").attr("type", "hidden").attr("name", *name).attr("value", value.clone())
    };
    let button = el("button").class("outlined").child(label);
    // The same words for every row say nothing to those who hear them.
    let button = if about.is_empty() { button } else { button.attr("aria-label", texts::p_about(label.text(), about)) };
    el("form").attr("action", function).attr("method", "post").children(fields.iter().map(hidden)).child(button)
}

/// The same for what cannot be taken back: the button opens a box of the browser's own, which says what would happen and
/// has the button that does it. `id` is the box's in the document, `hint` says what would happen.
pub(super) fn grave_deed(
    (id, label, hint): (String, Text, String),
    function: &'static str,
    about: &str,
    fields: &[(&'static str, String)],
) -> Element {
    let open = el("button")
        .attr("type", "button")
        .class("outlined")
        .attr("popovertarget", id.clone())
        .attr("aria-label", texts::p_about(label.text(), about))
        .child(label);
    let leave = el("button")
        .attr("type", "button")
        .class("outlined")
        .attr("popovertarget", id.clone())
        .attr("popovertargetaction", "hide")
        .attr("autofocus", "")
        .child(texts::CANCEL);
    let ways = el("div").child(leave).child(deed(function, texts::P_DO_IT, "", fields));
    let asked = el("div")
        .attr("id", id)
        .class("grave")
        .attr("popover", "auto")
        .attr("role", "dialog")
        .attr("aria-label", texts::p_about(label.text(), about))
        .child(el("p").child(el("b").child(texts::p_about(label.text(), about))))
        .child(el("p").child(hint))
        .child(ways);
    el("div").child(open).child(asked)
}

/// Rows under headings, which scroll in themselves where there is no room.
pub(super) fn table(label: Text, headings: &[Text], rows: impl IntoIterator<Item = Vec<Element>>) -> Element {
    let head = el("tr").children(headings.iter().map(|heading| el("th").attr("scope", "col").child(*heading)));
    let rows = rows.into_iter().map(|cells| el("tr").children(cells.into_iter().map(|cell| el("td").child(cell))));
    let table = el("table").child(el("thead").child(head)).child(el("tbody").children(rows));
    el("div").class("rows").attr("role", "region").attr("aria-label", label).attr("tabindex", "0").child(table)
}

/// A cell of text.
pub(super) fn text(text: impl Into<String>) -> Element {
    el("span").child(text.into())
}

/// A cell of something that may be unknown.
pub(super) fn maybe(value: Option<&String>) -> Element {
    text(value.cloned().unwrap_or_else(|| "–".to_owned()))
}
