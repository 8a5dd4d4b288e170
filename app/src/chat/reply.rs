//! A reply that is still being written: what its page knows of it.

use std::sync::Arc;

use model::{Message, MessageStatus, NoticeKind, NumberedEvent, ReplyEvent};

use super::message;
use crate::{
    AppError,
    html::{Element, Html},
    markdown::Stream,
};

/// How the page gets the reply's events.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    Following,
    /// It broke; trying again.
    Reconnecting,
    /// It cannot be followed any more.
    Lost(AppError),
}

/// A reply and its text so far.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Without its text, which is in `text`.
    pub message: Message,
    pub text: Stream,
    pub connection: Connection,
    /// Its article, once that will not change any more.
    done: Option<Arc<Html>>,
}

impl Reply {
    /// The reply as it was read.
    pub fn new(mut message: Message) -> Self {
        let text = Stream::new(&std::mem::take(&mut message.content));
        Self { message, text, connection: Connection::Following, done: None }
    }

    /// Whether more of it is to come here.
    pub fn is_streaming(&self) -> bool {
        self.message.status == MessageStatus::Streaming && !matches!(self.connection, Connection::Lost(_))
    }

    /// Takes in events. Those it already has are left out, so that a repetition does no harm.
    pub fn apply(&mut self, events: impl IntoIterator<Item = NumberedEvent>) {
        let mut added = String::new();
        let mut ended = false;
        for NumberedEvent { n, event } in events {
            if n <= self.message.last_event {
                continue;
            }
            self.message.last_event = n;
            match event {
                ReplyEvent::Delta(text) => {
                    self.forget_waiting();
                    added.push_str(&text);
                }
                ReplyEvent::Notice(notice) => self.message.notice = Some(notice),
                ReplyEvent::Usage(_) => {}
                ReplyEvent::End(ending) => {
                    self.message.status = ending.status();
                    if self.message.status == MessageStatus::Complete {
                        self.forget_waiting();
                    }
                    ended = true;
                }
            }
        }
        if !added.is_empty() {
            self.text.push(&added);
        }
        if ended {
            self.text.finish();
        }
        self.connection = Connection::Following;
        if ended {
            self.done = Some(Arc::new(self.article().into()));
        }
    }

    /// A model that answers is not busy any more.
    fn forget_waiting(&mut self) {
        if self.message.notice.as_ref().is_some_and(|notice| notice.kind == NoticeKind::TooManyRequests) {
            self.message.notice = None;
        }
    }

    /// The reply as part of the log.
    pub fn html(&self) -> Html {
        match &self.done {
            Some(done) => Arc::clone(done).into(),
            None => self.article().into(),
        }
    }

    /// The reply's article.
    fn article(&self) -> Element {
        message::answer(&self.message, self.text.html(), &self.connection)
    }

    /// What to tell somebody who does not see that the reply ended.
    pub fn announcement(&self) -> String {
        let author = self.message.model.as_deref().unwrap_or("The model");
        match self.message.status {
            MessageStatus::Complete => format!("{author} answered: {}", self.text.source()),
            // Notices announce themselves.
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{Ending, MessageId, Notice, Role};

    use super::*;

    fn reply() -> Reply {
        Reply::new(Message {
            id: "01930000-0000-7000-8000-000000000001".parse::<MessageId>().unwrap(),
            role: Role::Assistant,
            content: "Hello".to_owned(),
            model: Some("gpt-5-mini".to_owned()),
            status: MessageStatus::Streaming,
            created_at: "2026-03-09T10:42:07Z".to_owned(),
            notice: None,
            last_event: 3,
        })
    }

    fn html(reply: &Reply) -> String {
        let mut out = String::new();
        reply.article().write(&mut out);
        out
    }

    #[test]
    fn events_it_already_has_are_left_out() {
        let mut reply = reply();
        let delta = |n, text: &str| NumberedEvent { n, event: ReplyEvent::Delta(text.to_owned()) };
        reply.apply([delta(3, "again"), delta(4, ", *world*")]);
        reply.apply([delta(4, "again")]);
        assert_eq!(reply.text.source(), "Hello, *world*");
        assert!(html(&reply).contains("<p>Hello, <em>world</em></p>"));
    }

    #[test]
    fn it_is_busy_until_its_end_and_says_why_it_ended() {
        let mut reply = reply();
        assert!(html(&reply).contains("aria-busy=\"true\""));
        let notice = Notice {
            kind: NoticeKind::Interrupted,
            text: "The answer was interrupted.".to_owned(),
            correlation_id: "7f3a-19c2".to_owned(),
        };
        reply.apply([
            NumberedEvent { n: 4, event: ReplyEvent::Notice(notice) },
            NumberedEvent { n: 5, event: ReplyEvent::End(Ending::Interrupted) },
        ]);
        let out = html(&reply);
        assert!(!out.contains("aria-busy"), "{out}");
        assert!(out.contains("role=\"alert\"") && out.contains("interrupted") && out.contains("7f3a-19c2"), "{out}");
    }
}
