//! Which rows of a server's journal are in the database, and which of them nobody needs there any more.

use std::collections::VecDeque;

use tokio::time::Instant;
use uuid::Uuid;

use crate::store::reply_logs::JOURNAL_KEPT;

/// In groups: deleting each by itself would be many statements.
const FORGOTTEN_AT_ONCE: usize = 10;

/// The journal's rows that are in the database.
#[derive(Default)]
pub(super) struct Rows {
    writer: Uuid,
    /// The number of the last one.
    last: i64,
    /// By when which of them had been committed.
    known: VecDeque<(Instant, i64)>,
}

impl Rows {
    /// All up to number `committed` of `writer` are in the database by now.
    pub(super) fn note(&mut self, writer: Uuid, committed: i64) {
        if self.writer != writer {
            *self = Self { writer, ..Self::default() };
        }
        if committed > self.last {
            self.last = committed;
            self.known.push_back((Instant::now(), committed));
        }
    }

    /// The number up to which everybody has had the time to read, among those committed before `due`. `None` while they
    /// are too few.
    pub(super) fn take_old(&mut self, due: Instant) -> Option<i64> {
        let is_old = |row: &&(Instant, i64)| row.0 < due && row.0.elapsed() > JOURNAL_KEPT;
        let old = self.known.iter().take_while(is_old).count();
        if old < FORGOTTEN_AT_ONCE && self.known.front().is_none_or(|row| row.0.elapsed() < JOURNAL_KEPT * 2) {
            return None;
        }
        self.known.drain(..old).next_back().map(|(_, upto)| upto)
    }
}
