//! In the browser: the texts of one language, as the server sent them, and whoever shows one hears of the next language.

use std::cell::{Cell, RefCell};

use crate::Language;

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
    static TABLE: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
    static KNOWN: RefCell<[Option<&'static [&'static str]>; 3]> = const { RefCell::new([None; 3]) };
    static READ: Cell<fn()> = const { Cell::new(|| {}) };
}

/// Says everything in `language` from now on; `table` has its texts, one a line.
pub fn speak(language: Language, table: &str) {
    // For as long as the page lives, and once for each language: texts are read everywhere and all the time.
    let known = KNOWN.with_borrow_mut(|known| {
        *known[language as usize].get_or_insert_with(|| {
            let table: &'static str = Box::leak(table.into());
            Vec::leak(table.split('\n').collect())
        })
    });
    SPOKEN.set(language);
    TABLE.set(known);
}

/// Calls `read` whenever a text is read.
pub fn on_reading(read: fn()) {
    READ.set(read);
}

/// The language being spoken.
pub fn spoken() -> Language {
    (READ.get())();
    SPOKEN.get()
}

pub(crate) fn said(number: u16) -> &'static str {
    (READ.get())();
    TABLE.get().get(usize::from(number)).copied().unwrap_or_default()
}
