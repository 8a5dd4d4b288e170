//! One thing that the app says.

use std::{borrow::Cow, fmt};

use crate::{
    pattern::{Value, fill},
    spoken::{said, spoken},
};

/// Something that is always the same, in the language being spoken when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(pub(crate) u16);

/// Something that is said about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About(pub(crate) u16);

impl Text {
    /// In the language being spoken.
    pub fn text(self) -> &'static str {
        said(self.0)
    }

    /// Its number, by which the page's HTML names it.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl About {
    /// Said about `what`, in the language being spoken.
    pub fn about(self, what: &str) -> String {
        filled(self.0, &[Value::Text(what)])
    }

    /// Its number, by which the page's HTML names it.
    pub fn number(self) -> u16 {
        self.0
    }
}

pub(crate) fn filled(number: u16, values: &[Value<'_>]) -> String {
    fill(said(number), values, spoken())
}

impl From<Text> for Cow<'static, str> {
    fn from(text: Text) -> Self {
        Self::Borrowed(text.text())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.text().to_owned()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
