//! Parts in the browser: adopting what the server wrote, making others later, and following signals.

use std::{cell::RefCell, rc::Rc};

use reactive_graph::{
    effect::{Effect, RenderEffect},
    owner::{Owner, StoredValue},
};
use wasm_bindgen::JsCast as _;
use web_sys::{Element as DomElement, Node};

use super::{
    Element, dom,
    part::{Frame, Part},
};
use crate::{
    browser::document,
    language,
    task::{drawn, listen_to},
};

/// Brings the page to life that the server wrote: `app` makes the same parts, which adopt the nodes in the body.
pub fn hydrate(app: impl FnOnce() -> Vec<Part>) {
    // Fails when it is done already, which is as good.
    _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.with(|| {
        if let Some(body) = document().body() {
            let mut next = body.first_child();
            adopt(app(), &mut next);
        }
    });
    // It lives as long as the page.
    std::mem::forget(owner);
}

/// Runs `run` in the browser, and again whenever a signal it reads changes.
pub fn effect(run: impl FnMut() + 'static) {
    fn boxed(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    boxed(Box::new(run));
}

/// Runs at once, and again before the browser draws the next frame when a signal changed. Belongs to the part of the
/// page in which it is made.
fn follow(mut run: Box<dyn FnMut()>) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| run()));
}

/// Adopts the nodes from `next` on, one for each part, and leaves `next` behind them.
fn adopt(parts: Vec<Part>, next: &mut Option<Node>) {
    for part in parts {
        match part {
            Part::Switch(parts) => switch(parts, Rc::new(RefCell::new(Place::Adopting(next.take()))), next),
            part => {
                // A mismatch would have to come from our own HTML; the page stays as it was written then.
                let Some(node) = next.take() else { return };
                *next = node.next_sibling();
                if let Ok(node) = node.dyn_into::<DomElement>() {
                    adopt_one(part, node);
                }
            }
        }
    }
}

fn adopt_one(part: Part, node: DomElement) {
    match part {
        Part::Live(element) => live(element, Some(node), &mut None),
        Part::Frame(frame) => {
            let mut inner = node.first_child();
            let parts = animate(frame, &node);
            adopt(parts, &mut inner);
        }
        Part::Element(_) | Part::Switch(_) => {}
    }
}

/// Makes the nodes of parts, in front of `anchor` or at the end, and returns them.
fn build(parts: Vec<Part>, parent: &Node, anchor: Option<&Node>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut put = |node: Node| {
        // Fails only if the anchor is elsewhere, which it is not.
        _ = parent.insert_before(&node, anchor);
        nodes.push(node);
    };
    for part in parts {
        match part {
            Part::Element(element) => put(dom::build(&element).into()),
            Part::Live(element) => {
                let mut made = None;
                live(element, None, &mut made);
                made.into_iter().for_each(|node| put(node.into()));
            }
            Part::Frame(frame) => {
                let Ok(node) = document().create_element(frame.tag) else { continue };
                for (name, value) in &frame.attributes {
                    _ = node.set_attribute(name, value);
                }
                let inner = animate(frame, &node);
                build(inner, &node, None);
                put(node.into());
            }
            Part::Switch(parts) => {
                let end: Node = document().create_comment("").into();
                put(end.clone());
                switch(parts, Rc::new(RefCell::new(Place::Shown(Vec::new(), end))), &mut None);
            }
        }
    }
    nodes
}

/// Attaches what listens, and the flags; what is left are the parts inside.
fn animate(frame: Frame, node: &DomElement) -> Vec<Part> {
    for (event, listener) in frame.listeners {
        listen_to(node.clone().into(), event, listener);
    }
    for (name, mut value) in frame.flags {
        let node = node.clone();
        follow(Box::new(move || {
            // Neither can fail: names are ours.
            _ = match language::following(&mut *value) {
                Some(value) => node.set_attribute(name, value),
                None => node.remove_attribute(name),
            };
        }));
    }
    frame.parts
}

/// Follows `element` in `node`, or in one that is put into `made`.
fn live(mut element: Box<dyn FnMut() -> Element>, node: Option<DomElement>, made: &mut Option<DomElement>) {
    let shown: Rc<RefCell<Option<(DomElement, Element)>>> = Rc::default();
    let (first, mut adopted) = (Rc::clone(&shown), node);
    follow(Box::new(move || {
        let new = language::following(&mut *element);
        let mut shown = shown.borrow_mut();
        *shown = Some(match shown.take() {
            None => (adopted.take().unwrap_or_else(|| dom::build(&new)), new),
            Some((node, old)) => (dom::renew(node, &old, &new), new),
        });
    }));
    *made = first.borrow().as_ref().map(|(node, _)| node.clone());
}

/// Where the parts of a switch are.
enum Place {
    /// From that node on, as the server wrote them.
    Adopting(Option<Node>),
    /// These nodes, in front of that one.
    Shown(Vec<Node>, Node),
}

fn switch(mut parts: Box<dyn FnMut() -> Vec<Part>>, place: Rc<RefCell<Place>>, next: &mut Option<Node>) {
    let first = Rc::clone(&place);
    follow(Box::new(move || {
        let new = parts();
        let mut place = place.borrow_mut();
        let shown = match &mut *place {
            Place::Adopting(node) => {
                let begin = node.take();
                let mut end = begin.clone();
                adopt(new, &mut end);
                end.map(|end| (between(begin, &end), end))
            }
            Place::Shown(nodes, end) => end.parent_node().map(|parent| {
                nodes.drain(..).for_each(let_go);
                (build(new, &parent, Some(end)), end.clone())
            }),
        };
        if let Some((nodes, end)) = shown {
            *place = Place::Shown(nodes, end);
        }
    }));
    if let Place::Shown(_, end) = &*first.borrow() {
        *next = end.next_sibling();
    }
}

/// Takes a node out of where it is; one that is hidden when what comes in its place is drawn.
fn let_go(node: Node) {
    if node.dyn_ref::<DomElement>().is_some_and(|node| node.get_attribute("hidden").is_some()) {
        drawn(move || dom::remove(&node));
    } else {
        dom::remove(&node);
    }
}

fn between(begin: Option<Node>, end: &Node) -> Vec<Node> {
    std::iter::successors(begin, Node::next_sibling).take_while(|node| node != end).collect()
}
