//! The one error type: a message for a person, and the exit code that goes with it.

use std::fmt::Display;

pub type Result<T> = std::result::Result<T, Failure>;

#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub code: u8,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    /// Ctrl-C or `kill`: the code shells use for it, and nothing to add.
    pub fn interrupted() -> Self {
        Self { message: String::new(), code: 130 }
    }

    pub fn with_code(mut self, code: Option<i32>) -> Self {
        self.code = code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
        self
    }
}

/// Says what was being done when a foreign error happened.
pub trait Context<T> {
    fn context(self, doing: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl Display) -> Result<T> {
        self.map_err(|error| Failure::new(format!("{doing}: {error}")))
    }
}
