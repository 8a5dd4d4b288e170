//! Views without their types. Each type of view costs the browser code of its own; these are made once.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::{AnyView, Effect, IntoAny as _},
    tachys::{
        hydration::Cursor,
        view::{Mountable as _, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};

use super::Element;

/// An element that follows the signals it is made from, changed in place.
pub fn live(element: impl FnMut() -> Element + Send + 'static) -> Box<dyn FnMut() -> Element + Send> {
    Box::new(element)
}

/// A part of the page that is replaced by another one, as the signals it depends on say.
pub fn switch(part: impl FnMut() -> AnyView + Send + 'static) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(part)
}

/// An attribute that follows signals, and is absent with `None`.
pub fn flag(
    value: impl FnMut() -> Option<&'static str> + Send + 'static,
) -> Box<dyn FnMut() -> Option<&'static str> + Send> {
    Box::new(value)
}

/// Runs `run` in the browser, and again whenever a signal it reads changes.
pub fn effect(run: impl FnMut() + 'static) {
    fn once_made(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    once_made(Box::new(run));
}

/// A part of the page. Another one takes its place as a whole; nothing of it is changed into the other.
pub fn part<V>(view: V) -> AnyView
where
    V: RenderHtml + 'static,
    V::State: 'static,
{
    Part(view).into_any()
}

struct Part<V>(V);

impl<V: RenderHtml + 'static> Render for Part<V> {
    type State = V::State;

    fn build(self) -> V::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut V::State) {
        let mut new = self.0.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl<V: RenderHtml + 'static> RenderHtml for Part<V> {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = V::MIN_LENGTH;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> V::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Nobody spreads attributes onto a part.
impl<V: RenderHtml + 'static> AddAnyAttr for Part<V> {
    type Output<SomeNewAttr: Attribute> = V;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        self.0
    }
}
