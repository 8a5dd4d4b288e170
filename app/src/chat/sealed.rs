//! Finished messages, sealed: the server writes their HTML from a cache, and the browser adopts the element they are
//! in without walking through it. A conversation of a thousand messages is as quickly interactive as an empty one;
//! what can be clicked inside is found by the log's one listener.

use std::sync::Arc;

use model::Message;

use super::message;
use crate::html::{Element, Html, el};

/// Finished messages, to be made into elements here.
pub fn of_messages(messages: &[Message]) -> Arc<Html> {
    seal(container().children(messages.iter().map(|message| message::finished(message, None))))
}

/// Finished messages that the server wrote into the document, where they stay as they are.
pub fn in_document() -> Arc<Html> {
    seal(container())
}

/// Finished messages that are HTML already.
#[cfg(feature = "ssr")]
pub fn written(html: Arc<str>) -> Arc<Html> {
    seal(container().child(Html::Written(html)))
}

/// Messages as HTML. `known`: see [`crate::markdown::Setting::known`].
#[cfg(feature = "ssr")]
pub fn render(messages: &[Message], known: crate::markdown::Known<'_>) -> Arc<str> {
    let mut html = String::new();
    for message in messages {
        message::finished(message, known).write(&mut html);
    }
    html.into()
}

fn container() -> Element {
    el("div").class("sealed")
}

fn seal(element: Element) -> Arc<Html> {
    Arc::new(element.into())
}

#[cfg(feature = "ssr")]
pub use cache::SealedLogs;

#[cfg(feature = "ssr")]
mod cache {
    //! Rendered logs, the least used of which are forgotten when they outgrow their budget.

    use std::sync::Arc;

    use model::ConversationId;
    use quick_cache::{Weighter, sync::Cache};
    use texts::Language;

    type Key = (ConversationId, i64, Language);

    /// The HTML of finished messages, by conversation, revision and
    /// the language of what is around them. A conversation that changes gets a new revision,
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

        pub fn get(&self, id: ConversationId, revision: i64, language: Language) -> Option<Arc<str>> {
            self.0.get(&(id, revision, language))
        }

        pub fn keep(&self, id: ConversationId, revision: i64, language: Language, html: &Arc<str>) {
            self.0.insert((id, revision, language), Arc::clone(html));
        }
    }
}
