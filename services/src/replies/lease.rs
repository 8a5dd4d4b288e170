//! Being alive, and noticing who is not: this server's lease, stops that nobody told it of, and the replies of servers
//! that died.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

use model::{Ending, MessageId, Notice, NoticeKind, NumberedEvent, ReplyEvent};
use sqlx::PgPool;
use tokio::time::{Instant, MissedTickBehavior, interval};
use uuid::Uuid;

use super::{journal::Journal, window::Windows};
use crate::{
    clock,
    error::Error,
    hub::{Hub, Topic},
    metering::{Metered, Metering},
    store::{
        answered, library, news,
        replies::{self, End, gather},
        reply_logs::{self, Entries, LEASE, last_of},
        users,
    },
};

const EVERY: Duration = Duration::from_secs(1);
/// In rounds of `EVERY`.
const TIDY_EVERY: u32 = 10;
/// A reply of this server that it does not know of was lost between the database and here. Younger ones may be on
/// their way.
const STRAY: Duration = Duration::from_secs(10);
const AT_ONCE: i64 = 100;
/// Replies that nobody reads are remembered for this long: most readers come while a reply is young.
const QUIET: Duration = Duration::from_secs(10);

pub(super) struct Lease {
    pub(super) pool: PgPool,
    pub(super) hub: Arc<Hub>,
    pub(super) journal: Arc<Journal>,
    pub(super) windows: Arc<Windows>,
    pub(super) metering: Arc<Metering>,
}

impl Lease {
    pub(super) async fn run(&self) {
        let mut every = interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Whoever has just lost the database cannot tell the dead from those who have lost it, too.
        let mut steady_since = Instant::now();
        for round in 0_u32.. {
            every.tick().await;
            self.windows.prune(QUIET);
            if let Err(error) = self.round(steady_since.elapsed() > LEASE, round.is_multiple_of(TIDY_EVERY)).await {
                // The pool's users say so louder.
                tracing::debug!(error = %error, "the lease on replies cannot be renewed now");
                steady_since = Instant::now();
            }
        }
    }

    async fn round(&self, steady: bool, tidy: bool) -> Result<(), sqlx::Error> {
        let _ = self.journal.renew().await?;
        for reply in answered(replies::to_stop(&self.pool, self.journal.writer())).await? {
            self.hub.wake(Topic::Stop(reply));
        }
        if !steady {
            return Ok(());
        }
        if answered(reply_logs::fence_dead(&self.pool)).await? > 0 {
            tracing::warn!("a server that wrote replies went away");
        }
        // What is left over of either comes with a later round, and the lease is renewed in between.
        answered(self.end_orphans()).await?;
        if tidy {
            answered(reply_logs::tidy(&self.pool)).await?;
            answered(library::tidy(&self.pool)).await?;
        }
        Ok(())
    }

    /// Ends the replies of servers that died, with all that they had committed.
    async fn end_orphans(&self) -> Result<(), sqlx::Error> {
        let mut journals: HashMap<Uuid, Entries> = HashMap::new();
        let mut orphans = reply_logs::orphans(&self.pool, AT_ONCE).await?;
        let own = self.journal.writer();
        let strays = reply_logs::older_of(&self.pool, own, STRAY).await?;
        orphans.extend(strays.into_iter().filter(|reply| !self.journal.is_open(*reply)).map(|reply| (reply, own)));
        for (reply, writer) in orphans {
            let journal = match journals.entry(writer) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(reply_logs::journal_of(&self.pool, writer).await?),
            };
            self.end_orphan(reply, writer, journal).await?;
        }
        Ok(())
    }

    async fn end_orphan(&self, reply: MessageId, writer: Uuid, journal: &Entries) -> Result<(), sqlx::Error> {
        let mut events = Vec::new();
        loop {
            let more = replies::events_after(&self.pool, reply, last_of(&events)).await?;
            if more.is_empty() {
                break;
            }
            events.extend(more);
        }
        let saved = events.len();
        let of_reply = journal.iter().filter(|(of, _)| *of == reply).flat_map(|(_, events)| events);
        for event in of_reply {
            if event.n == last_of(&events) + 1 {
                events.push(event.clone());
            }
        }
        let (text, _) = gather(&events);
        let metered = self.metered(reply, &events).await?;
        let language = users::language_of_asker(&self.pool, reply).await?;
        let notice = Notice {
            kind: NoticeKind::Interrupted,
            text: texts::in_language(language, || texts::NOTICE_SERVER_GONE.into()),
            correlation_id: clock::new_correlation_id(),
        };
        for event in [ReplyEvent::Notice(Box::new(notice.clone())), ReplyEvent::End(Ending::Interrupted)] {
            events.push(NumberedEvent { n: last_of(&events) + 1, event });
        }
        let ending = Ending::Interrupted;
        let end =
            End { events: &events[saved..], text: &text, ending, notice: Some(&notice), metered: metered.as_ref() };
        if replies::end(&self.pool, reply, writer, &end).await?.is_ok() {
            self.journal.tell(news::ended(reply));
            let correlation_id = &notice.correlation_id;
            tracing::warn!(correlation_id, %reply, "a reply whose server went away was ended as interrupted");
        }
        Ok(())
    }

    /// What a reply with these events used, as far as that is known.
    async fn metered(&self, reply: MessageId, events: &[NumberedEvent]) -> Result<Option<Metered>, sqlx::Error> {
        let said = events.iter().filter_map(|event| match &event.event {
            ReplyEvent::Delta(text) => Some(text.as_str()),
            _ => None,
        });
        match self.metering.of_lost(reply, said.collect()).await {
            Ok(metered) => Ok(metered),
            Err(Error::Database(error)) => Err(error),
            Err(error) => {
                tracing::error!(%reply, %error, "a reply is not metered");
                Ok(None)
            }
        }
    }
}
