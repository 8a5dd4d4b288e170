//! Reading what the server sends, in the browser. The browser has a JSON parser; what is left to do is to take the
//! parsed values apart. The names are those under which serde writes the same types on the server.

use js_sys::{Array, Reflect};
use model::{
    AskReceipt, ConversationId, ConversationPage, ConversationSummary, Ending, Fault, FaultKind, Formula, Found,
    Message, MessageId, MessageStatus, ModelChoice, Notice, NoticeKind, NumberedEvent, ReplyEvent, Role, Siblings,
    Typeset, Usage, UserId, UserRole, Viewer,
};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::{
    AppError, PageData,
    chat::{OpenConversation, Visit, sealed},
    html::el,
    page::Content,
    session::Session,
    sheet::Sheet,
    theme::Theme,
};

/// The id of the element in which the server leaves a page's data.
pub const ELEMENT: &str = "page";

/// What can be made from a JSON value.
pub trait Read: Sized {
    /// `None` if the value is something else.
    fn read(value: &JsValue) -> Option<Self>;
}

/// A value as JSON text.
pub fn json<T: Read>(text: &str) -> Option<T> {
    T::read(&js_sys::JSON::parse(text).ok()?)
}

/// A line of a reply's stream, behind event `before`: a text alone is the next delta.
pub fn event(line: &str, before: i32) -> Option<NumberedEvent> {
    let value = js_sys::JSON::parse(line).ok()?;
    match value.as_string() {
        Some(text) => Some(NumberedEvent { n: before + 1, event: ReplyEvent::Delta(text) }),
        None => NumberedEvent::read(&value),
    }
}

/// The member `name`, `undefined` if there is none.
fn member(value: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(value, &JsValue::from_str(name)).ok()
}

/// The member `name` as what it has to be. A function of its own for each type: inlined, it would be most of this file's
/// share of what the browser loads.
#[inline(never)]
fn field<T: Read>(value: &JsValue, name: &str) -> Option<T> {
    T::read(&member(value, name)?)
}

/// The member `name` of an enum's value, which has it only if it is that variant.
fn variant<T: Read>(value: &JsValue, name: &str) -> Option<T> {
    let inner = member(value, name)?;
    if inner.is_undefined() { None } else { T::read(&inner) }
}

/// Structs by the names of their members.
macro_rules! members {
    ($($name:ident { $($member:ident),* })*) => {$(
        impl Read for $name {
            fn read(value: &JsValue) -> Option<Self> {
                Some(Self { $($member: field(value, stringify!($member))?),* })
            }
        }
    )*};
}

/// Enums by the names of their variants.
macro_rules! names {
    ($($name:ident { $($text:literal => $variant:ident),* })*) => {
        $(
            impl Read for $name {
                fn read(value: &JsValue) -> Option<Self> {
                    match value.as_string()?.as_str() {
                        $($text => Some(Self::$variant),)*
                        _ => None,
                    }
                }
            }
        )*

        #[cfg(test)]
        #[test]
        fn enums_are_written_under_the_names_they_are_read_by() {
            $($(assert_eq!(serde_json::to_value($name::$variant).unwrap(), $text);)*)*
        }
    };
}

/// Types that are written as a text.
macro_rules! texts {
    ($($name:ident)*) => {$(
        impl Read for $name {
            fn read(value: &JsValue) -> Option<Self> {
                value.as_string()?.parse().ok()
            }
        }
    )*};
}

members! {
    AskReceipt { conversation_id, title, revision, question, reply }
    ConversationPage { conversations, folders, archive, next_cursor }
    ConversationSummary { id, title, created_at, updated_at, revision, pinned, archived, folder }
    Fault { kind, message, correlation_id }
    Found { conversation, title, message, extract }
    Message { id, role, content, model, status, created_at, notice, last_event, siblings, good }
    ModelChoice { name, description, context_tokens }
    Notice { kind, text, correlation_id }
    PageData { session, list, content, refused }
    Session { viewer, models, theme, draft, now_secs }
    Siblings { nth, count, previous, next }
    Usage { prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, counted }
    Viewer { id, name, department, roles }
}

names! {
    Ending {
        "finished" => Finished, "stopped" => Stopped, "interrupted" => Interrupted, "failed" => Failed,
        "filtered" => Filtered
    }
    FaultKind {
        "signed_out" => SignedOut, "forbidden" => Forbidden, "not_found" => NotFound, "invalid" => Invalid,
        "too_large" => TooLarge, "conflict" => Conflict, "too_many_requests" => TooManyRequests,
        "unavailable" => Unavailable, "internal" => Internal
    }
    MessageStatus {
        "complete" => Complete, "streaming" => Streaming, "stopped" => Stopped, "interrupted" => Interrupted,
        "failed" => Failed, "filtered" => Filtered
    }
    NoticeKind {
        "too_many_requests" => TooManyRequests, "filtered" => Filtered, "interrupted" => Interrupted,
        "length" => Length, "trimmed" => Trimmed, "failed" => Failed
    }
    Role { "user" => User, "assistant" => Assistant, "system" => System }
    Theme { "System" => System, "Light" => Light, "Dark" => Dark }
}

texts! { String ConversationId MessageId UserId }

impl Read for i32 {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_f64().map(|number| number as Self)
    }
}

impl Read for u32 {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_f64().map(|number| number as Self)
    }
}

impl Read for i64 {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_f64().map(|number| number as Self)
    }
}

impl Read for bool {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_bool()
    }
}

/// What answers with nothing but its success.
impl Read for () {
    fn read(_value: &JsValue) -> Option<Self> {
        Some(())
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &JsValue) -> Option<Self> {
        if value.is_null() || value.is_undefined() { Some(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &JsValue) -> Option<Self> {
        let array: &Array = value.dyn_ref()?;
        let mut items = Vec::new();
        for at in 0..array.length() {
            items.push(T::read(&array.get(at))?);
        }
        Some(items)
    }
}

impl<T: Read> Read for Result<T, AppError> {
    fn read(value: &JsValue) -> Option<Self> {
        variant(value, "Ok").map(Ok).or_else(|| variant(value, "Err").map(Err))
    }
}

impl Read for AppError {
    fn read(value: &JsValue) -> Option<Self> {
        Fault::read(value).map(Self)
    }
}

/// Numbers for code; for a formula its outermost element, which begins with a name.
impl Read for Typeset {
    fn read(value: &JsValue) -> Option<Self> {
        match Vec::read(value) {
            Some(runs) => Some(Self::Code(runs)),
            None => Formula::read(value).map(Self::Formula),
        }
    }
}

/// Names that are not on the list make it none.
impl Read for Formula {
    fn read(value: &JsValue) -> Option<Self> {
        if let Some(text) = value.as_string() {
            return Some(Self::Text(text));
        }
        let parts = Array::is_array(value).then(|| Array::from(value))?;
        let name = Self::element(&parts.get(0).as_string()?)?;
        let mut attributes = Vec::new();
        for attribute in Vec::<Vec<String>>::read(&parts.get(1))? {
            let [name, value] = <[String; 2]>::try_from(attribute).ok()?;
            attributes.push((Self::attribute(&name)?, value));
        }
        Some(Self::Element(name, attributes, Read::read(&parts.get(2))?))
    }
}

/// Its body is in the document already.
impl Read for Sheet {
    fn read(value: &JsValue) -> Option<Self> {
        Some(Self { title: field(value, "title")?, body: el("div") })
    }
}

impl Read for UserRole {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_string().map(Self::from)
    }
}

/// Its finished messages are in the document already, or come as HTML.
impl Read for OpenConversation {
    fn read(value: &JsValue) -> Option<Self> {
        Some(Self {
            id: field(value, "id")?,
            title: field(value, "title")?,
            revision: field(value, "revision")?,
            temporary: field(value, "temporary")?,
            context_tokens: field(value, "context_tokens")?,
            draft: field(value, "draft")?,
            finished: match member(value, "html").filter(JsValue::is_string) {
                Some(html) => sealed::sent(&html)?,
                None => sealed::in_document(),
            },
            live: field(value, "live")?,
            visit: Visit::default(),
        })
    }
}

impl Read for Content {
    fn read(value: &JsValue) -> Option<Self> {
        match value.as_string().as_deref() {
            Some("NewChat") => Some(Self::NewChat),
            Some(_) => Some(Self::Missing),
            None => variant(value, "Conversation")
                .map(|opened| Self::Conversation(Box::new(opened)))
                .or_else(|| variant(value, "NotShown").map(Self::NotShown))
                .or_else(|| variant(value, "Sheet").map(Self::Sheet)),
        }
    }
}

impl Read for NumberedEvent {
    fn read(value: &JsValue) -> Option<Self> {
        let event = variant(value, "d")
            .map(ReplyEvent::Delta)
            .or_else(|| variant(value, "all").map(ReplyEvent::All))
            .or_else(|| variant(value, "retracted").map(Box::new).map(ReplyEvent::Retracted))
            .or_else(|| variant(value, "waiting").map(ReplyEvent::Waiting))
            .or_else(|| variant(value, "notice").map(Box::new).map(ReplyEvent::Notice))
            .or_else(|| variant(value, "end").map(ReplyEvent::End))
            .or_else(|| variant(value, "usage").map(ReplyEvent::Usage))
            // What an older page does not know does not disturb it.
            .unwrap_or(ReplyEvent::Usage(Usage::default()));
        Some(Self { n: field(value, "n")?, event })
    }
}
