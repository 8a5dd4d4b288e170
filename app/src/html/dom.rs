//! The tree in the browser: making its nodes, and changing them into those of the next tree.

use model::Formula;
use wasm_bindgen::{JsCast as _, UnwrapThrowExt as _};
use web_sys::{Element as DomElement, Node};

use super::{Element, Html};
use crate::browser::document;

const SVG: &str = "http://www.w3.org/2000/svg";
const MATHML: &str = "http://www.w3.org/1998/Math/MathML";

/// Puts `content` in place of what is in `node`. The tree that `node` was made from does not learn of it; [`patch`] puts
/// up with that where the tree has a single text there.
pub fn fill(node: &DomElement, content: &[Html]) {
    node.set_text_content(None);
    for child in content {
        append(node, &build_node(child));
    }
}

/// Makes the nodes of an element.
pub(super) fn build(element: &Element) -> DomElement {
    let namespace = match element.tag {
        "path" | "svg" | "use" => Some(SVG),
        tag => Formula::element(tag).map(|_| MATHML),
    };
    let document = document();
    let node = match namespace {
        Some(namespace) => document.create_element_ns(Some(namespace), element.tag),
        None => document.create_element(element.tag),
    };
    // Names come from our source (see `html`), and are those of elements.
    let node = node.unwrap_throw();
    for (name, value) in &element.attributes {
        set_attribute(&node, name, value);
    }
    for child in &element.children {
        append(&node, &build_node(child));
    }
    node
}

fn set_attribute(node: &DomElement, name: &str, value: &str) {
    // Names come from our source, and are those of attributes.
    _ = node.set_attribute(name, value);
}

fn append(node: &DomElement, child: &Node) {
    // A node that was just made can be put anywhere.
    _ = node.append_child(child);
}

/// Takes an element or a text out of where it is.
pub(super) fn remove(node: &Node) {
    // Texts are removed in the same way.
    node.unchecked_ref::<DomElement>().remove();
}

/// Turns `node`, which shows `old`, into one that shows `new`: the same if it can stay.
pub(super) fn renew(node: DomElement, old: &Element, new: &Element) -> DomElement {
    if old.tag == new.tag {
        patch(&node, old, new);
        return node;
    }
    let made = build(new);
    // Where it is, the other one may be, too.
    _ = node.replace_with_with_node_1(&made);
    made
}

fn build_node(html: &Html) -> Node {
    match html.unshared() {
        Html::Text(text) => document().create_text_node(text).into(),
        Html::Element(element) => build(element).into(),
        Html::Kept(kept) => kept.element().clone().into(),
        Html::Shared(_) | Html::Written(_) => document().create_text_node("").into(),
    }
}

/// Turns `node`, which shows `old`, into `new`, keeping every DOM node that can stay: selections, focus and scroll
/// positions inside survive, and nothing flickers.
pub(super) fn patch(node: &DomElement, old: &Element, new: &Element) {
    patch_attributes(node, old, new);
    if old.children.iter().zip(&new.children).any(|(old, new)| old.key() != new.key()) {
        return patch_by_key(node, old, new);
    }
    let mut shown = node.first_child();
    let common = old.children.len().min(new.children.len());
    for (old, new) in old.children.iter().zip(&new.children) {
        let Some(child) = shown else { break };
        shown = child.next_sibling();
        patch_node(node, &child, old, new);
    }
    // By number: where the node was filled (see `fill`), there is more in it than the tree knows.
    for _ in common..old.children.len() {
        let Some(surplus) = shown else { break };
        shown = surplus.next_sibling();
        remove(&surplus);
    }
    for child in &new.children[common..] {
        append(node, &build_node(child));
    }
}

/// The same where children came, went or changed places: a node goes with its key, so that what has the focus, is being
/// written in or is about to be clicked on stays what it was.
fn patch_by_key(node: &DomElement, old: &Element, new: &Element) {
    let mut left: Vec<(&Html, Node)> = Vec::new();
    let mut next = node.first_child();
    for old in &old.children {
        let Some(shown) = next else { break };
        next = shown.next_sibling();
        // Those that go, first: nothing that stays has to move on their account, which would cost it the focus.
        if new.children.iter().any(|new| new.key() == old.key()) {
            left.push((old, shown));
        } else {
            remove(&shown);
        }
    }
    let mut at = node.first_child();
    for new in &new.children {
        let found = left.iter().position(|(old, _)| old.key() == new.key());
        let (old, made) = found.map_or_else(|| (new, build_node(new)), |found| left.remove(found));
        if at.as_ref() == Some(&made) {
            at = made.next_sibling();
        } else {
            // In front of one that is there, or at the end.
            _ = node.insert_before(&made, at.as_ref());
        }
        patch_node(node, &made, old, new);
    }
    for (_, surplus) in left {
        remove(&surplus);
    }
}

fn patch_node(parent: &DomElement, node: &Node, old: &Html, new: &Html) {
    if let (Html::Shared(old), Html::Shared(new)) = (old, new)
        && std::sync::Arc::ptr_eq(old, new)
    {
        return;
    }
    match (old.unshared(), new.unshared()) {
        (Html::Text(old), Html::Text(new)) if old == new => {}
        (Html::Text(_), Html::Text(new)) if node.node_type() != Node::TEXT_NODE => {
            // Filled since (see `fill`), and now something else.
            parent.set_text_content(Some(new));
        }
        (Html::Text(old), Html::Text(new)) => patch_text(node, old, new),
        (Html::Element(old), Html::Element(new)) if old.tag == new.tag => {
            patch(node.unchecked_ref(), old, new);
        }
        _ => {
            // Where it is, the other one may be, too. Texts are replaced in the same way.
            _ = node.unchecked_ref::<DomElement>().replace_with_with_node_1(&build_node(new));
        }
    }
}

/// Streaming text grows at its end: appending keeps a selection in it, and costs the length of what is new.
fn patch_text(node: &Node, old: &str, new: &str) {
    match new.strip_prefix(old) {
        Some(added) => {
            // Appending to a text node cannot fail.
            _ = node.unchecked_ref::<web_sys::CharacterData>().append_data(added);
        }
        None => node.set_node_value(Some(new)),
    }
}

fn patch_attributes(node: &DomElement, old: &Element, new: &Element) {
    if old.attributes == new.attributes {
        return;
    }
    for (name, _) in &old.attributes {
        if new.attributes.iter().all(|(kept, _)| kept != name) {
            _ = node.remove_attribute(name);
        }
    }
    for attribute in &new.attributes {
        if !old.attributes.contains(attribute) {
            set_attribute(node, attribute.0, &attribute.1);
        }
    }
}
