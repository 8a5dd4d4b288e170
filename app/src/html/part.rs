//! The page as parts: elements that stay, with what listens on them, and inside them what follows signals.
//!
//! Written by the server as HTML and adopted by the browser in the same order. There is one type for all of them: each
//! type of view would bring its own copy of building, adopting and replacing itself into what the browser has to load.

use std::borrow::Cow;

use texts::Text;
use wasm_bindgen::JsCast;
use web_sys::Event;

use super::{Element, escape};

/// A piece of the page.
pub enum Part {
    /// It never changes.
    Element(Element),
    /// It follows the signals it is made from, changed in place.
    Live(Box<dyn FnMut() -> Element>),
    /// Others take its place, as the signals it depends on say. What belongs to the old ones goes with them.
    Switch(Box<dyn FnMut() -> Vec<Part>>),
    Frame(Frame),
}

/// An element that stays, and what is in it.
pub struct Frame {
    pub(super) tag: &'static str,
    pub(super) attributes: Vec<(&'static str, Cow<'static, str>)>,
    pub(super) flags: Vec<(&'static str, Flag)>,
    pub(super) listeners: Vec<(&'static str, Listener)>,
    pub(super) parts: Vec<Part>,
}

pub(super) type Flag = Box<dyn FnMut() -> Option<&'static str>>;
pub(super) type Listener = Box<dyn FnMut(Event)>;

/// An element that follows the signals it is made from.
pub fn live(element: impl FnMut() -> Element + 'static) -> Part {
    Part::Live(Box::new(element))
}

/// Parts that are replaced by others, as the signals they depend on say.
pub fn switch(parts: impl FnMut() -> Vec<Part> + 'static) -> Part {
    Part::Switch(Box::new(parts))
}

/// An element that stays; empty so far.
pub fn frame(tag: &'static str) -> Frame {
    Frame { tag, attributes: Vec::new(), flags: Vec::new(), listeners: Vec::new(), parts: Vec::new() }
}

impl Frame {
    pub fn attr(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// An attribute that follows signals, and is absent with `None`.
    pub fn flag(mut self, name: &'static str, value: impl FnMut() -> Option<&'static str> + 'static) -> Self {
        self.flags.push((name, Box::new(value)));
        self
    }

    /// Its name to those who do not see it.
    pub fn named(self, name: Text) -> Self {
        self.flag("aria-label", move || Some(name.text()))
    }

    /// Calls `listener` when `event` happens in it.
    pub fn on<E: JsCast>(mut self, event: &'static str, mut listener: impl FnMut(E) + 'static) -> Self {
        self.listeners.push((event, Box::new(move |event: Event| listener(event.unchecked_into()))));
        self
    }

    pub fn part(mut self, part: impl Into<Part>) -> Self {
        self.parts.push(part.into());
        self
    }

    pub fn parts(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.parts.extend(parts);
        self
    }
}

impl From<Element> for Part {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<Frame> for Part {
    fn from(frame: Frame) -> Self {
        Self::Frame(frame)
    }
}

/// Stands behind parts that can be replaced, so that others find their place.
const ANCHOR: &str = "<!---->";

/// Writes parts as HTML.
pub fn write(parts: Vec<Part>, out: &mut String) {
    for part in parts {
        match part {
            Part::Element(element) => element.write(out),
            Part::Live(mut element) => element().write(out),
            Part::Switch(mut parts) => {
                write(parts(), out);
                out.push_str(ANCHOR);
            }
            Part::Frame(frame) => frame.write(out),
        }
    }
}

impl Frame {
    fn write(self, out: &mut String) {
        let flags = self.flags.into_iter().filter_map(|(name, mut value)| Some((name, Cow::Borrowed(value()?))));
        out.push('<');
        out.push_str(self.tag);
        for (name, value) in self.attributes.into_iter().chain(flags) {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(&value, out);
            out.push('"');
        }
        out.push('>');
        write(self.parts, out);
        out.push_str("</");
        out.push_str(self.tag);
        out.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::el;

    #[test]
    fn parts_are_written_in_order_with_anchors_behind_what_can_be_replaced() {
        let mut out = String::new();
        let inner = switch(|| vec![el("p").child("a & b").into(), live(|| el("i"))]);
        let frame = frame("main").class("x").flag("hidden", || Some("")).flag("title", || None).part(inner);
        write(vec![frame.into()], &mut out);
        assert_eq!(out, r#"<main class="x" hidden=""><p>a &amp; b</p><i></i><!----></main>"#);
    }
}
