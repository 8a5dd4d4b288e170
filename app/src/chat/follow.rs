//! Following a reply: reading its events, drawing them once a frame, and asking again when the connection breaks.

use std::{cell::RefCell, mem, rc::Rc, time::Duration};

use futures::{StreamExt as _, channel::oneshot, future::AbortHandle};
use leptos::{prelude::*, task::spawn_local};
use model::{FaultKind, MessageId, NumberedEvent, ReplyEvent};

use super::{
    api::reply_events,
    reply::{Connection, Reply},
};
use crate::AppError;

const BACKOFF_FIRST: Duration = Duration::from_millis(250);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Follows a reply until its end, or until the returned handle aborts it. Calls `ended` with it once.
pub fn follow(reply: ArcRwSignal<Reply>, ended: impl FnOnce(&Reply) + 'static) -> AbortHandle {
    let (task, handle) = futures::future::abortable(run(reply, ended));
    spawn_local(async move {
        // Aborted means that nobody looks at the reply any more.
        _ = task.await;
    });
    handle
}

async fn run(reply: ArcRwSignal<Reply>, ended: impl FnOnce(&Reply)) {
    let (id, mut after) = reply.with_untracked(|reply| (reply.message.id, reply.message.last_event));
    let frame = Frame::new(reply.clone());
    let mut backoff = BACKOFF_FIRST;
    loop {
        let before = after;
        match read(id, &mut after, &frame).await {
            Ok(true) => break,
            Ok(false) => {}
            Err(fault) if is_final(&fault) => {
                reply.update(|reply| reply.connection = Connection::Lost(fault));
                return;
            }
            Err(_) => {}
        }
        if after > before {
            backoff = BACKOFF_FIRST;
        }
        frame.flush();
        reply.update(|reply| reply.connection = Connection::Reconnecting);
        sleep(backoff).await;
        backoff = (backoff * 2).min(BACKOFF_MAX);
    }
    frame.flush();
    reply.with_untracked(ended);
}

/// Whether asking again would give the same.
fn is_final(fault: &AppError) -> bool {
    matches!(fault.0.kind, FaultKind::SignedOut | FaultKind::Forbidden | FaultKind::NotFound)
}

/// Reads events from number `after` on until the connection ends; says whether the reply ended.
async fn read(id: MessageId, after: &mut i32, frame: &Frame) -> Result<bool, AppError> {
    let mut chunks = reply_events(id, *after).await?.into_inner();
    let mut lines = Lines::default();
    let mut ended = false;
    // To its own end even behind the last event: leaving earlier would count as a broken connection.
    while let Some(chunk) = chunks.next().await {
        let chunk = match chunk {
            Err(_) if ended => break,
            chunk => chunk?,
        };
        for line in lines.take(&chunk) {
            let Ok(event) = serde_json::from_slice::<NumberedEvent>(&line) else { continue };
            ended |= matches!(event.event, ReplyEvent::End(_));
            *after = event.n;
            frame.add(event);
        }
    }
    Ok(ended)
}

/// Bytes as they come, which end anywhere, as whole lines.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn take(&mut self, chunk: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for part in chunk.split_inclusive(|byte| *byte == b'\n') {
            self.0.extend_from_slice(part);
            if self.0.ends_with(b"\n") {
                lines.push(mem::take(&mut self.0));
            }
        }
        lines
    }
}

/// Events waiting for the browser to draw its next frame: drawing more often would be work nobody sees.
#[derive(Clone)]
struct Frame {
    reply: ArcRwSignal<Reply>,
    waiting: Rc<RefCell<Vec<NumberedEvent>>>,
}

impl Frame {
    fn new(reply: ArcRwSignal<Reply>) -> Self {
        Self { reply, waiting: Rc::default() }
    }

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
        if document().hidden() {
            self.flush();
        } else {
            let frame = self.clone();
            request_animation_frame(move || frame.flush());
        }
    }

    fn flush(&self) {
        let events = mem::take(&mut *self.waiting.borrow_mut());
        if !events.is_empty() {
            self.reply.update(|reply| reply.apply(events));
        }
    }
}

async fn sleep(duration: Duration) {
    let (done, wait) = oneshot::channel();
    // The receiver is gone when the page does not look at the reply any more.
    set_timeout(move || _ = done.send(()), duration);
    _ = wait.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_wherever_the_network_cuts() {
        let text = "{\"n\":1,\"d\":\"é\"}\n{\"n\":2,\"d\":\"日本\"}\n".as_bytes();
        for cut in 0..text.len() {
            let mut lines = Lines::default();
            let (head, tail) = text.split_at(cut);
            let mut whole = lines.take(head);
            whole.extend(lines.take(tail));
            assert_eq!(whole.len(), 2, "cut at {cut}");
            assert_eq!(whole.concat(), text);
        }
    }
}
