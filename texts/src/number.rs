//! Numbers as the language being spoken writes them.

use crate::{Language, spoken};

/// Such as `1,234,567`; `1.234.567` in German, `1 234 567` with narrow no-break spaces in French.
pub fn number(number: u64) -> String {
    let separator = match spoken() {
        Language::English => ',',
        Language::German => '.',
        Language::French => '\u{202f}',
    };
    let mut out = String::new();
    write(number, separator, &mut out);
    out
}

/// Digit by digit: the library's way costs the first load more than this does.
fn write(number: u64, separator: char, out: &mut String) {
    let mut unit = 100;
    if number >= 1000 {
        write(number / 1000, separator, out);
        out.push(separator);
    } else {
        while unit > 1 && number < unit {
            unit /= 10;
        }
    }
    while unit > 0 {
        out.push(char::from(b'0' + (number / unit % 10) as u8));
        unit /= 10;
    }
}

/// `whole` and, behind the language's point, the digits of `fraction`: `1,234.50`, `1.234,50`.
pub fn decimal(whole: u64, fraction: &str) -> String {
    let point = if spoken() == Language::English { '.' } else { ',' };
    format!("{}{point}{fraction}", number(whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::in_language;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let in_all = |number: u64| Language::ALL.map(|language| in_language(language, || self::number(number)));
        assert_eq!([0, 7, 10, 305, 999].map(|small| in_all(small)[1].clone()), ["0", "7", "10", "305", "999"]);
        assert_eq!(in_all(20_004)[0], "20,004");
        assert_eq!(in_all(1_000), ["1,000", "1.000", "1\u{202f}000"]);
        assert_eq!(in_all(1_234_567), ["1,234,567", "1.234.567", "1\u{202f}234\u{202f}567"]);
        let price = Language::ALL.map(|language| in_language(language, || decimal(1234, "50")));
        assert_eq!(price, ["1,234.50", "1.234,50", "1\u{202f}234,50"]);
    }
}
