//! Following a reply: reading its events, drawing them once a frame at most, and asking again when the connection breaks.

use std::{
    cell::{Cell, RefCell},
    mem,
    rc::Rc,
    time::Duration,
};

use futures::future::AbortHandle;
use model::{FaultKind, MessageId, NumberedEvent, ReplyEvent};
use reactive_graph::callback::{Callable as _, Callback};

use super::{
    log::Turn,
    pace,
    page::Announcer,
    reply::{Connection, Reply},
};
use crate::{
    AppError, browser,
    fetch::{self, Lines, Method},
    read,
    signal::Signal,
    task::{run, sleep},
};

const BACKOFF_FIRST: Duration = Duration::from_millis(250);
const BACKOFF_MAX: Duration = Duration::from_secs(5);
const SECOND: Duration = Duration::from_secs(1);

/// Follows a reply of `turns` from behind its event `after` until its end, which is announced and told to `ended`, or
/// until the returned handle aborts it.
pub fn follow(
    turns: Signal<Vec<Turn>>,
    reply: MessageId,
    after: i32,
    announcer: Announcer,
    ended: Callback<()>,
) -> AbortHandle {
    let following = async move {
        read_all(Followed { turns, reply }, after, announcer).await;
        _ = ended.try_run(());
    };
    let (task, handle) = futures::future::abortable(following);
    run(async move {
        // Aborted means that nobody looks at the reply any more.
        _ = task.await;
    });
    handle
}

/// A reply among the turns of its conversation.
#[derive(Clone, Copy)]
struct Followed {
    turns: Signal<Vec<Turn>>,
    reply: MessageId,
}

impl Followed {
    fn update(self, change: impl FnOnce(&mut Reply)) {
        // The conversation may have been left.
        self.turns.update(|turns| {
            let replies = turns.iter_mut().filter_map(|turn| match turn {
                Turn::Question(_) => None,
                Turn::Reply(reply) => Some(reply),
            });
            if let Some(reply) = replies.into_iter().find(|reply| reply.message.id == self.reply) {
                change(reply);
            }
        });
    }

    fn set(self, connection: Connection) {
        self.update(|reply| reply.connection = connection);
    }

    fn announcement(self) -> Option<String> {
        self.turns.try_with_untracked(|turns| {
            let mut replies = turns.iter().filter_map(Turn::as_reply);
            replies.find(|reply| reply.message.id == self.reply).map(Reply::announcement)
        })?
    }
}

async fn read_all(followed: Followed, mut after: i32, announcer: Announcer) {
    let frame = Frame { followed, waiting: Rc::default() };
    let mut backoff = BACKOFF_FIRST;
    loop {
        let before = after;
        match read(followed.reply, &mut after, &frame).await {
            Ok(true) => break,
            Ok(false) => {}
            Err(fault) if is_final(&fault) => {
                followed.set(Connection::Lost(fault));
                return;
            }
            Err(_) => {}
        }
        if after > before {
            backoff = BACKOFF_FIRST;
        }
        frame.flush();
        followed.set(Connection::Reconnecting);
        sleep(backoff).await;
        backoff = (backoff * 2).min(BACKOFF_MAX);
    }
    frame.flush();
    announcer.say(&followed.announcement().unwrap_or_default());
}

/// Whether asking again would give the same.
fn is_final(fault: &AppError) -> bool {
    matches!(fault.0.kind, FaultKind::SignedOut | FaultKind::Forbidden | FaultKind::NotFound)
}

/// Reads events from behind number `after` on until the connection ends; says whether the reply ended.
async fn read(reply: MessageId, after: &mut i32, frame: &Frame) -> Result<bool, AppError> {
    let arguments = [("reply", reply.to_string()), ("after", after.to_string())];
    let arguments = arguments.each_ref().map(|(name, value)| (*name, Some(value.as_str())));
    // What was asked just now is on its way already.
    let mut lines = match at_hand(None) {
        Some((of, lines)) if of == reply => lines,
        _ => fetch::stream(Method::Get, "reply_events", &arguments).await?,
    };
    let mut ended = false;
    // To its own end even behind the last event: leaving earlier would count as a broken connection.
    loop {
        let line = match lines.next_line().await {
            Err(_) if ended => break,
            line => line?,
        };
        let Some(line) = line else { break };
        let event = std::str::from_utf8(&line).ok().and_then(|line| read::event(line, *after));
        let Some(event) = event else { continue };
        ended |= matches!(event.event, ReplyEvent::End(_));
        *after = event.n;
        frame.add(event);
    }
    Ok(ended)
}

thread_local! {
    /// The answer to the last question, until it is followed.
    static ANSWER: Cell<Option<(MessageId, Lines)>> = const { Cell::new(None) };
}

/// Keeps the events of a reply that are on their way already for whoever follows it; those that were kept before.
pub fn at_hand(events: Option<(MessageId, Lines)>) -> Option<(MessageId, Lines)> {
    ANSWER.replace(events)
}

/// Events waiting for the browser to draw its next frame: drawing more often would be work nobody sees.
#[derive(Clone)]
struct Frame {
    followed: Followed,
    waiting: Rc<RefCell<Vec<NumberedEvent>>>,
}

impl Frame {
    fn add(&self, event: NumberedEvent) {
        let first = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.push(event);
            waiting.len() == 1
        };
        if !first {
            return;
        }
        // A page in the background draws no frames, but its title and its announcements go on.
        if browser::document().hidden() {
            self.flush();
        } else {
            let frame = self.clone();
            pace::draw(Box::new(move || frame.flush()));
        }
    }

    fn flush(&self) {
        let events = mem::take(&mut *self.waiting.borrow_mut());
        if events.is_empty() {
            return;
        }
        let (mut before, mut after) = (None, None);
        self.followed.update(|reply| {
            before = reply.wait();
            reply.apply(events);
            after = reply.wait();
        });
        if let Some(wait) = after.filter(|_| after != before) {
            run(count_down(self.followed, wait));
        }
    }
}

/// Shows the seconds of the wait that began with event `n` go by.
async fn count_down(followed: Followed, n: i32) {
    let mut goes_on = true;
    while mem::take(&mut goes_on) {
        sleep(SECOND).await;
        followed.update(|reply| goes_on = reply.count_down(n));
    }
}
