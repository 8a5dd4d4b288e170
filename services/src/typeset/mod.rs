//! Setting code and formulas: which tokens code consists of, and TeX as MathML.
//!
//! Both read what a model wrote, by grammars that were not made for hostile text. So it happens on a thread of its own,
//! one part after the other, with a large stack, and nobody waits for it longer than they said. What is not done by then
//! stays as it is, and readers see plain code and TeX.

mod code;
mod formula;

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    time::{Duration, Instant},
};

use model::{Part, Typeset};
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use code::Grammars;

/// Longer code stays plain.
pub const CODE_MAX_BYTES: usize = 100_000;
/// Longer formulas stay TeX.
pub const TEX_MAX_BYTES: usize = 4_000;

/// Results kept in memory.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// Jobs that wait for the thread; more are refused.
const WAITING_MAX: usize = 64;
/// Readers of TeX call themselves for everything that is nested. Only what is used of it becomes memory.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// After this time without a job the thread ends, and with it go its grammars (see `code`).
const IDLE: Duration = Duration::from_secs(600);

/// Sets code and formulas, and remembers what it has set.
pub struct Typesetter {
    cache: Arc<Cache<Key, Outcome, Bytes>>,
    thread: Mutex<Option<SyncSender<Job>>>,
}

type Key = [u8; 32];

/// `None`: it cannot be set, and will not be tried again.
type Outcome = Option<Arc<Typeset>>;

struct Job {
    parts: Vec<(usize, Key, Part)>,
    until: Instant,
    done: UnboundedSender<(usize, Outcome)>,
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl Typesetter {
    pub fn new() -> Self {
        let cache = Cache::with_weighter(1024, CACHE_BYTES, Bytes);
        Self { cache: Arc::new(cache), thread: Mutex::new(None) }
    }

    /// Sets `parts`, as many as are done within `patience`; the others are `None`, like those that cannot be set.
    pub async fn set(&self, parts: Vec<Part>, patience: Duration) -> Vec<Outcome> {
        self.set_or_say(parts, patience).await.0
    }

    /// The same, and whether all of it was done in time.
    pub async fn set_or_say(&self, parts: Vec<Part>, patience: Duration) -> (Vec<Outcome>, bool) {
        let until = Instant::now() + patience;
        let mut outcomes = vec![None; parts.len()];
        let mut missing = Vec::new();
        for (at, part) in parts.into_iter().enumerate() {
            let key = key(&part);
            match self.cache.get(&key) {
                Some(known) => outcomes[at] = known,
                None => missing.push((at, key, part)),
            }
        }
        if missing.is_empty() {
            return (outcomes, true);
        }
        let mut left = missing.len();
        let (done, mut results) = unbounded_channel();
        self.submit(Job { parts: missing, until, done });
        // Ends when the job is done or was refused, or with the patience.
        while let Ok(Some((at, outcome))) = tokio::time::timeout_at(until.into(), results.recv()).await {
            outcomes[at] = outcome;
            left -= 1;
        }
        (outcomes, left == 0)
    }

    fn submit(&self, job: Job) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match &*thread {
            Some(sender) => match sender.try_send(job) {
                Ok(()) | Err(TrySendError::Full(_)) => return,
                // It was idle for long, or met something that made it panic.
                Err(TrySendError::Disconnected(job)) => job,
            },
            None => job,
        };
        let (sender, jobs) = sync_channel::<Job>(WAITING_MAX);
        let cache = Arc::clone(&self.cache);
        let run = move || {
            let grammars = Grammars::load();
            while let Ok(job) = jobs.recv_timeout(IDLE) {
                work(&grammars, &cache, job);
            }
        };
        match std::thread::Builder::new().name("typesetter".to_owned()).stack_size(STACK_BYTES).spawn(run) {
            Ok(_) => {
                // A channel that was just made has room.
                _ = sender.try_send(job);
                *thread = Some(sender);
            }
            Err(error) => tracing::warn!(%error, "no thread can be started to set code and formulas"),
        }
    }
}

fn work(grammars: &Grammars, cache: &Cache<Key, Outcome, Bytes>, job: Job) {
    for (at, key, part) in job.parts {
        if Instant::now() >= job.until || job.done.is_closed() {
            return;
        }
        let Part(kind, text) = &part;
        let set = match kind.as_str() {
            Part::INLINE | Part::DISPLAY => formula::set(text, kind == Part::DISPLAY).map(Typeset::Formula),
            language => match grammars.tokens(language, text, job.until) {
                Ok(runs) => runs.map(Typeset::Code),
                Err(code::OutOfTime) => return,
            },
        };
        let outcome = set.map(Arc::new);
        cache.insert(key, outcome.clone());
        // Nobody may wait any more; then it is there for whoever asks next.
        _ = job.done.send((at, outcome));
    }
}

fn key(part: &Part) -> Key {
    let mut hash = Sha256::new();
    hash.update(part.0.len().to_le_bytes());
    hash.update(&part.0);
    hash.update(&part.1);
    hash.finalize().into()
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Outcome> for Bytes {
    fn weight(&self, _key: &Key, outcome: &Outcome) -> u64 {
        const OVERHEAD: u64 = 96;
        OVERHEAD
            + outcome.as_deref().map_or(0, |set| match set {
                Typeset::Code(runs) => runs.len() as u64 * 4,
                Typeset::Formula(formula) => formula::bytes(formula),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn what_was_set_is_remembered() {
        let typesetter = Typesetter::new();
        let parts = vec![Part::code("rust", "fn main() {}"), Part::formula("x^2", false)];
        let first = typesetter.set(parts.clone(), PATIENCE).await;
        let again = typesetter.set(parts, Duration::ZERO).await;
        let (Some(first), Some(again)) = (&first[0], &again[0]) else { panic!("not set") };
        assert!(Arc::ptr_eq(first, again));
    }

    #[tokio::test]
    async fn hostile_text_neither_ends_the_process_nor_takes_longer_than_somebody_waits() {
        let typesetter = Typesetter::new();
        let mut parts: Vec<_> =
            ["{", "\\sqrt", "\\frac", "x^", "_", "x_{", "\\left(", "\\hat", "\\begin{matrix}", "&", "\\text{"]
                .iter()
                .map(|piece| Part::formula(&piece.repeat(TEX_MAX_BYTES / piece.len()), true))
                .collect();
        for language in ["cs", "rust", "typescript", "java", "sql", "html", "c++", "bash", "python"] {
            for piece in ["a", "(", "<", "\"\\", "/*", "a.b<", "f(\n", "<!--", "${"] {
                parts.push(Part::code(language, &piece.repeat(20_000)));
            }
        }
        let begun = Instant::now();
        typesetter.set(parts, Duration::from_millis(1500)).await;
        assert!(begun.elapsed() < Duration::from_millis(1800), "{:?}", begun.elapsed());
        let after = typesetter.set(vec![Part::formula("x", false)], PATIENCE).await;
        assert!(after[0].is_some(), "it is still at work");
    }
}
