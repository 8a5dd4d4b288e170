//! This server's journal: what its replies say within a moment is committed together, and shown only then.
//!
//! It is read by other servers and by whoever ends the replies of this one should it die. Whether the database dies is
//! another matter: rows of the journal are not on its disk at once, but stay in memory here (`log.rs`) until they are
//! saved under their replies, which is.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{Ending, MessageId, Notice, NumberedEvent, ReplyEvent, UserId};
use sqlx::PgPool;
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};
use uuid::Uuid;

use super::{
    log::{OpenLog, Said},
    rows::Rows,
    window::Windows,
};
use crate::{
    clock,
    metering::Metered,
    store::{
        answered, news,
        replies::{self, End},
        reply_logs::{self, Fenced},
    },
};

/// From one commit to the next, while there is something to commit. First words do not wait for it.
const GATHER: Duration = Duration::from_millis(12);
/// What is in the journal only is saved under its reply after this long.
const SAVE: Duration = Duration::from_secs(2);
/// How often to look for that.
const TICK: Duration = Duration::from_millis(250);
/// Between attempts at what the database could not take.
const RETRY: Duration = Duration::from_millis(250);
/// While the database cannot be reached, or does not store a reply, the models go on talking into memory, for this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The logs that are written here.
pub(super) struct Journal {
    pool: PgPool,
    windows: Arc<Windows>,
    state: Mutex<State>,
    /// There is something to commit.
    work: Notify,
    /// Somebody waits for it in particular.
    urgent: Notify,
}

struct State {
    writer: Uuid,
    /// Whether the database has heard of `writer`.
    known: bool,
    /// The number of the journal's last row.
    seq: i64,
    /// The number of the last one that is in the database.
    committed: i64,
    open: HashMap<MessageId, Arc<OpenLog>>,
    /// Those with something to commit.
    talking: Vec<Arc<OpenLog>>,
    /// What all servers are told with the next commit.
    told: Vec<String>,
}

/// How a reply ends, and what to tell its reader about it.
pub(super) struct Outcome {
    pub(super) ending: Ending,
    pub(super) notice: Option<Notice>,
    /// What the reader was told before and is to find again later, unless there is a notice about the end.
    pub(super) standing: Option<Notice>,
    pub(super) metered: Option<Metered>,
}

/// What goes into the database together.
struct Batch {
    /// Under which it was said: the lease may be lost before it is committed.
    writer: Uuid,
    logs: Vec<Arc<OpenLog>>,
    /// Of each of `logs`.
    events: Vec<(MessageId, Vec<NumberedEvent>)>,
}

impl Journal {
    pub(super) fn new(pool: PgPool, windows: Arc<Windows>) -> Self {
        let (open, talking, told) = (HashMap::new(), Vec::new(), Vec::new());
        let state = State { writer: clock::new_id(), known: false, seq: 0, committed: 0, open, talking, told };
        Self { pool, windows, state: Mutex::new(state), work: Notify::new(), urgent: Notify::new() }
    }

    /// This server's id among those that write replies. It changes when another server took this one for dead.
    pub(super) fn writer(&self) -> Uuid {
        self.state().writer
    }

    /// The same, with a lease on it: what is begun under it is ended by another server if this one dies.
    pub(super) async fn living_writer(&self) -> Result<Uuid, sqlx::Error> {
        loop {
            let (writer, known) = {
                let state = self.state();
                (state.writer, state.known)
            };
            if known || self.renew().await?.is_ok() {
                return Ok(writer);
            }
        }
    }

    /// Renews the lease. When it is lost, so are all logs.
    pub(super) async fn renew(&self) -> Result<Result<(), Fenced>, sqlx::Error> {
        let writer = self.writer();
        let renewed = answered(reply_logs::renew(&self.pool, writer)).await?;
        match renewed {
            Ok(()) => {
                let mut state = self.state();
                if state.writer == writer && !mem::replace(&mut state.known, true) {
                    // What is to be told has waited for it.
                    self.work.notify_one();
                }
            }
            Err(Fenced) => self.lose(writer),
        }
        Ok(renewed)
    }

    /// Gives the lease up, at the end of the process.
    pub(super) async fn leave(&self) {
        if self.state().known
            && let Err(error) = answered(reply_logs::leave(&self.pool, self.writer())).await
        {
            tracing::debug!(error = %error, "the lease cannot be given up; it will run out");
        }
    }

    /// Opens the log of a reply and its owner under `writer`, behind event `n` and with the text so far.
    pub(super) fn open(&self, (reply, owner): (MessageId, UserId), writer: Uuid, n: i32, text: String) -> Arc<OpenLog> {
        let window = self.windows.begin(reply, n);
        let log = Arc::new(OpenLog::new((reply, owner), writer, window, n, text));
        let mut state = self.state();
        if state.writer == writer {
            state.open.insert(reply, Arc::clone(&log));
        } else {
            log.lose();
        }
        log
    }

    /// Whether it is a reply of `owner` that is written here.
    pub(super) fn is_open_for(&self, owner: UserId, reply: MessageId) -> bool {
        self.state().open.get(&reply).is_some_and(|log| log.owner == owner)
    }

    pub(super) fn is_open(&self, reply: MessageId) -> bool {
        self.state().open.contains_key(&reply)
    }

    pub(super) fn say(&self, log: &Arc<OpenLog>, text: &str) {
        self.announce(log, &log.say(text));
    }

    pub(super) fn add(&self, log: &Arc<OpenLog>, event: ReplyEvent) {
        self.announce(log, &log.add(event));
    }

    /// Tells all servers something with the next commit: see `store/news.rs`.
    pub(super) fn tell(&self, payload: String) {
        self.state().told.push(payload);
        self.work.notify_one();
    }

    fn announce(&self, log: &Arc<OpenLog>, said: &Said) {
        if said.is_news {
            self.state().talking.push(Arc::clone(log));
            self.work.notify_one();
        }
        if said.is_urgent {
            self.urgent.notify_one();
        }
    }

    /// Ends a reply: what it still has to say, and how it ended, in one transaction.
    pub(super) async fn end(&self, log: &OpenLog, outcome: Outcome) {
        let Outcome { ending, notice, standing, metered } = outcome;
        let usage = metered.as_ref().map(|metered| metered.usage);
        let last = [
            notice.clone().map(Box::new).map(ReplyEvent::Notice),
            usage.map(ReplyEvent::Usage),
            Some(ReplyEvent::End(ending)),
        ];
        let Some((events, text)) = log.close(last.into_iter().flatten()).await else { return };
        let notice = notice.as_ref().or(standing.as_ref());
        let end = End { events: &events, text: &text, ending, notice, metered: metered.as_ref() };
        let begun = Instant::now();
        loop {
            match answered(replies::end(&self.pool, log.reply, log.writer, &end)).await {
                // Or it is not ours any more: somebody, perhaps this very call before its answer got lost, has ended it.
                Ok(_) => break self.tell(news::ended(log.reply)),
                Err(error) if begun.elapsed() > PATIENCE => {
                    tracing::error!(reply = %log.reply, error = %error, "a reply cannot be ended; left to others");
                    return self.lose(log.writer);
                }
                Err(_) => sleep(RETRY).await,
            }
        }
        log.window.extend(&events);
        self.let_go(log);
    }

    /// Lets go of a log that is closed, or whose reply is not ours any more. The reply may go on in another log by now.
    pub(super) fn let_go(&self, log: &OpenLog) {
        log.lose();
        let mut state = self.state();
        if state.open.get(&log.reply).is_some_and(|open| std::ptr::eq(Arc::as_ptr(open), log)) {
            state.open.remove(&log.reply);
            self.windows.remove(log.reply);
        }
    }

    /// Commits what is said and saves it, for ever.
    pub(super) async fn run(&self) {
        // Beside each other: nobody who reads waits for the disk.
        tokio::join!(self.keep_committing(), self.keep_saving());
    }

    async fn keep_committing(&self) {
        let mut last = Instant::now();
        loop {
            self.work.notified().await;
            tokio::select! {
                () = sleep_until(last + GATHER) => {}
                () = self.urgent.notified() => {}
            }
            last = Instant::now();
            self.commit().await;
        }
    }

    async fn keep_saving(&self) {
        let mut rows = Rows::default();
        loop {
            sleep(TICK).await;
            let due = Instant::now().checked_sub(SAVE);
            // Asked first: what is stored in between would be neither taken nor needed.
            let is_needed = due.is_some_and(|due| self.is_needed(due));
            let is_saved = match due.map(|due| self.take_due(due)) {
                Some(batch) if !batch.logs.is_empty() => self.save(batch).await,
                _ => true,
            };
            if let Some(due) = due.filter(|_| is_saved && !is_needed) {
                self.forget(&mut rows, due).await;
            }
        }
    }

    /// Commits what was said.
    async fn commit(&self) {
        let (writer, talking, told) = {
            let mut state = self.state();
            // Under an id without a lease it would be refused, as if that had been lost.
            let told = if state.known { mem::take(&mut state.told) } else { Vec::new() };
            (state.writer, mem::take(&mut state.talking), told)
        };
        let mut batch = Batch { writer, logs: Vec::new(), events: Vec::new() };
        for log in talking {
            let events = log.take();
            if !events.is_empty() {
                batch.events.push((log.reply, events));
                batch.logs.push(log);
            }
        }
        if batch.logs.is_empty() && told.is_empty() {
            return;
        }
        let seq = {
            let mut state = self.state();
            if state.writer != writer {
                return;
            }
            state.seq += i64::from(!batch.logs.is_empty());
            state.seq
        };
        let append = || reply_logs::append(&self.pool, writer, seq, &batch.events, &told);
        if !self.insist(writer, append).await {
            return;
        }
        for (log, (_, events)) in batch.logs.iter().zip(&batch.events) {
            log.committed(events);
        }
        let mut state = self.state();
        if state.writer == writer {
            state.committed = seq;
        }
    }

    /// What has been in the journal only since before `due`.
    fn take_due(&self, due: Instant) -> Batch {
        let (writer, open): (_, Vec<_>) = {
            let state = self.state();
            (state.writer, state.open.values().cloned().collect())
        };
        let mut batch = Batch { writer, logs: Vec::new(), events: Vec::new() };
        for log in open {
            if let Some(events) = log.take_due(due) {
                batch.events.push((log.reply, events));
                batch.logs.push(log);
            }
        }
        batch
    }

    /// Whether the journal alone has something from before `due`.
    fn is_needed(&self, due: Instant) -> bool {
        self.state().open.values().any(|log| log.is_unsavable(due, PATIENCE))
    }

    /// Saves events under their replies. False when they are others' by now.
    async fn save(&self, batch: Batch) -> bool {
        let Batch { writer, logs, events } = batch;
        let is_saved = self.insist(writer, || reply_logs::save(&self.pool, writer, &events)).await;
        if is_saved {
            logs.iter().for_each(|log| log.saved());
        }
        is_saved
    }

    /// Writes, again and again if need be. False when the lease is lost, or given up because the database is away.
    async fn insist<W>(&self, writer: Uuid, write: impl Fn() -> W) -> bool
    where
        W: Future<Output = Result<Result<(), Fenced>, sqlx::Error>>,
    {
        let mut failing_since = None;
        loop {
            match answered(write()).await {
                Ok(Ok(())) => return true,
                Ok(Err(Fenced)) => break,
                Err(error) => {
                    let since = *failing_since.get_or_insert_with(|| {
                        tracing::warn!(error = %error, "replies cannot be written; trying again");
                        Instant::now()
                    });
                    if since.elapsed() > PATIENCE {
                        break;
                    }
                    sleep(RETRY).await;
                }
            }
        }
        self.lose(writer);
        false
    }

    /// Deletes rows of the journal that everybody has had the time to read, and that were committed before `due`, so that
    /// all of them is saved elsewhere.
    async fn forget(&self, rows: &mut Rows, due: Instant) {
        let (writer, committed) = {
            let state = self.state();
            (state.writer, state.committed)
        };
        rows.note(writer, committed);
        let Some(upto) = rows.take_old(due) else { return };
        if let Err(error) = answered(reply_logs::forget_journal(&self.pool, writer, upto)).await {
            tracing::debug!(error = %error, "the journal cannot be shortened now");
        }
    }

    /// Gives up all logs under `writer`; another server ends them as they are. This one goes on under a new id.
    fn lose(&self, writer: Uuid) {
        let mut state = self.state();
        if state.writer != writer {
            return;
        }
        tracing::error!(%writer, replies = state.open.len(), "the lease on replies is lost; they are left to others");
        state.writer = clock::new_id();
        (state.known, state.seq, state.committed) = (false, 0, 0);
        state.talking.clear();
        for (reply, log) in state.open.drain() {
            log.lose();
            self.windows.remove(reply);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
