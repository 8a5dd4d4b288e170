//! Writing a reply: the model's stream becomes numbered events, whoever reads them or not.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use model::{Ending, MessageId, Notice, NoticeKind, NumberedEvent, ReplyEvent, Usage};
use sqlx::PgPool;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval},
};
use uuid::Uuid;

use crate::{
    clock,
    completions::{Chunk, Completions, Failure, Finish, Turn},
    hub::{Hub, Topic},
    store::replies::{self, End, LEASE, LeaseLost},
};

/// Deltas that arrive within this time share a row: the reader sees them as one, the database writes them as one.
const GATHER: Duration = Duration::from_millis(30);
/// Between attempts to write what the database could not take.
const RETRY: Duration = Duration::from_millis(250);
/// While the database cannot be reached the model goes on talking into memory, for this long.
const DATABASE_PATIENCE: Duration = Duration::from_secs(60);
/// What a reply gets to finish after the server was told to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// Writes one reply.
pub(super) struct Writer {
    pool: PgPool,
    hub: Arc<Hub>,
    reply: MessageId,
    writer: Uuid,
    /// The last number given out.
    n: i32,
    /// Text not yet in the log.
    pending: String,
    /// How many bytes of `pending` were in a write that failed in a way that leaves open whether it was carried out.
    in_doubt: Option<usize>,
    failing_since: Option<Instant>,
    usage: Option<Usage>,
    correlation_id: String,
}

/// How a reply ended, and what to tell the reader about it.
struct Outcome {
    ending: Ending,
    notice: Option<Notice>,
}

impl Writer {
    pub(super) fn new(pool: PgPool, hub: Arc<Hub>, reply: MessageId, writer: Uuid) -> Self {
        let correlation_id = clock::new_correlation_id();
        Self {
            pool,
            hub,
            reply,
            writer,
            n: 0,
            pending: String::new(),
            in_doubt: None,
            failing_since: None,
            usage: None,
            correlation_id,
        }
    }

    /// Asks the model and writes until the reply has ended one way or another.
    pub(super) async fn write(
        mut self,
        completions: &Completions,
        model: &str,
        turns: Vec<Turn>,
        user: &str,
        shutdown: watch::Receiver<bool>,
    ) {
        let hub = Arc::clone(&self.hub);
        let _writing = hub.begin_writing();
        match self.converse(completions, model, &turns, user, shutdown).await {
            Ok(outcome) => self.end(outcome).await,
            Err(LeaseLost) => tracing::warn!(reply = %self.reply, "another server ended this reply; writing stops"),
        }
    }

    /// Dropping the model's stream, which every way out of here does, aborts the request upstream.
    async fn converse(
        &mut self,
        completions: &Completions,
        model: &str,
        turns: &[Turn],
        user: &str,
        mut shutdown: watch::Receiver<bool>,
    ) -> Result<Outcome, LeaseLost> {
        let mut stop_wanted = self.hub.subscribe(Topic::Stop(self.reply));
        let mut heartbeat = interval(LEASE / 3);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let correlation_id = self.correlation_id.clone();
        let mut stream = std::pin::pin!(completions.stream(model, turns, user, &correlation_id));
        let mut flush_at: Option<Instant> = None;
        let mut give_up_at: Option<Instant> = None;
        let mut finish = None;
        loop {
            let stop = tokio::select! {
                chunk = stream.next() => {
                    match chunk {
                        Some(Ok(Chunk::Text(text))) => {
                            self.pending.push_str(&text);
                            flush_at.get_or_insert_with(|| Instant::now() + GATHER);
                        }
                        Some(Ok(Chunk::Usage(usage))) => self.usage = Some(usage),
                        Some(Ok(Chunk::Finish(reason))) => finish = Some(reason),
                        Some(Err(failure)) => return Ok(self.failed(&failure)),
                        None => return Ok(self.finished(finish)),
                    }
                    false
                }
                () = until(flush_at) => {
                    let stop = self.flush().await?;
                    // Still there when the database could not take it.
                    flush_at = (!self.pending.is_empty()).then(|| Instant::now() + RETRY);
                    stop
                }
                _ = heartbeat.tick() => self.stop_requested().await?,
                Ok(()) = stop_wanted.changed() => self.stop_requested().await?,
                () = told_to_stop(&mut shutdown), if give_up_at.is_none() => {
                    give_up_at = Some(Instant::now() + SHUTDOWN_GRACE);
                    false
                }
                () = until(give_up_at) => return Ok(self.interrupted("The server was restarted while it wrote this answer.")),
            };
            if stop {
                return Ok(Outcome { ending: Ending::Stopped, notice: None });
            }
        }
    }

    /// Writes the pending text to the log. True when the reader wants the reply stopped. Text that the database cannot
    /// take now stays pending.
    async fn flush(&mut self) -> Result<bool, LeaseLost> {
        if let Err(error) = self.settle_doubt().await {
            return self.database_failed(&error);
        }
        if self.pending.is_empty() {
            return Ok(false);
        }
        let event = NumberedEvent { n: self.n + 1, event: ReplyEvent::Delta(self.pending.clone()) };
        match replies::append(&self.pool, self.reply, self.writer, &[event]).await {
            Ok(written) => {
                let stop = written?;
                self.n += 1;
                self.pending.clear();
                self.failing_since = None;
                self.hub.wake(Topic::Events(self.reply));
                Ok(stop)
            }
            Err(error) => {
                self.in_doubt = Some(self.pending.len());
                self.database_failed(&error)
            }
        }
    }

    /// A write whose answer got lost may have been carried out all the same: the log knows.
    async fn settle_doubt(&mut self) -> Result<(), sqlx::Error> {
        if let Some(bytes) = self.in_doubt {
            if replies::last_number(&self.pool, self.reply).await? > self.n {
                self.n += 1;
                self.pending.drain(..bytes);
                self.hub.wake(Topic::Events(self.reply));
            }
            self.in_doubt = None;
        }
        Ok(())
    }

    async fn stop_requested(&mut self) -> Result<bool, LeaseLost> {
        let answer = match self.pool.acquire().await {
            Ok(mut connection) => replies::heartbeat(&mut connection, self.reply, self.writer).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(stop) => stop,
            Err(error) => self.database_failed(&error),
        }
    }

    /// Bears with the database for a while; then leaves the reply to whichever server finds its lease expired.
    fn database_failed(&mut self, error: &sqlx::Error) -> Result<bool, LeaseLost> {
        let since = *self.failing_since.get_or_insert_with(|| {
            tracing::warn!(correlation_id = self.correlation_id, error = %error, "a reply cannot be written; trying again");
            Instant::now()
        });
        if since.elapsed() < DATABASE_PATIENCE { Ok(false) } else { Err(LeaseLost) }
    }

    /// Closes the log with what is pending, the notice and the usage.
    async fn end(mut self, outcome: Outcome) {
        loop {
            match self.try_end(&outcome).await {
                Ok(()) => break,
                Err(error) => {
                    if self.database_failed(&error).is_err() {
                        break;
                    }
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
        self.hub.wake(Topic::Events(self.reply));
    }

    async fn try_end(&mut self, outcome: &Outcome) -> Result<(), sqlx::Error> {
        self.settle_doubt().await?;
        let text = (!self.pending.is_empty()).then(|| ReplyEvent::Delta(self.pending.clone()));
        let notice = outcome.notice.clone().map(ReplyEvent::Notice);
        let usage = self.usage.map(ReplyEvent::Usage);
        let end = Some(ReplyEvent::End(outcome.ending));
        let events: Vec<NumberedEvent> = (self.n + 1..)
            .zip([text, notice, usage, end].into_iter().flatten())
            .map(|(n, event)| NumberedEvent { n, event })
            .collect();
        let Outcome { ending, notice } = outcome;
        let end = End { events: &events, ending: *ending, notice: notice.as_ref(), usage: self.usage };
        // The lease being lost means that somebody, perhaps this very call before its answer got lost, has ended it.
        let _ = replies::end(&self.pool, self.reply, self.writer, &end).await?;
        Ok(())
    }

    fn finished(&self, finish: Option<Finish>) -> Outcome {
        match finish {
            Some(Finish::Stop) => Outcome { ending: Ending::Finished, notice: None },
            Some(Finish::Length) => Outcome {
                ending: Ending::Finished,
                notice: Some(self.notice(
                    NoticeKind::Length,
                    "The answer reached the model's length limit. Ask it to go on to read the rest.",
                )),
            },
            Some(Finish::Filtered(categories)) => {
                let text = format!(
                    "The rest of this answer was filtered by the content policy{}. Ask in other words to go on.",
                    in_category(&categories)
                );
                Outcome { ending: Ending::Filtered, notice: Some(self.notice(NoticeKind::Filtered, &text)) }
            }
            None => self.interrupted("The connection to the model broke off."),
        }
    }

    fn interrupted(&self, why: &str) -> Outcome {
        let text = format!("{why} Ask again to get a whole one.");
        Outcome { ending: Ending::Interrupted, notice: Some(self.notice(NoticeKind::Interrupted, &text)) }
    }

    fn failed(&self, failure: &Failure) -> Outcome {
        tracing::warn!(
            correlation_id = self.correlation_id,
            reply = %self.reply,
            upstream_id = failure.upstream_id,
            status = failure.status,
            "the model did not answer: {failure}"
        );
        let (ending, kind, text) = failure.for_reader();
        Outcome { ending, notice: Some(self.notice(kind, &text)) }
    }

    fn notice(&self, kind: NoticeKind, text: &str) -> Notice {
        Notice { kind, text: text.to_owned(), correlation_id: self.correlation_id.clone() }
    }
}

/// Ends the replies of servers that died, again and again.
pub(super) async fn sweep_orphans(pool: &PgPool) {
    let mut every = interval(LEASE / 2);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let notice = Notice {
            kind: NoticeKind::Interrupted,
            text: "The server that wrote this answer went away. Ask again to get a whole one.".to_owned(),
            correlation_id: clock::new_correlation_id(),
        };
        match replies::end_orphans(pool, &notice).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(
                correlation_id = notice.correlation_id,
                count,
                "replies of a server that went away were ended as interrupted"
            ),
            // The pool's users say so louder.
            Err(error) => tracing::debug!(error = %error, "orphaned replies cannot be looked for"),
        }
    }
}

/// " (hate, violence)" or nothing.
fn in_category(categories: &[String]) -> String {
    if categories.is_empty() { String::new() } else { format!(" ({})", categories.join(", ")) }
}

/// Completes when the server is told to stop.
async fn told_to_stop(shutdown: &mut watch::Receiver<bool>) {
    // Without a sender nobody will ever say so.
    if shutdown.wait_for(|down| *down).await.is_err() {
        std::future::pending().await
    }
}

/// Completes at `deadline`; never without one.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
