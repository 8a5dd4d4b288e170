//! The tree in the browser: making its nodes, and changing them into those of the next tree.

use leptos::tachys::renderer::Rndr;
use wasm_bindgen::JsCast as _;
use web_sys::{Element as DomElement, Node};

use super::{Element, Html};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes the nodes of an element.
pub(super) fn build(element: &Element) -> DomElement {
    let namespace = matches!(element.tag, "path" | "svg" | "use").then_some(SVG);
    let node = Rndr::create_element(element.tag, namespace);
    for (name, value) in &element.attributes {
        Rndr::set_attribute(&node, name, value);
    }
    for child in &element.children {
        Rndr::insert_node(&node, &build_node(child), None);
    }
    node
}

fn build_node(html: &Html) -> Node {
    match html.unshared() {
        Html::Text(text) => Rndr::create_text_node(text).into(),
        Html::Element(element) => build(element).into(),
        Html::Shared(_) | Html::Written(_) => Rndr::create_text_node("").into(),
    }
}

/// Turns `node`, which shows `old`, into `new`, keeping every DOM node that can stay: selections, focus and scroll
/// positions inside survive, and nothing flickers.
pub(super) fn patch(node: &DomElement, old: &Element, new: &Element) {
    patch_attributes(node, old, new);
    let mut shown = Rndr::first_child(node);
    let common = old.children.len().min(new.children.len());
    for (old, new) in old.children.iter().zip(&new.children) {
        let Some(child) = shown else { break };
        shown = Rndr::next_sibling(&child);
        patch_node(node, &child, old, new);
    }
    while let Some(surplus) = shown {
        shown = Rndr::next_sibling(&surplus);
        Rndr::remove(&surplus);
    }
    for child in &new.children[common..] {
        Rndr::insert_node(node, &build_node(child), None);
    }
}

fn patch_node(parent: &DomElement, node: &Node, old: &Html, new: &Html) {
    if let (Html::Shared(old), Html::Shared(new)) = (old, new)
        && std::sync::Arc::ptr_eq(old, new)
    {
        return;
    }
    match (old.unshared(), new.unshared()) {
        (Html::Text(old), Html::Text(new)) => patch_text(node, old, new),
        (Html::Element(old), Html::Element(new)) if old.tag == new.tag => {
            patch(node.unchecked_ref(), old, new);
        }
        _ => {
            Rndr::insert_node(parent, &build_node(new), Some(node));
            Rndr::remove(node);
        }
    }
}

/// Streaming text grows at its end: appending keeps a selection in it, and costs the length of what is new.
fn patch_text(node: &Node, old: &str, new: &str) {
    if old == new {
        return;
    }
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
            Rndr::remove_attribute(node, name);
        }
    }
    for attribute in &new.attributes {
        if !old.attributes.contains(attribute) {
            Rndr::set_attribute(node, attribute.0, &attribute.1);
        }
    }
}
