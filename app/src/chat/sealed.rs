//! Finished messages, sealed: the server writes their HTML from a cache, and the browser adopts the element they are
//! in without walking through it. A conversation of a thousand messages is as quickly interactive as an empty one;
//! what can be clicked inside is found by the log's one listener.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    tachys::{
        hydration::Cursor,
        renderer::Rndr,
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};
use web_sys::{Element as DomElement, Node};

use super::{message, open::Finished};
use crate::html::{adopt, el};

/// The view of what is finished.
pub struct Sealed(pub Finished);

/// The element in the document. It stays as it is for as long as its conversation is shown.
pub struct Shown(DomElement);

impl Render for Sealed {
    type State = Shown;

    fn build(self) -> Shown {
        let messages = match self.0 {
            Finished::Messages(messages) => messages,
            // Only its own page's document has it, and that one is hydrated, not built.
            Finished::Sealed(_) => Vec::new(),
        };
        let element = el("div").class("sealed").children(messages.iter().map(message::finished));
        Shown(element.into_dom())
    }

    fn rebuild(self, state: &mut Shown) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl RenderHtml for Sealed {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn html_len(&self) -> usize {
        match &self.0 {
            Finished::Messages(_) => 0,
            Finished::Sealed(html) => html.len() + 32,
        }
    }

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
        buf.push_str("<div class=\"sealed\">");
        match &self.0 {
            Finished::Messages(messages) => messages.iter().for_each(|message| message::finished(message).write(buf)),
            Finished::Sealed(html) => buf.push_str(html),
        }
        buf.push_str("</div>");
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Shown {
        Shown(adopt(cursor, position))
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Nobody spreads attributes onto the log.
impl AddAnyAttr for Sealed {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &DomElement, marker: Option<&Node>) {
        Rndr::insert_node(parent, &self.0, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<DomElement> {
        vec![self.0.clone()]
    }
}

#[cfg(feature = "ssr")]
pub use cache::SealedLogs;

#[cfg(feature = "ssr")]
mod cache {
    //! Rendered logs, the least used of which are forgotten when they outgrow their budget.

    use std::sync::Arc;

    use model::{ConversationId, Message};
    use quick_cache::{Weighter, sync::Cache};

    use super::message;

    type Key = (ConversationId, i64);

    /// The HTML of finished messages, by conversation and revision. A conversation that changes gets a new revision,
    /// so nothing here is ever out of date. Whoever reads from it has checked whose conversation it is.
    pub struct SealedLogs(Cache<Key, Arc<str>, Bytes>);

    #[derive(Clone)]
    struct Bytes;

    impl Weighter<Key, Arc<str>> for Bytes {
        fn weight(&self, _key: &Key, html: &Arc<str>) -> u64 {
            html.len() as u64 + 128
        }
    }

    impl SealedLogs {
        /// A cache of at most `budget_bytes` of HTML.
        pub fn new(budget_bytes: u64) -> Self {
            const TYPICAL_BYTES: u64 = 16 * 1024;
            let typical = usize::try_from(budget_bytes / TYPICAL_BYTES).unwrap_or(usize::MAX).max(16);
            Self(Cache::with_weighter(typical, budget_bytes, Bytes))
        }

        pub fn get(&self, id: ConversationId, revision: i64) -> Option<Arc<str>> {
            self.0.get(&(id, revision))
        }

        /// Renders `messages` and keeps the result.
        pub fn seal(&self, id: ConversationId, revision: i64, messages: &[Message]) -> Arc<str> {
            let mut html = String::new();
            for message in messages {
                message::finished(message).write(&mut html);
            }
            let html: Arc<str> = html.into();
            self.0.insert((id, revision), Arc::clone(&html));
            html
        }
    }
}
