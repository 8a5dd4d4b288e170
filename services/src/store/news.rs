//! What servers tell each other through PostgreSQL (NOTIFY): hints to look into a table, which alone is the truth.
//!
//! Transactions that tell something are committed one after the other, each until it is on the disk. What happens with
//! every answer is therefore told with the journal's commits, which do not wait for the disk (`replies/journal.rs`).

use model::{MessageId, UserId};

/// The one channel. A payload is one of the prefixes and an id.
pub const CHANNEL: &str = "banter";
/// Before a server's id: its journal has grown.
pub const JOURNAL: &str = "log:";
/// Before a reply's id: it has ended.
pub const ENDED: &str = "end:";
/// Before a reply's id: it is to be stopped.
pub const STOP: &str = "stop:";
/// Before somebody's id: their conversations, or what is in them, changed.
pub const LIBRARY: &str = "library:";
/// Before a session's public id: it is over.
pub const SESSION: &str = "session:";

/// The payload for a reply that has ended.
pub fn ended(reply: MessageId) -> String {
    format!("{ENDED}{reply}")
}

/// The payload for somebody whose conversations changed.
pub fn changed(owner: UserId) -> String {
    format!("{LIBRARY}{owner}")
}
