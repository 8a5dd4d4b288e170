//! What the app says, in each of its languages. `en/`, `de/` and `fr/` have it in Fluent's syntax
//! (<https://projectfluent.org>); the build fails where they do not say the same. In here each text is a constant, or a
//! function of what is different each time, under the name that it has there.
//!
//! The server has all languages, and says which one a piece of its work is in ([`in_language`]); without that it speaks
//! English, as logs and programs expect. The browser has one at a time, and only what pages need ([`speak`]).

mod language;
mod number;
mod pattern;
#[cfg(not(target_family = "wasm"))]
#[path = "spoken/server.rs"]
mod spoken;
#[cfg(target_family = "wasm")]
#[path = "spoken/browser.rs"]
mod spoken;
mod text;

mod said {
    use crate::{
        pattern::Value,
        text::{About, Text, filled},
    };

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

pub use language::Language;
pub use number::{decimal, number};
pub use said::*;
#[cfg(target_family = "wasm")]
pub use spoken::speak;
pub use spoken::spoken;
#[cfg(not(target_family = "wasm"))]
pub use spoken::{in_language, page_table};
pub use text::{About, Text};
