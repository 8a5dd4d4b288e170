//! A reply that is still being written: what its page knows of it.

use std::sync::Arc;

use model::{Message, MessageStatus, NumberedEvent, ReplyEvent};

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

/// The model could not be asked yet.
#[derive(Clone, Copy, Debug)]
struct Wait {
    /// The number of the event that said so.
    n: i32,
    secs_left: u32,
}

/// A reply and its text so far.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Without its text, which is in `text`.
    pub message: Message,
    pub text: Stream,
    pub connection: Connection,
    /// Its own, and those of what its model was sent; once that is known.
    pub tokens: Option<u32>,
    /// Until the model is asked again.
    waiting: Option<Wait>,
    /// Its article, once that will not change any more.
    done: Option<Arc<Html>>,
}

impl Reply {
    /// The reply as it was read.
    pub fn new(mut message: Message) -> Self {
        let text = Stream::new(&std::mem::take(&mut message.content), &message.id.to_string());
        Self { message, text, connection: Connection::Following, tokens: None, waiting: None, done: None }
    }

    /// The reply as far as it is here, to be gone on with.
    pub fn so_far(self) -> Message {
        Message { content: self.text.source().to_owned(), ..self.message }
    }

    /// Whether more of it is to come here.
    pub fn is_streaming(&self) -> bool {
        self.message.status == MessageStatus::Streaming && !matches!(self.connection, Connection::Lost(_))
    }

    /// Whether it ended here.
    pub fn is_done(&self) -> bool {
        self.done.is_some()
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
                    self.waiting = None;
                    added.push_str(&text);
                }
                ReplyEvent::All(text) => {
                    self.waiting = None;
                    added.clear();
                    self.text.restart(&text);
                }
                ReplyEvent::Retracted(notice) => {
                    added.clear();
                    self.text.restart("");
                    self.message.notice = Some(*notice);
                }
                ReplyEvent::Waiting(secs_left) => self.waiting = Some(Wait { n, secs_left }),
                ReplyEvent::Notice(notice) => self.message.notice = Some(*notice),
                ReplyEvent::Usage(usage) => self.tokens = usage.prompt_tokens.checked_add(usage.completion_tokens),
                ReplyEvent::End(ending) => {
                    self.message.status = ending.status();
                    self.waiting = None;
                    ended = true;
                }
            }
        }
        if !added.is_empty() {
            self.text.push(&added);
        }
        if ended {
            self.text.finish(self.message.status == MessageStatus::Complete);
        }
        self.connection = Connection::Following;
        if ended {
            self.done = Some(Arc::new(self.article().into()));
        }
    }

    /// The event that the wait under way began with.
    pub fn wait(&self) -> Option<i32> {
        self.waiting.map(|wait| wait.n)
    }

    /// A second of the wait that began with event `n` is over; says whether it goes on.
    pub fn count_down(&mut self, n: i32) -> bool {
        match &mut self.waiting {
            Some(wait) if wait.n == n && wait.secs_left > 0 => {
                wait.secs_left -= 1;
                true
            }
            _ => false,
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
        message::answer(&self.message, self.text.html(), &self.connection, self.waiting.map(|wait| wait.secs_left))
    }

    /// What to tell somebody who does not see that the reply ended: its words, without Markdown's marks.
    pub fn announcement(&self) -> String {
        if self.message.status != MessageStatus::Complete {
            // Notices announce themselves.
            return String::new();
        }
        let author = self.message.model.as_deref().unwrap_or_else(|| texts::THE_MODEL.text());
        let mut words = String::new();
        for block in self.text.html() {
            block.say(&mut words);
        }
        texts::answered(author, &words)
    }
}

#[cfg(test)]
mod tests {
    use model::{Ending, MessageId, Notice, NoticeKind, Role};

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
            siblings: None,
            good: None,
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
            NumberedEvent { n: 4, event: ReplyEvent::Notice(Box::new(notice)) },
            NumberedEvent { n: 5, event: ReplyEvent::End(Ending::Interrupted) },
        ]);
        let out = html(&reply);
        assert!(!out.contains("aria-busy"), "{out}");
        assert!(out.contains("role=\"alert\"") && out.contains("interrupted") && out.contains("7f3a-19c2"), "{out}");
    }

    #[test]
    fn what_is_told_of_it_at_its_end_says_which_tasks_are_done() {
        let mut reply = Reply::new(Message { content: String::new(), ..reply().message });
        reply.apply([
            NumberedEvent { n: 4, event: ReplyEvent::Delta("- [x] Loans\n- [ ] Leasing".to_owned()) },
            NumberedEvent { n: 5, event: ReplyEvent::End(Ending::Finished) },
        ]);
        let told = reply.announcement();
        let words: Vec<_> = told.split_whitespace().collect();
        assert!(words.join(" ").ends_with("Done Loans To do Leasing"), "{told}");
    }

    #[test]
    fn a_wait_counts_down_in_sight_only_and_is_gone_when_text_comes() {
        let mut reply = Reply::new(Message { content: String::new(), ..reply().message });
        let event = |n, event| [NumberedEvent { n, event }];
        reply.apply(event(4, ReplyEvent::Waiting(2)));
        let seen = |reply: &Reply, secs: &str| {
            let out = html(reply);
            assert!(out.contains("role=\"status\"") && out.contains("The model is busy."), "{out}");
            assert!(out.contains(&format!("Asking again<span aria-hidden=\"true\">{secs}</span>…")), "{out}");
            assert!(!out.contains("Thinking"), "{out}");
        };
        seen(&reply, " in 2 s");
        assert!(reply.count_down(4));
        seen(&reply, " in 1 s");
        assert!(reply.count_down(4) && !reply.count_down(4), "it stays at its end until something comes");
        seen(&reply, "");
        reply.apply(event(5, ReplyEvent::Waiting(3)));
        assert!(!reply.count_down(4), "another wait has a countdown of its own");
        seen(&reply, " in 3 s");
        reply.apply(event(6, ReplyEvent::Delta("Hi".to_owned())));
        assert!(!html(&reply).contains("is busy") && !reply.count_down(5));
    }

    #[test]
    fn what_is_withdrawn_is_gone_from_the_page_and_the_reason_is_there() {
        let mut reply = reply();
        let notice =
            Notice { kind: NoticeKind::Filtered, text: "Withdrawn.".to_owned(), correlation_id: "7f".to_owned() };
        reply.apply([
            NumberedEvent { n: 4, event: ReplyEvent::Delta(" there".to_owned()) },
            NumberedEvent { n: 5, event: ReplyEvent::Retracted(Box::new(notice)) },
            NumberedEvent { n: 6, event: ReplyEvent::End(Ending::Filtered) },
        ]);
        let out = html(&reply);
        assert!(!out.contains("Hello") && !out.contains("there"), "{out}");
        assert!(out.contains("role=\"alert\"") && out.contains("Withdrawn."), "{out}");
    }
}
