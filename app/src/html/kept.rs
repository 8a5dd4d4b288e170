//! Elements that are in the browser already, as nodes of the tree.

use js_sys::Reflect;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// An element of the browser's. Trees can be anywhere, elements only where the page is; in a browser that is one place.
#[derive(Clone, Debug)]
pub struct Kept(SendWrapper<Element>);

impl Kept {
    pub fn new(element: Element) -> Self {
        Self(SendWrapper::new(element))
    }

    /// Fills `element` with `html`, a text that the server wrote with [`Html::write`](super::Html::write): from a tree in
    /// which everything that somebody else said is text, so that no markup in it is theirs.
    pub fn filled(element: Element, html: &JsValue) -> Self {
        // The browser's own string as it is: through this memory and back, a megabyte would be copied twice.
        _ = Reflect::set(&element, &JsValue::from_str("innerHTML"), html);
        Self::new(element)
    }

    pub fn element(&self) -> &Element {
        &self.0
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }
}
