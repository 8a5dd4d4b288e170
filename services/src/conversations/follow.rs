//! Reading a reply's log: what there is, then what comes, until its last event.

use std::{sync::Arc, time::Duration};

use futures::{Stream, StreamExt as _, stream};
use model::{MessageId, NumberedEvent, ReplyEvent, UserId};
use sqlx::PgPool;
use tokio::{sync::watch, time::Instant};

use crate::{
    error::Error,
    hub::{Hub, Topic},
    store::replies,
};

/// A hint that got lost costs a reader at most this long.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Proxies cut connections on which nothing comes for a minute; a model may think for longer.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
const BATCH: i64 = 500;

struct Reader {
    pool: PgPool,
    owner: UserId,
    reply: MessageId,
    news: watch::Receiver<u64>,
    after: i32,
    ended: bool,
}

/// The events of `reply` after number `after`, in order and without gaps. An empty batch is a sign of life.
pub(super) fn follow(
    pool: PgPool,
    hub: Arc<Hub>,
    owner: UserId,
    reply: MessageId,
    after: i32,
) -> impl Stream<Item = Result<Vec<NumberedEvent>, Error>> + Send {
    // Subscribed before the first look, so that nothing falls between the two.
    let news = hub.subscribe(Topic::Events(reply));
    let reader = Reader { pool, owner, reply, news, after, ended: false };
    // Fused: compression layers poll a stream once more after its end.
    stream::unfold(reader, |mut reader| async move {
        let batch = reader.next_batch().await?;
        Some((batch, reader))
    })
    .fuse()
}

impl Reader {
    async fn next_batch(&mut self) -> Option<Result<Vec<NumberedEvent>, Error>> {
        // Whether the log was known to be complete before it was last looked into: only then is nothing new the end.
        let mut complete = false;
        let quiet_since = Instant::now();
        while !self.ended {
            self.news.mark_unchanged();
            let events = replies::events_after(&self.pool, self.owner, self.reply, self.after, BATCH).await;
            match events {
                Ok(events) if events.is_empty() && complete => return None,
                Ok(events) if events.is_empty() => {
                    // A reader that starts behind the last event would wait for ever.
                    match replies::has_ended(&self.pool, self.owner, self.reply).await {
                        Ok(Some(false)) => {
                            // The sender lives in the hub as long as there are receivers.
                            let _ = tokio::time::timeout(LOOK_AGAIN, self.news.changed()).await;
                            if quiet_since.elapsed() > SIGN_OF_LIFE {
                                return Some(Ok(Vec::new()));
                            }
                        }
                        Ok(_) => complete = true,
                        Err(error) => return self.give_up(error),
                    }
                }
                Ok(events) => {
                    self.after = events.last().map_or(self.after, |event| event.n);
                    self.ended = events.iter().any(|event| matches!(event.event, ReplyEvent::End(_)));
                    return Some(Ok(events));
                }
                Err(error) => return self.give_up(error),
            }
        }
        None
    }

    /// The connection breaks off; its reader comes back with the number it has got to.
    fn give_up(&mut self, error: sqlx::Error) -> Option<Result<Vec<NumberedEvent>, Error>> {
        self.ended = true;
        Some(Err(error.into()))
    }
}
