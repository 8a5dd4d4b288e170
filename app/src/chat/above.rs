//! What is above the last messages of a long conversation. Whoever opens one sees its end: the rest follows when that is
//! drawn.

use js_sys::Reflect;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Element;

use crate::{browser::document, html::Html};

/// How many of the parts of a log are shown at once, stretches of messages or single ones: more than a window has room
/// for.
const LAST: u32 = 12;
/// Where the element of a log's finished messages has the others.
const ABOVE: &str = "above";

/// Takes what is above the last of `finished` out of it, if that is elements that are not in the document.
pub fn take(finished: &Html) {
    let Html::Kept(finished) = finished else { return };
    let finished = finished.element();
    // Or it was done already, and what was taken is not back yet.
    if finished.child_element_count() <= LAST {
        return;
    }
    let above = document().create_document_fragment();
    while finished.child_element_count() > LAST
        && let Some(first) = finished.first_element_child()
    {
        // Fails for what would contain itself.
        _ = above.append_child(&first);
    }
    // Fails for what is no object.
    _ = Reflect::set(finished, &JsValue::from_str(ABOVE), &above);
}

/// Puts it back where it was taken from, if it was: the element of the finished messages in `log`.
pub fn put_back(log: &Element) -> Option<Element> {
    let finished = log.query_selector(".sealed").ok()??;
    if let Ok(above) = Reflect::get(&finished, &JsValue::from_str(ABOVE))
        && above.is_truthy()
    {
        // As above. Nothing is left in it then.
        _ = finished.insert_before(above.unchecked_ref(), finished.first_child().as_ref());
    }
    Some(finished)
}
