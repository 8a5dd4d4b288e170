//! Who waits for which news in this process: readers for a reply's end, its writer for a stop, open streams for the end
//! of their session.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::{MessageId, UserId};
use sqlx::PgPool;
use tokio::{sync::watch, time::timeout};
use uuid::Uuid;

use crate::store::{answered, listen, news};

/// A database that announces nothing for this long is asked whether it is there.
const QUIET: Duration = Duration::from_secs(5);

/// Wakes whoever waits for news. A wake is a hint: the woken look into the table.
pub(crate) struct Hub {
    topics: Mutex<HashMap<Topic, watch::Sender<u64>>>,
    writing: watch::Sender<usize>,
}

/// What there can be news of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// Some server's journal has grown.
    Journals,
    /// The reply has ended.
    Ended(MessageId),
    /// Somebody wants the reply stopped.
    Stop(MessageId),
    /// Somebody's conversations changed.
    Library(UserId),
    /// The session with this public id is over. Whoever waits for that is using it.
    SessionEnd(Uuid),
    /// The same for whoever only looks on.
    IdleSessionEnd(Uuid),
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { topics: Mutex::new(HashMap::new()), writing: watch::Sender::new(0) }
    }

    /// News of `topic` from now on.
    pub(crate) fn subscribe(&self, topic: Topic) -> watch::Receiver<u64> {
        self.lock().entry(topic).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// There is news of `topic`.
    pub(crate) fn wake(&self, topic: Topic) {
        let mut topics = self.lock();
        let Some(sender) = topics.get(&topic) else { return };
        if sender.receiver_count() == 0 {
            topics.remove(&topic);
        } else {
            sender.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// The sessions of whose end somebody wants to hear: those in use, and those that are only looked at.
    pub(crate) fn watched_sessions(&self) -> (Vec<Uuid>, Vec<Uuid>) {
        let (mut in_use, mut idle) = (Vec::new(), Vec::new());
        for (topic, _) in self.lock().iter().filter(|(_, sender)| sender.receiver_count() > 0) {
            match topic {
                Topic::SessionEnd(id) => in_use.push(*id),
                Topic::IdleSessionEnd(id) => idle.push(*id),
                _ => {}
            }
        }
        (in_use, idle)
    }

    /// A session may be over.
    pub(crate) fn wake_session(&self, id: Uuid) {
        self.wake(Topic::SessionEnd(id));
        self.wake(Topic::IdleSessionEnd(id));
    }

    /// What was announced while nobody listened is not known.
    fn wake_libraries(&self) {
        for (topic, sender) in self.lock().iter() {
            if matches!(topic, Topic::Library(_)) {
                sender.send_modify(|count| *count = count.wrapping_add(1));
            }
        }
    }

    /// Forgets topics that nobody waits for.
    fn forget_unwatched(&self) {
        self.lock().retain(|_, sender| sender.receiver_count() > 0);
    }

    /// Passes on what other servers announce. Reconnects for ever; meanwhile readers fall back on looking regularly.
    pub(crate) async fn listen(&self, pool: &PgPool) {
        loop {
            if let Err(error) = self.listen_once(pool).await {
                tracing::warn!(error = %error, "news from other servers are interrupted; trying again");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn listen_once(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let mut listener = listen(pool, news::CHANNEL).await?;
        self.wake_libraries();
        loop {
            let received = timeout(QUIET, listener.try_recv()).await;
            match received {
                Ok(Ok(Some(heard))) => match Topic::parse(heard.payload()) {
                    Some(Topic::SessionEnd(id)) => self.wake_session(id),
                    Some(topic) => self.wake(topic),
                    None => {}
                },
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(error),
                Err(_quiet) => {
                    self.forget_unwatched();
                    answered(sqlx::query("SELECT 1").execute(&mut listener)).await?;
                }
            }
        }
    }

    /// Counts an answer as being written here for as long as the guard lives.
    pub(crate) fn begin_writing(&self) -> Writing {
        self.writing.send_modify(|count| *count += 1);
        Writing(self.writing.clone())
    }

    /// Returns once no answer is being written here.
    pub(crate) async fn drained(&self) {
        // Fails only when the sender is gone, and it is in `self`.
        let _ = self.writing.subscribe().wait_for(|count| *count == 0).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Topic, watch::Sender<u64>>> {
        // Nothing in here panics half-way through a change.
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Topic {
    /// A topic from the payload of a notification.
    fn parse(payload: &str) -> Option<Self> {
        let id = |prefix| payload.strip_prefix(prefix);
        if id(news::JOURNAL).is_some() {
            Some(Self::Journals)
        } else if let Some(reply) = id(news::ENDED) {
            reply.parse().ok().map(Self::Ended)
        } else if let Some(reply) = id(news::STOP) {
            reply.parse().ok().map(Self::Stop)
        } else if let Some(owner) = id(news::LIBRARY) {
            owner.parse().ok().map(Self::Library)
        } else {
            id(news::SESSION)?.parse().ok().map(Self::SessionEnd)
        }
    }
}

/// See [`Hub::begin_writing`].
pub(crate) struct Writing(watch::Sender<usize>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
