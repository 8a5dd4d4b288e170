//! What servers tell each other through PostgreSQL (NOTIFY): hints to look into a table, which alone is the truth.

/// The one channel. A payload is a reply's id when its log has grown, or one of the prefixes and an id.
pub const CHANNEL: &str = "banter";
/// Before a reply's id: it is to be stopped.
pub const STOP: &str = "stop:";
/// Before a session's public id: it is over.
pub const SESSION: &str = "session:";
