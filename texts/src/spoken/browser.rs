//! In the browser: the texts of one language, as the server sent them, and whoever shows one hears of the next language.

use std::cell::Cell;

use crate::Language;

#[derive(Clone, Copy)]
struct Spoken {
    language: Language,
    table: &'static [&'static str],
    read: fn(),
}

thread_local! {
    static SPOKEN: Cell<Spoken> =
        const { Cell::new(Spoken { language: Language::English, table: &[], read: || {} }) };
}

/// Says everything in `language` from now on; `table` has its texts, one a line. Calls `read` whenever one is read.
/// True if nothing could be said before.
pub fn speak(language: Language, table: String, read: fn()) -> bool {
    // Kept for as long as the page lives, a few kilobytes for each change: texts are read everywhere and all the time.
    let table = Vec::leak(String::leak(table).split('\n').collect());
    SPOKEN.with(|spoken| spoken.replace(Spoken { language, table, read })).table.is_empty()
}

/// The language being spoken.
pub fn spoken() -> Language {
    now().language
}

pub(crate) fn said(number: u16) -> &'static str {
    let Spoken { table, read, .. } = now();
    read();
    table.get(usize::from(number)).copied().unwrap_or_default()
}

fn now() -> Spoken {
    SPOKEN.with(Cell::get)
}
