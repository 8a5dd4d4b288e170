//! On the server: every language is there, and a piece of work that says something is done in one of them.

use std::{cell::Cell, sync::LazyLock};

use crate::{
    Language,
    said::{PAGE_COUNT, TABLES},
};

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// Does `work`, which is over when this returns, in `language`. Work that waits for something does not belong in here:
/// other requests go on in the same thread meanwhile.
pub fn in_language<T>(language: Language, work: impl FnOnce() -> T) -> T {
    struct Back(Language);
    impl Drop for Back {
        fn drop(&mut self) {
            SPOKEN.set(self.0);
        }
    }
    // Also when `work` panics.
    let _back = Back(SPOKEN.replace(language));
    work()
}

/// The language being spoken.
pub fn spoken() -> Language {
    SPOKEN.get()
}

pub(crate) fn said(number: u16) -> &'static str {
    TABLES[spoken() as usize].get(usize::from(number)).copied().unwrap_or_default()
}

/// What the browser has to know to speak `language`: a line for each of the pages' texts.
pub fn page_table(language: Language) -> &'static str {
    static JOINED: LazyLock<[String; 3]> =
        LazyLock::new(|| Language::ALL.map(|language| TABLES[language as usize][..PAGE_COUNT].join("\n")));
    &JOINED[language as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_in_its_own_language_and_leaves_none_behind() {
        let inner = in_language(Language::German, || {
            let french = in_language(Language::French, || crate::SEND.text());
            (french, crate::SEND.text())
        });
        assert_eq!((inner.0, inner.1, crate::SEND.text()), ("Envoyer", "Senden", "Send"));
        let panicked = std::panic::catch_unwind(|| in_language(Language::German, || panic!("on purpose")));
        assert!(panicked.is_err() && spoken() == Language::English);
    }

    #[test]
    fn the_browsers_table_has_a_line_for_each_of_its_texts() {
        for language in Language::ALL {
            let lines: Vec<&str> = page_table(language).split('\n').collect();
            assert_eq!(lines.len(), PAGE_COUNT);
            assert_eq!(lines[usize::from(crate::SEND.number())], in_language(language, || crate::SEND.text()));
        }
    }
}
