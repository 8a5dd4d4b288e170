//! The tree as a Leptos view.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    tachys::{
        hydration::Cursor,
        renderer::{CastFrom as _, Rndr},
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};
use web_sys::{Element as DomElement, Node};

use super::{Element, dom};

/// What is in the document: its element, and the tree it shows.
pub struct Shown {
    node: DomElement,
    element: Element,
}

impl Render for Element {
    type State = Shown;

    fn build(self) -> Shown {
        Shown { node: dom::build(&self), element: self }
    }

    fn rebuild(self, state: &mut Shown) {
        if self.tag == state.element.tag {
            dom::patch(&state.node, &state.element, &self);
            state.element = self;
        } else {
            let mut new = self.build();
            state.insert_before_this(&mut new);
            state.unmount();
            *state = new;
        }
    }
}

impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        self.write(buf);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Shown {
        Shown { node: adopt(cursor, position), element: self }
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Messages take their attributes from [`Element::attr`]; those a parent component spreads do not reach them.
impl AddAnyAttr for Element {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.node.unmount();
    }

    fn mount(&mut self, parent: &DomElement, marker: Option<&Node>) {
        Rndr::insert_node(parent, &self.node, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.node.insert_before_this(child)
    }

    fn elements(&self) -> Vec<DomElement> {
        vec![self.node.clone()]
    }
}

/// The server's element at the place hydration has come to; the walk goes on behind it.
fn adopt(cursor: &Cursor, position: &PositionState) -> DomElement {
    match position.get() {
        Position::FirstChild => cursor.child(),
        Position::Current => {}
        _ => cursor.sibling(),
    }
    position.set(Position::NextChild);
    let current = cursor.current();
    // A mismatch would have to come from our own markup; an element nobody sees is better than a dead page.
    DomElement::cast_from(current).unwrap_or_else(|| Rndr::create_element("div", None))
}
