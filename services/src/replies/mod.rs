//! Replies: each is a log of numbered events, written by one server and read by anybody, on any server.
//!
//! A writer (`writer.rs`) puts what a model says into an open log (`log.rs`). What all logs of a server gained within
//! 12 ms is committed as one row of the server's journal (`journal.rs`), and every two seconds what is new of a reply is
//! saved under the reply itself. Only what is committed is shown: through windows (`window.rs`) in memory to readers
//! (`follow.rs`) on the same server, and through the journal (`tail.rs`) to those on others. Latecomers read what is
//! saved. A server lives as long as it renews its lease (`lease.rs`); the others end the replies of one that died.

mod exchange;
mod follow;
mod journal;
mod lease;
mod log;
mod rows;
mod tail;
mod window;
mod writer;

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::{FutureExt as _, Stream};
use model::{Ending, Message, MessageId, NumberedEvent, UserId};
use sqlx::PgPool;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, interval_at},
};
use uuid::Uuid;

use crate::{
    clock,
    completions::Completions,
    error::Error,
    hub::{Hub, Topic},
    metering::Metering,
    store::{
        news,
        replies::{self, Standing},
        reply_logs::last_of,
    },
};
use follow::Reader;
use journal::Journal;
use lease::Lease;
use tail::Tail;
use window::{Known, Windows};
use writer::Writer;
pub(crate) use writer::{Request, out_of_grace};

/// The replies that are written here, and those that are read here.
pub(crate) struct Replies {
    pool: PgPool,
    completions: Arc<Completions>,
    hub: Arc<Hub>,
    windows: Arc<Windows>,
    journal: Arc<Journal>,
    tail: Arc<Tail>,
    pub(crate) metering: Arc<Metering>,
    shutdown: watch::Receiver<bool>,
}

impl Replies {
    pub(crate) fn new(
        pool: PgPool,
        completions: Arc<Completions>,
        hub: Arc<Hub>,
        metering: Arc<Metering>,
        shutdown: watch::Receiver<bool>,
    ) -> Self {
        let windows = Arc::new(Windows::default());
        let journal = Arc::new(Journal::new(pool.clone(), Arc::clone(&windows)));
        let tail = Tail::new(pool.clone(), Arc::clone(&hub), Arc::clone(&windows), Arc::clone(&journal));
        Self { pool, completions, hub, windows, journal, tail: Arc::new(tail), metering, shutdown }
    }

    /// Work beside the requests. Has to go on until the last reply has ended.
    pub(crate) async fn run(&self) {
        let (pool, hub, journal) = (self.pool.clone(), Arc::clone(&self.hub), Arc::clone(&self.journal));
        let (windows, metering) = (Arc::clone(&self.windows), Arc::clone(&self.metering));
        let lease = Lease { pool, hub, journal, windows, metering };
        tokio::join!(self.journal.run(), lease.run(), self.tail.run());
    }

    /// Returns once no reply is being written here.
    pub(crate) async fn drained(&self) {
        self.hub.drained().await;
        self.journal.leave().await;
    }

    /// Under which id new replies are to be stored.
    pub(crate) async fn writer(&self) -> Result<Uuid, sqlx::Error> {
        self.journal.living_writer().await
    }

    /// Tells all servers that the conversations of `owner` changed.
    pub(crate) fn tell_changed(&self, owner: UserId) {
        self.journal.tell(news::changed(owner));
    }

    /// Writes `reply` under `writer`, from behind event `n` on, with the text so far. The model is asked while `stored`
    /// is still making the reply certain; without it the asking is given up. Goes on by itself; what is returned beside what
    /// `stored` says tells how it ended, if it ended here.
    pub(crate) async fn begin<T>(
        &self,
        reply: MessageId,
        writer: Uuid,
        so_far: (i32, String),
        request: Request,
        stored: impl Future<Output = Result<T, Error>>,
    ) -> Result<(T, JoinHandle<Option<Ending>>), Error> {
        let (n, text) = so_far;
        let log = self.journal.open((reply, request.owner), writer, n, text);
        let (pool, hub, journal) = (self.pool.clone(), Arc::clone(&self.hub), Arc::clone(&self.journal));
        let metering = Arc::clone(&self.metering);
        let (language, correlation_id) = (request.language, clock::new_correlation_id());
        let writer = Writer { pool, hub, journal, log: Arc::clone(&log), metering, language, correlation_id };
        let (completions, hub, shutdown) =
            (Arc::clone(&self.completions), Arc::clone(&self.hub), self.shutdown.clone());
        let written = tokio::spawn(async move {
            let _writing = hub.begin_writing();
            let writing = writer.write(&completions, request, shutdown);
            match AssertUnwindSafe(writing).catch_unwind().await {
                Ok(ending) => ending,
                Err(_panic) => Some(Box::pin(writer.give_up()).await),
            }
        });
        match stored.await {
            Ok(stored) => {
                log.stored();
                Ok((stored, written))
            }
            Err(error) => {
                self.journal.let_go(&log);
                Err(error)
            }
        }
    }

    /// Asks for a reply of `owner` to be stopped, whichever server writes it.
    pub(crate) async fn stop(&self, owner: UserId, reply: MessageId) -> Result<(), Error> {
        if !replies::request_stop(&self.pool, owner, reply).await? {
            return Err(Error::NotFound);
        }
        self.hub.wake(Topic::Stop(reply));
        Ok(())
    }

    /// The events of a reply of `owner` after number `after`, in batches: those there are, then each as it comes.
    /// Ends after the reply's last event.
    pub(crate) async fn follow(
        &self,
        owner: UserId,
        reply: MessageId,
        after: i32,
    ) -> Result<impl Stream<Item = Result<Vec<NumberedEvent>, Error>> + Send + use<>, Error> {
        // Subscribed before the first look, so that nothing falls between the two.
        let ended = self.hub.subscribe(Topic::Ended(reply));
        // Of most that are followed, the database would say nothing that is not known here.
        let standing = match self.journal.is_open_for(owner, reply) {
            true => Standing { writer: self.journal.writer(), ended: false, logged: true },
            false => replies::standing(&self.pool, owner, reply).await?.ok_or(Error::NotFound)?,
        };
        let is_remote = !standing.ended && standing.writer != self.journal.writer();
        let window = self.windows.of(reply);
        let news = window.subscribe();
        Ok(follow::follow(Reader {
            pool: self.pool.clone(),
            reply,
            after,
            dropped: standing.ended && !standing.logged,
            news,
            ended,
            is_over: standing.ended,
            signs_of_life: interval_at(Instant::now() + follow::SIGN_OF_LIFE, follow::SIGN_OF_LIFE),
            is_quiet: true,
            window,
            _remote: is_remote.then(|| self.tail.reading()),
        }))
    }

    /// Adds to a reply under way, as it was read from the database, what is committed but not saved under it.
    pub(crate) fn complete(&self, message: &mut Message) {
        if let Known::Events(events) = self.windows.after(message.id, message.last_event) {
            let events = replies::before_a_wait(&events);
            message.last_event = last_of(events).max(message.last_event);
            replies::add(events, &mut message.content, &mut message.notice);
        }
    }
}
