//! The log of a reply that is written here, from its first event to its last.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{MessageId, NumberedEvent, ReplyEvent, UserId};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};
use uuid::Uuid;

use super::window::Window;

/// A log that grows. What is said is numbered when it is taken to be committed, so that what is said quickly becomes
/// one event.
pub(super) struct OpenLog {
    pub(super) reply: MessageId,
    /// Whose it is.
    pub(super) owner: UserId,
    /// This server, when the log was opened.
    pub(super) writer: Uuid,
    pub(super) window: Arc<Window>,
    state: Mutex<State>,
    /// Nothing is on its way into the database any more, and somebody waits for that. Whoever writes the reply waits for
    /// its standing all the time, and is not to be woken by each commit.
    rested: Notify,
    standing: watch::Sender<Standing>,
}

/// What is known of the reply itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It is about to be stored.
    Asked,
    Stored,
    /// It may not be written here any more, or was never stored.
    Lost,
}

#[derive(Default)]
struct State {
    /// The last number given out.
    n: i32,
    /// All of the text.
    text: String,
    /// How many of its bytes are in events.
    said: usize,
    /// Numbered, and not in the database.
    pending: Vec<NumberedEvent>,
    /// In the journal only.
    journalled: Vec<NumberedEvent>,
    journalled_since: Option<Instant>,
    /// The journal knows that there is something to take.
    announced: bool,
    /// Nothing is taken any more: it is about to end.
    closed: bool,
    /// In how many statements events of it are on their way into the database.
    on_their_way: u8,
}

impl State {
    fn number(&mut self, event: ReplyEvent) {
        self.n += 1;
        self.pending.push(NumberedEvent { n: self.n, event });
    }

    /// Makes the text that is in no event yet one.
    fn seal(&mut self) {
        if self.said < self.text.len() {
            let more = self.text[self.said..].to_owned();
            self.said = self.text.len();
            self.number(ReplyEvent::Delta(more));
        }
    }
}

/// What the journal has to know of something that was said.
pub(super) struct Said {
    /// It was not told of anything before.
    pub(super) is_news: bool,
    /// Somebody waits for it in particular.
    pub(super) is_urgent: bool,
}

impl OpenLog {
    /// A log that goes on behind event `n`, with the text so far.
    pub(super) fn new(
        (reply, owner): (MessageId, UserId),
        writer: Uuid,
        window: Arc<Window>,
        n: i32,
        text: String,
    ) -> Self {
        let said = text.len();
        let state = State { n, text, said, ..State::default() };
        Self {
            reply,
            owner,
            writer,
            window,
            state: Mutex::new(state),
            rested: Notify::new(),
            standing: watch::Sender::new(Standing::Asked),
        }
    }

    pub(super) fn say(&self, text: &str) -> Said {
        let mut state = self.state();
        let is_urgent = state.text.is_empty();
        state.text.push_str(text);
        Said { is_news: !mem::replace(&mut state.announced, true), is_urgent }
    }

    /// Adds an event that is not text.
    pub(super) fn add(&self, event: ReplyEvent) -> Said {
        let mut state = self.state();
        state.seal();
        if matches!(event, ReplyEvent::Retracted(_)) {
            state.text.clear();
            state.said = 0;
        }
        state.number(event);
        Said { is_news: !mem::replace(&mut state.announced, true), is_urgent: true }
    }

    /// All of the text so far.
    pub(super) fn text(&self) -> String {
        self.state().text.clone()
    }

    /// What is to be committed. Until [`OpenLog::committed`] it is on its way.
    pub(super) fn take(&self) -> Vec<NumberedEvent> {
        let mut state = self.state();
        state.announced = false;
        if state.closed {
            return Vec::new();
        }
        state.seal();
        let events = mem::take(&mut state.pending);
        state.on_their_way += u8::from(!events.is_empty());
        events
    }

    /// What is in the journal only, if that began before `due`. Until [`OpenLog::saved`] it is on its way. Nothing can be
    /// saved under a reply that is not stored.
    pub(super) fn take_due(&self, due: Instant) -> Option<Vec<NumberedEvent>> {
        if self.is_asked() {
            return None;
        }
        let mut state = self.state();
        if state.closed || state.journalled_since.is_none_or(|since| since > due) {
            return None;
        }
        state.on_their_way += 1;
        state.journalled_since = None;
        Some(mem::take(&mut state.journalled))
    }

    /// Whether there is something in the journal only since before `due`, and nothing yet to save it under. That is given
    /// up after `patience`.
    pub(super) fn is_unsavable(&self, due: Instant, patience: Duration) -> bool {
        let waits = |since: Instant| due.checked_duration_since(since).is_some_and(|waited| waited < patience);
        self.is_asked() && self.state().journalled_since.is_some_and(waits)
    }

    fn is_asked(&self) -> bool {
        *self.standing.borrow() == Standing::Asked
    }

    /// `events` are in the journal.
    pub(super) fn committed(&self, events: &[NumberedEvent]) {
        {
            let mut state = self.state();
            state.journalled.extend_from_slice(events);
            state.journalled_since.get_or_insert_with(Instant::now);
        }
        self.window.extend(events);
        self.arrived();
    }

    /// What was due is saved under the reply.
    pub(super) fn saved(&self) {
        self.arrived();
    }

    fn arrived(&self) {
        let mut state = self.state();
        // None are left of a log that was lost meanwhile.
        state.on_their_way = state.on_their_way.saturating_sub(1);
        if state.closed {
            self.rested.notify_one();
        }
    }

    /// The reply is in the database.
    pub(super) fn stored(&self) {
        self.standing.send_if_modified(|now| {
            let was_asked = *now == Standing::Asked;
            if was_asked {
                *now = Standing::Stored;
            }
            was_asked
        });
    }

    /// Closes the log of a stored reply with its last events: everything that is not saved under the reply, and the whole
    /// text. `None` when it was lost.
    pub(super) async fn close(
        &self,
        last: impl IntoIterator<Item = ReplyEvent>,
    ) -> Option<(Vec<NumberedEvent>, String)> {
        self.state().closed = true;
        // The sender is in `self`.
        let _ = self.standing.subscribe().wait_for(|now| *now != Standing::Asked).await;
        while !self.is_lost() && self.state().on_their_way > 0 {
            self.rested.notified().await;
        }
        if self.is_lost() {
            return None;
        }
        let mut state = self.state();
        state.seal();
        last.into_iter().for_each(|event| state.number(event));
        let mut events = mem::take(&mut state.journalled);
        events.append(&mut state.pending);
        Some((events, mem::take(&mut state.text)))
    }

    pub(super) fn lose(&self) {
        self.standing.send_replace(Standing::Lost);
        self.state().on_their_way = 0;
        self.rested.notify_one();
    }

    fn is_lost(&self) -> bool {
        *self.standing.borrow() == Standing::Lost
    }

    /// Returns when the log may not be written here any more.
    pub(super) async fn lost(&self) {
        // The sender is in `self`.
        let _ = self.standing.subscribe().wait_for(|now| *now == Standing::Lost).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock, replies::window::Windows};

    #[test]
    fn what_was_said_before_its_reply_is_stored_is_saved_afterwards() {
        let reply = MessageId(clock::new_id());
        let window = Windows::default().begin(reply, 0);
        let log = OpenLog::new((reply, UserId(clock::new_id())), clock::new_id(), window, 0, String::new());
        log.say("First words");
        log.committed(&log.take());
        let due = || log.take_due(Instant::now());
        let is_unsavable = |patience| log.is_unsavable(Instant::now(), patience);
        assert!(due().is_none() && is_unsavable(Duration::MAX), "there is nothing to save it under");
        assert!(!is_unsavable(Duration::ZERO), "the journal does not wait for it for ever");
        log.stored();
        let event = ReplyEvent::Delta("First words".to_owned());
        assert_eq!(due(), Some(vec![NumberedEvent { n: 1, event }]));
        assert_eq!(due(), None, "it is saved once");
    }
}
