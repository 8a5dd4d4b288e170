//! What went wrong, as far as the person asking may know.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of failure a caller can act on differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Nobody is signed in, or no longer. (401)
    SignedOut,
    /// Signed in, but not allowed. (403)
    Forbidden,
    /// It does not exist, or belongs to somebody else. (404)
    NotFound,
    /// The input breaks a rule that the message states. (400)
    Invalid,
    /// The input is larger than the limit that the message states. (413)
    TooLarge,
    /// It collides with something that is going on. (409)
    Conflict,
    /// A quota is used up; the message says until when. (429)
    TooManyRequests,
    /// Something the server needs is not there right now; trying again may help. (503)
    Unavailable,
    /// A fault of ours. (500)
    Internal,
}

/// A failure as it crosses the wire: no inner error texts, and a reference to find the log line by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// One or two plain sentences: what happened and what to do next.
    pub message: String,
    /// Names the log line of this failure. Empty when nothing was logged.
    pub correlation_id: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
