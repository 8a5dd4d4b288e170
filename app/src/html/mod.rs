//! A tree of elements and text for what the page shows but did not write itself: messages and the Markdown in them.
//!
//! Names of elements and attributes are `'static`, so they can only come from our source; everything else is text and
//! is written as text. The same tree is written by the server, adopted by the browser without looking at its children,
//! and changed in place when the next tree arrives: a streaming answer touches only the nodes that differ.

mod dom;
mod kept;
mod mount;
mod part;

use std::{borrow::Cow, sync::Arc};

use texts::{About, Text};

pub use dom::fill;
pub use kept::Kept;
pub use mount::{effect, hydrate};
pub use part::{Frame, Part, frame, live, switch, write};

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Html {
    Text(String),
    Element(Element),
    /// A part that will not change any more. The same `Arc` in the next tree means: nothing to compare.
    Shared(Arc<Html>),
    /// HTML that [`Html::write`] wrote before. Only on the server; the browser has it in its document already.
    Written(Arc<str>),
    /// An element that the browser has already. Only there.
    Kept(Kept),
}

/// An element, its attributes in order, and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    children: Vec<Html>,
}

/// Tells an element from its neighbours when they come, go or change places.
const KEY: &str = "data-id";

/// What the texts of an element are about.
const ABOUT: &str = "data-a";

/// The attribute with the number of the text that is in `attribute`. `data-c` has that of the content. The script that
/// changes the language reads them (`change.js`).
fn mark(attribute: &str) -> &'static str {
    match attribute {
        "title" => "data-t",
        "placeholder" => "data-p",
        _ => "data-l",
    }
}

/// An empty element.
pub fn el(tag: &'static str) -> Element {
    Element { tag, attributes: Vec::new(), children: Vec::new() }
}

/// A picture of the sprite in the document, without a name of its own.
pub fn icon(href: &'static str) -> Element {
    el("svg").class("icon").attr("aria-hidden", "true").child(el("use").attr("href", href))
}

/// An empty element that stays the same one among its neighbours as long as it has this `key`.
pub fn keyed(tag: &'static str, key: impl Into<Cow<'static, str>>) -> Element {
    el(tag).attr(KEY, key)
}

impl Element {
    /// Sets an attribute that is not set yet.
    pub fn attr(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Sets an attribute if there is a value for it.
    pub fn maybe(self, name: &'static str, value: Option<impl Into<Cow<'static, str>>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    pub fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// Says `text`, its only one, also in a language that is chosen later: for what stays as it is in the document (see
    /// `change.js`). What follows signals needs no mark.
    pub fn says(self, text: Text) -> Self {
        self.marked("data-c", text.number()).child(text)
    }

    /// The same about `what`.
    pub fn says_about(self, text: About, what: &str) -> Self {
        self.marked("data-c", text.number()).attr(ABOUT, what.to_owned()).child(text.about(what))
    }

    /// The same for an attribute that [`mark`] knows.
    pub fn tells(self, name: &'static str, text: Text) -> Self {
        self.marked(mark(name), text.number()).attr(name, text)
    }

    /// The same about `what`. Everything that an element says so is about the same.
    pub fn tells_about(self, name: &'static str, text: About, what: &str) -> Self {
        self.marked(mark(name), text.number()).attr(ABOUT, what.to_owned()).attr(name, text.about(what))
    }

    fn marked(self, mark: &'static str, number: u16) -> Self {
        self.attr(mark, u32::from(number).to_string())
    }

    /// Appends a node. Neighbouring texts become one, because the HTML parser makes one node of them, too.
    pub fn child(mut self, child: impl Into<Html>) -> Self {
        self.push(child.into());
        self
    }

    pub fn children(mut self, children: impl IntoIterator<Item = impl Into<Html>>) -> Self {
        for child in children {
            self.push(child.into());
        }
        self
    }

    fn push(&mut self, child: Html) {
        match (self.children.last_mut(), child) {
            (_, Html::Text(text)) if text.is_empty() => {}
            (Some(Html::Text(before)), Html::Text(text)) => before.push_str(&text),
            (_, child) => self.children.push(child),
        }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// Writes the element as HTML.
    pub fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.tag);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        out.push('>');
        if matches!(self.tag, "br" | "hr" | "img" | "input" | "link" | "meta") {
            return;
        }
        for child in &self.children {
            child.write(out);
        }
        out.push_str("</");
        out.push_str(self.tag);
        out.push('>');
    }
}

impl Html {
    /// Writes the node as HTML.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Text(text) => escape(text, out),
            Self::Element(element) => element.write(out),
            Self::Shared(shared) => shared.write(out),
            Self::Written(html) => out.push_str(html),
            // The server has no elements.
            Self::Kept(_) => {}
        }
    }

    /// The words alone, as they are heard: those of each element apart, a picture's name, and without what can be pressed.
    pub fn say(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Element(element) => {
                out.push(' ');
                if element.attribute("role") == Some("img") {
                    out.push_str(element.attribute("aria-label").unwrap_or_default());
                    out.push(' ');
                }
                let said = if element.tag == "button" { &[] } else { element.children.as_slice() };
                said.iter().for_each(|child| child.say(out));
            }
            Self::Shared(shared) => shared.say(out),
            _ => {}
        }
    }

    /// Writes what is in an element.
    #[cfg(feature = "ssr")]
    pub fn write_inside(&self, out: &mut String) {
        if let Self::Element(element) = self.unshared() {
            element.children.iter().for_each(|child| child.write(out));
        }
    }

    fn key(&self) -> Option<&str> {
        let Self::Element(element) = self else { return None };
        element.attributes.first().filter(|(name, _)| *name == KEY).map(|(_, key)| &**key)
    }

    fn unshared(&self) -> &Self {
        match self {
            Self::Shared(shared) => shared.unshared(),
            other => other,
        }
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<Arc<Html>> for Html {
    fn from(part: Arc<Html>) -> Self {
        Self::Shared(part)
    }
}

impl From<String> for Html {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Text> for Html {
    fn from(text: Text) -> Self {
        Self::Text(text.into())
    }
}

impl From<&str> for Html {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Appends `text` so that it is text between tags as well as inside a quoted attribute.
pub fn escape(text: &str, out: &mut String) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[written..at]);
        out.push_str(entity);
        written = at + 1;
    }
    out.push_str(&text[written..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let mut out = String::new();
        el("p").attr("title", "\"><script>").child("<b> & \"é\"").write(&mut out);
        assert_eq!(out, r#"<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt; &amp; &quot;é&quot;</p>"#);
    }

    #[test]
    fn what_is_said_can_be_said_again_in_another_language() {
        let mut out = String::new();
        el("button").tells("aria-label", texts::SEND).tells("title", texts::SEND_KEY).write(&mut out);
        let (label, title) = (texts::SEND.number(), texts::SEND_KEY.number());
        let attributes = format!(r#"data-l="{label}" aria-label="Send" data-t="{title}" title="Send (Enter)""#);
        assert_eq!(out, format!("<button {attributes}></button>"));
        let mut out = String::new();
        el("small").says_about(texts::REFERENCE, "\"7f").write(&mut out);
        assert!(out.ends_with(" data-a=\"&quot;7f\">Reference &quot;7f</small>"), "{out}");
    }

    #[test]
    fn neighbouring_texts_are_one_node() {
        let element = el("p").child("a").child("").child("b").child(el("br")).child("c");
        assert_eq!(element.children.len(), 3);
    }
}
