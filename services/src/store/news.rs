//! What servers tell each other through PostgreSQL (NOTIFY): hints to look into a table, which alone is the truth.

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
