//! What other servers write, for readers here: their journals are read once, however many readers there are.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::{sync::watch, time::timeout};
use uuid::Uuid;

use super::{journal::Journal, window::Windows};
use crate::{
    hub::{Hub, Topic},
    store::{answered, replies, reply_logs},
};

/// A notification that got lost costs a reader at most this long.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Follows other servers' journals while anybody here reads what they write.
pub(super) struct Tail {
    pool: PgPool,
    hub: Arc<Hub>,
    windows: Arc<Windows>,
    journal: Arc<Journal>,
    readers: watch::Sender<usize>,
}

/// Somebody reads a reply of another server.
pub(super) struct Reading(Arc<Tail>);

impl Tail {
    pub(super) fn new(pool: PgPool, hub: Arc<Hub>, windows: Arc<Windows>, journal: Arc<Journal>) -> Self {
        Self { pool, hub, windows, journal, readers: watch::Sender::new(0) }
    }

    /// Follows the others at least for as long as what is returned lives.
    pub(super) fn reading(self: &Arc<Self>) -> Reading {
        self.readers.send_modify(|count| *count += 1);
        Reading(Arc::clone(self))
    }

    pub(super) async fn run(&self) {
        let mut readers = self.readers.subscribe();
        loop {
            // The sender is in `self`.
            let _ = readers.wait_for(|count| *count > 0).await;
            let mut news = self.hub.subscribe(Topic::Journals);
            let mut known = HashMap::new();
            while *readers.borrow_and_update() > 0 {
                news.mark_unchanged();
                if let Err(error) = self.pull(&mut known).await {
                    // The pool's users say so louder.
                    tracing::debug!(error = %error, "other servers' replies cannot be followed now");
                }
                if timeout(LOOK_AGAIN, news.changed()).await.is_err() {
                    self.look_for_ends().await;
                }
            }
        }
    }

    /// Takes in what is new in the journals, which are `known` up to some row.
    async fn pull(&self, known: &mut HashMap<Uuid, i64>) -> Result<(), sqlx::Error> {
        let at: Vec<(Uuid, i64)> = known.iter().map(|(writer, seq)| (*writer, *seq)).collect();
        let new = answered(reply_logs::journals_after(&self.pool, self.journal.writer(), &at)).await?;
        for (writer, seq, entries) in new {
            known.insert(writer, seq);
            for (reply, events) in entries {
                self.windows.of(reply).extend(&events);
            }
        }
        Ok(())
    }

    /// Ends are told by notification; this finds those of which the notification got lost.
    async fn look_for_ends(&self) {
        let read = self.windows.read();
        if read.is_empty() {
            return;
        }
        for reply in answered(replies::ended_among(&self.pool, &read)).await.unwrap_or_default() {
            self.hub.wake(Topic::Ended(reply));
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.readers.send_modify(|count| *count -= 1);
    }
}
