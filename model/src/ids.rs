//! Identifiers: opaque outside, UUIDs inside, one type each so that they cannot be mistaken for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                // Without saying what exactly is wrong with it, which would be half a kilobyte more for every browser.
                Uuid::try_parse(text).map(Self)
            }
        }
    };
}

id! {
    /// A person, whatever accounts they sign in with.
    UserId
}
id! {
    /// A conversation of one user.
    ConversationId
}
id! {
    /// A message. A reply has the id of the message it writes.
    MessageId
}
