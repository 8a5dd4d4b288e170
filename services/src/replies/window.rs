//! The latest events of replies, in memory: what readers who keep up are given without asking the database.
//!
//! Nothing is in here that is not in the database already.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{MessageId, NumberedEvent};
use tokio::{
    sync::watch,
    time::{Duration, Instant},
};

/// More than any reply says in the time after which its events are saved under it, where latecomers find them: 190, at one
/// in 12 ms for two seconds and a quarter.
const MOST: usize = 256;

/// The latest events of one reply.
pub(super) struct Window {
    recent: Mutex<Recent>,
    news: watch::Sender<()>,
}

struct Recent {
    /// The number of the event before the first one in here; unknown until there was one.
    before: Option<i32>,
    events: VecDeque<NumberedEvent>,
    touched: Instant,
}

/// What a window knows of the events after some number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// These, and there are no others yet when there are none.
    Events(Vec<NumberedEvent>),
    /// It does not reach back so far.
    Gap,
}

impl Window {
    fn new(before: Option<i32>) -> Self {
        let recent = Recent { before, events: VecDeque::new(), touched: Instant::now() };
        Self { recent: Mutex::new(recent), news: watch::Sender::new(()) }
    }

    /// Adds events that are in the database; those it has already are left out.
    pub(super) fn extend(&self, events: &[NumberedEvent]) {
        {
            let mut recent = self.recent();
            recent.touched = Instant::now();
            for event in events {
                let last = recent.events.back().map(|event| event.n).or(recent.before);
                if last.is_some_and(|last| event.n <= last) {
                    continue;
                }
                // After a gap, what was before it is of no use to anybody who follows.
                if last != Some(event.n - 1) {
                    recent.events.clear();
                    recent.before = Some(event.n - 1);
                }
                // Before it is full, not after: it would get twice the memory for that one.
                if recent.events.len() == MOST {
                    recent.before = recent.events.pop_front().map(|event| event.n);
                }
                recent.events.push_back(event.clone());
            }
        }
        self.news.send_replace(());
    }

    pub(super) fn after(&self, n: i32) -> Known {
        let recent = self.recent();
        match recent.before {
            Some(before) if n >= before => {
                // Without gaps, an event's number is its place.
                let place = usize::try_from(n - before).unwrap_or(usize::MAX).min(recent.events.len());
                Known::Events(recent.events.range(place..).cloned().collect())
            }
            _ => Known::Gap,
        }
    }

    /// Told of every change from now on.
    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        // Nothing in here panics half-way through a change.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The windows of all replies of which anybody here writes or reads.
#[derive(Default)]
pub(super) struct Windows(Mutex<HashMap<MessageId, Arc<Window>>>);

impl Windows {
    /// A reply that is written here from behind event `n` on: its window misses nothing.
    pub(super) fn begin(&self, reply: MessageId, n: i32) -> Arc<Window> {
        let window = Arc::new(Window::new(Some(n)));
        self.all().insert(reply, Arc::clone(&window));
        window
    }

    /// The window of `reply`, which may be empty.
    pub(super) fn of(&self, reply: MessageId) -> Arc<Window> {
        Arc::clone(self.all().entry(reply).or_insert_with(|| Arc::new(Window::new(None))))
    }

    /// What is known of the events of `reply` after number `n`.
    pub(super) fn after(&self, reply: MessageId, n: i32) -> Known {
        let window = self.all().get(&reply).cloned();
        window.map_or(Known::Gap, |window| window.after(n))
    }

    pub(super) fn remove(&self, reply: MessageId) {
        self.all().remove(&reply);
    }

    /// Replies that somebody reads.
    pub(super) fn read(&self) -> Vec<MessageId> {
        self.all().iter().filter(|(_, window)| window.news.receiver_count() > 0).map(|(reply, _)| *reply).collect()
    }

    /// Forgets those that nobody reads and of which nothing came for `quiet`.
    pub(super) fn prune(&self, quiet: Duration) {
        self.all().retain(|_, window| {
            // Whoever writes the reply holds it, too.
            window.news.receiver_count() > 0
                || Arc::strong_count(window) > 1
                || window.recent().touched.elapsed() < quiet
        });
    }

    fn all(&self) -> MutexGuard<'_, HashMap<MessageId, Arc<Window>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use model::ReplyEvent;

    use super::*;

    fn events(numbers: impl IntoIterator<Item = i32>) -> Vec<NumberedEvent> {
        let event = |n: i32| NumberedEvent { n, event: ReplyEvent::Delta(n.to_string()) };
        numbers.into_iter().map(event).collect()
    }

    #[test]
    fn a_reader_gets_what_follows_or_is_told_that_something_is_missing() {
        let window = Window::new(None);
        assert_eq!(window.after(0), Known::Gap, "nothing is known yet");
        window.extend(&events(5..=7));
        window.extend(&events(6..=9));
        assert_eq!(window.after(6), Known::Events(events(7..=9)));
        assert_eq!(window.after(9), Known::Events(vec![]));
        assert_eq!(window.after(3), Known::Gap);
        window.extend(&events([12]));
        assert_eq!(window.after(9), Known::Gap, "10 and 11 were missed");
        assert_eq!(window.after(11), Known::Events(events([12])));
    }

    #[test]
    fn it_keeps_the_latest_only_and_one_begun_here_misses_nothing() {
        let window = Windows::default().begin(MessageId(uuid::Uuid::nil()), 0);
        assert_eq!(window.after(0), Known::Events(vec![]));
        window.extend(&events(1..=MOST as i32 + 1));
        assert_eq!(window.after(0), Known::Gap);
        assert!(matches!(window.after(1), Known::Events(events) if events.len() == MOST));
    }
}
