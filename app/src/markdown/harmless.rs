//! Characters that could make a text look like another one, made visible or left out.

use std::borrow::Cow;

/// `text` with line ends as `\n`, the escape character shown as ␛, other control characters left out, and characters
/// that turn the reading direction around shown by their number (Unicode UAX #9, "Trojan Source", CVE-2021-42574).
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{1b}' => out.push('␛'),
            _ if turns_direction(c) => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
            _ if is_harmless(c) => out.push(c),
            _ => {}
        }
    }
    Cow::Owned(out)
}

fn is_harmless(c: char) -> bool {
    matches!(c, '\n' | '\t') || !(c.is_control() || turns_direction(c) || is_invisible(c))
}

/// Without width and without a use in any script, so that a name with one inside passes for the name. The joiners
/// U+200C and U+200D stay: scripts and emoji need them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `target` if following it is harmless: a web or mail address without anything hidden in it.
pub fn harmless_link(target: &str) -> Option<&str> {
    let known = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let plain = target.chars().all(|c| is_harmless(c) && !c.is_whitespace());
    (known && plain).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_lose_their_power() {
        assert_eq!(harmless("a\r\nb\tc"), "a\nb\tc");
        assert_eq!(harmless("\u{1b}[31mred\u{7}\0\u{9b}"), "␛[31mred");
        assert_eq!(harmless("pay\u{200b}pal \u{feff}x\u{2060}"), "paypal x");
        assert_eq!(harmless("admin\u{202e}nimda\u{2066}"), "admin[U+202E]nimda[U+2066]");
        assert!(matches!(harmless("Grüße, 你好, مرحبا"), Cow::Borrowed(_)));
    }

    #[test]
    fn only_web_and_mail_links_pass() {
        assert!(harmless_link("https://example.com/a?b#c").is_some());
        assert!(harmless_link("HTTP://example.com").is_some());
        assert!(harmless_link("mailto:a@example.com").is_some());
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.com",
            "/chat",
            "vbscript:x",
            "é",
            "",
            "https://a\u{202e}b",
            "java\nscript:x",
            " https://a",
        ] {
            assert_eq!(harmless_link(bad), None, "{bad:?}");
        }
    }
}
