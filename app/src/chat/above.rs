//! What is above the last messages of a long conversation. Whoever opens one sees its end: the rest follows when that is
//! drawn.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node};

use super::scroll;
use crate::browser::{all, document};

/// How many messages are shown at once, at least: mostly more than a window has room for.
const LAST: u32 = 12;
/// Where the element of a log's finished messages has the others.
const ABOVE: &str = "above";
const HIDDEN: &str = "hidden";
const SEEN: &str = "data-seen";

/// Takes what is above the last of `finished` out of it, an element that is not in the document. That takes as long as
/// showing it would.
pub fn take(finished: &Element) {
    let mut messages = 0;
    let mut part = finished.last_element_child();
    while messages < LAST
        && let Some(one) = part
    {
        // A stretch of them, or a single one.
        messages += count(&one, "article").max(1);
        part = one.previous_element_sibling();
    }
    // Or it was done already, and what was taken is not back yet.
    if part.is_none() {
        return;
    }
    let above = document().create_document_fragment();
    while let Some(one) = part {
        part = one.previous_element_sibling();
        // Fails for what would contain itself.
        _ = above.insert_before(&one, above.first_child().as_ref());
    }
    // Fails for what is no object.
    _ = Reflect::set(finished, &JsValue::from_str(ABOVE), &above);
}

/// Notes how many of the last messages the reader sees who is at the log's end. Before anything changes because they leave
/// it: the browser knows where everything is then, and need not lay it out for that.
pub fn note_seen() {
    let Some(log) = scroll::log().filter(scroll::is_at_end) else { return };
    let top = log.get_bounding_client_rect().top();
    let seen = all(&log, "article").into_iter().rev().take_while(|one| one.get_bounding_client_rect().bottom() > top);
    // Its name is ours.
    _ = log.set_attribute(SEEN, &seen.count().to_string());
}

/// Hides those of the last messages in `log` that its reader, who is at its end and leaves it, does not see.
pub fn hide_unseen(log: &Element) {
    let Some(seen) = log.get_attribute(SEEN).and_then(|seen| seen.parse().ok()) else { return };
    for message in all(log, "article").iter().rev().take(2 * LAST as usize).skip(seen) {
        // Its name is ours.
        _ = message.set_attribute(HIDDEN, "");
    }
}

/// Puts it back where it was taken from, if it was: the element of the finished messages in `log`.
pub fn put_back(log: &Element) -> Option<Element> {
    let finished = log.query_selector(".sealed").ok()??;
    if let Some(above) = taken(&finished) {
        // As above. Nothing is left in it then.
        _ = finished.insert_before(&above, finished.first_child().as_ref());
    }
    for message in all(&finished, "article[hidden]") {
        _ = message.remove_attribute(HIDDEN);
    }
    Some(finished)
}

/// How many elements there are in `finished`, and were taken out of it.
pub fn elements(finished: &Element) -> u32 {
    count(finished, "*") + taken(finished).map_or(0, |above| count(above.unchecked_ref(), "*"))
}

fn taken(finished: &Element) -> Option<Node> {
    let above = Reflect::get(finished, &JsValue::from_str(ABOVE)).ok().filter(JsValue::is_truthy);
    above.map(JsCast::unchecked_into)
}

fn count(within: &Element, selector: &str) -> u32 {
    within.query_selector_all(selector).map_or(0, |all| all.length())
}
