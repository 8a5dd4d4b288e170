//! Filling patterns in, as the build wrote them (`build/compile.rs`): `\u{2}` and a digit stand for the value in that
//! place; `\u{3}`, a digit and then variants for a plural. Each variant begins with the first letter of its category and
//! ends with `\u{4}`, all of them with `\u{5}`.

use crate::{Language, number};

/// What is different each time.
pub(crate) enum Value<'a> {
    Text(&'a str),
    Number(u64),
}

/// `pattern`, with `values` in their places. One pass, without help of the library: it is in every first load.
pub(crate) fn fill(pattern: &str, values: &[Value<'_>], language: Language) -> String {
    let mut out = String::new();
    let mut letters = pattern.chars();
    // Inside a plural: the variant that is wanted; and whether what is read belongs to another one.
    let (mut wanted, mut is_other) = (None, false);
    let value = |place: Option<char>| values.get(place.map_or(usize::MAX, |place| place as usize - '0' as usize));
    while let Some(letter) = letters.next() {
        let begins_variant = match letter {
            '\u{2}' => {
                match value(letters.next()).filter(|_| !is_other) {
                    Some(Value::Text(text)) => out.push_str(text),
                    Some(Value::Number(count)) => out.push_str(&number(*count)),
                    None => {}
                }
                false
            }
            '\u{3}' => {
                wanted = match value(letters.next()) {
                    Some(Value::Number(count)) => Some(category(*count, language)),
                    _ => Some('o'),
                };
                true
            }
            '\u{4}' => {
                // It was the one.
                if !is_other {
                    wanted = None;
                }
                true
            }
            _ => {
                if !is_other {
                    out.push(letter);
                }
                false
            }
        };
        if begins_variant {
            // What is wanted and not there is said as the last one, `other`, says it.
            is_other = match letters.next() {
                Some('\u{5}') | None => false,
                Some(category) => !(wanted == Some(category) || wanted.is_some() && category == 'o'),
            };
        }
    }
    out
}

/// The letter for a whole number's plural category
/// (CLDR, <https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>).
fn category(count: u64, language: Language) -> char {
    match (language, count) {
        (_, 1) | (Language::French, 0) => '1',
        (Language::French, many) if many.is_multiple_of(1_000_000) => 'm',
        _ => 'o',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: &str = "\u{3}01one\u{4}m\u{2}0 of them\u{4}o\u{2}0\u{4}\u{5}: \u{2}1";

    #[test]
    fn plurals_follow_the_rules_of_each_language() {
        let found = |count, language| fill(FOUND, &[Value::Number(count), Value::Text("x")], language);
        assert_eq!(found(1, Language::English), "one: x");
        assert_eq!([0, 2].map(|count| found(count, Language::German)), ["0: x", "2: x"]);
        assert_eq!([0, 1, 2].map(|count| found(count, Language::French)), ["one: x", "one: x", "2: x"]);
        assert_eq!(found(3_000_000, Language::French), "3,000,000 of them: x", "the number's form is the spoken one");
        assert_eq!(found(3_000_000, Language::German), "3,000,000: x");
    }

    #[test]
    fn what_is_filled_in_is_not_read_as_a_pattern() {
        let evil = "\u{2}1\u{3}01x\u{5}{ $name }";
        assert_eq!(
            fill("a \u{2}0 b", &[Value::Text(evil), Value::Text("secret")], Language::English),
            format!("a {evil} b")
        );
    }
}
