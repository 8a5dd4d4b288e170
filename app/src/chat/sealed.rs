//! Finished messages, sealed: the server writes their HTML from a cache, and the browser adopts the element they are
//! in without walking through it. A conversation of a thousand messages is as quickly interactive as an empty one;
//! what can be clicked inside is found by the log's one listener.

use std::sync::Arc;

use model::Message;
use wasm_bindgen::JsValue;

use super::{above, message};
use crate::{
    browser::document,
    html::{Element, Html, Kept, el},
};

/// A browser lays out and styles those stretches of a log that are near. Few, so that to know which ones costs little;
/// none too long, so that what is near is little.
#[cfg(feature = "ssr")]
const STRETCH: usize = 12;

/// The first question of a conversation.
pub fn of_question(question: &Message) -> Arc<Html> {
    seal(container().child(message::question(question)))
}

/// Finished messages that the server wrote into the document, where they stay as they are.
pub fn in_document() -> Arc<Html> {
    seal(container())
}

/// Finished messages as the server has sent them.
pub fn sent(html: &JsValue) -> Option<Arc<Html>> {
    let element = document().create_element("div").ok()?;
    // Fails for names that are none.
    _ = element.set_attribute("class", "sealed");
    let element = Kept::filled(element, html);
    above::take(element.element());
    Some(kept(element))
}

/// Finished messages that the page shows or has shown.
pub fn kept(element: Kept) -> Arc<Html> {
    Arc::new(Html::Kept(element))
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
    // The last one is whole: see `above.rs`.
    for messages in messages.rchunks(STRETCH).rev() {
        let messages = messages.iter().map(|message| finished(message, known));
        el("div").class("stretch").children(messages).write(&mut html);
    }
    html.into()
}

/// A message that will not change any more.
#[cfg(feature = "ssr")]
fn finished(message: &Message, known: crate::markdown::Known<'_>) -> Element {
    use crate::markdown::{Setting, markdown};
    if message.role == model::Role::User {
        return message::question(message);
    }
    let setting = Setting { anchor: &message.id.to_string(), known };
    let is_whole = message.status == model::MessageStatus::Complete;
    message::answer(message, markdown(&message.content, is_whole, setting), &super::reply::Connection::Following, None)
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
