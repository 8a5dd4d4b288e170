//! Reading a reply's log: what there is, then what comes, until its last event.

use std::{mem, sync::Arc, time::Duration};

use futures::{Stream, StreamExt as _, stream};
use model::{MessageId, NumberedEvent, ReplyEvent};
use sqlx::PgPool;
use tokio::{
    sync::watch,
    time::{Interval, sleep},
};

use super::{
    tail::Reading,
    window::{Known, Window},
};
use crate::{error::Error, store::replies};

/// Proxies cut connections on which nothing comes for a minute; a model may think for longer. There is a sign of life
/// when nothing came from one of these moments to the next.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_millis(7500);
/// Until the table is looked into again for what is in no window.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Somebody who reads a reply.
pub(super) struct Reader {
    pub(super) pool: PgPool,
    pub(super) reply: MessageId,
    pub(super) after: i32,
    /// Whether the log had been dropped when the reader came.
    pub(super) dropped: bool,
    pub(super) window: Arc<Window>,
    pub(super) news: watch::Receiver<()>,
    pub(super) ended: watch::Receiver<u64>,
    /// Whether it was heard that the reply has ended.
    pub(super) is_over: bool,
    /// One timer for the whole of it: a new one for each event would cost more than the event.
    pub(super) signs_of_life: Interval,
    /// Whether nothing came since the last of them.
    pub(super) is_quiet: bool,
    /// For replies that another server writes.
    pub(super) _remote: Option<Reading>,
}

/// What the reader has to do next.
enum Next {
    Give(Vec<NumberedEvent>),
    /// Nothing is new; whatever comes will be told of.
    Wait,
    /// What is missing will be saved soon; there is no telling when.
    LookAgain,
    Over,
}

/// The events behind the reader's number, in order and without gaps. An empty batch is a sign of life.
pub(super) fn follow(reader: Reader) -> impl Stream<Item = Result<Vec<NumberedEvent>, Error>> + Send {
    // Fused: compression layers poll a stream once more after its end.
    stream::unfold(Some(reader), |reader| async move {
        let mut reader = reader?;
        match reader.next_batch().await? {
            Ok(batch) => {
                let is_last = batch.iter().any(|event| matches!(event.event, ReplyEvent::End(_)));
                reader.after = batch.last().map_or(reader.after, |event| event.n);
                Some((Ok(batch), (!is_last).then_some(reader)))
            }
            // The connection breaks off; its reader comes back with the number it has got to.
            Err(error) => Some((Err(error.into()), None)),
        }
    })
    .fuse()
}

impl Reader {
    /// `None` behind the last event.
    async fn next_batch(&mut self) -> Option<Result<Vec<NumberedEvent>, sqlx::Error>> {
        loop {
            let look_again = match self.look().await {
                Ok(Next::Give(events)) => {
                    self.is_quiet = false;
                    return Some(Ok(events));
                }
                Ok(Next::Wait) => false,
                Ok(Next::LookAgain) => true,
                Ok(Next::Over) => return None,
                Err(error) => return Some(Err(error)),
            };
            tokio::select! {
                // Neither sender goes away before its receiver does.
                _ = self.news.changed() => {}
                _ = self.ended.changed() => self.is_over = true,
                () = sleep(LOOK_AGAIN), if look_again => {}
                _ = self.signs_of_life.tick() => {
                    if mem::replace(&mut self.is_quiet, true) {
                        return Some(Ok(Vec::new()));
                    }
                }
            }
        }
    }

    async fn look(&mut self) -> Result<Next, sqlx::Error> {
        // Marked before looking, so that nothing falls between the two.
        self.news.mark_unchanged();
        let known = self.window.after(self.after);
        match known {
            Known::Events(events) if !events.is_empty() => return Ok(Next::Give(events)),
            // Whoever extends the window says so.
            Known::Events(_) if !self.is_over => return Ok(Next::Wait),
            Known::Events(_) | Known::Gap => {}
        }
        // On the heap, and seldom: thousands of readers are given what is in memory.
        Box::pin(self.look_into_the_table()).await
    }

    async fn look_into_the_table(&self) -> Result<Next, sqlx::Error> {
        let events = self.saved().await?;
        if !events.is_empty() {
            return Ok(Next::Give(events));
        }
        match replies::ended_among(&self.pool, &[self.reply]).await?.is_empty() {
            true => Ok(Next::LookAgain),
            // It may have ended between the two looks.
            false => match self.saved().await? {
                events if events.is_empty() => Ok(Next::Over),
                events => Ok(Next::Give(events)),
            },
        }
    }

    async fn saved(&self) -> Result<Vec<NumberedEvent>, sqlx::Error> {
        if self.dropped {
            let events = replies::in_short(&self.pool, self.reply).await?;
            return Ok(events.into_iter().filter(|event| event.n > self.after).collect());
        }
        replies::events_after(&self.pool, self.reply, self.after).await
    }
}
