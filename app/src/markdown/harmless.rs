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
/// U+200C and U+200D stay: scripts and emoji need them. Tags can hide whole sentences in what is copied from here.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e007f}')
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `target` if following it is harmless: a web or mail address without anything hidden in it, whose host is what it looks
/// like.
pub fn harmless_link(target: &str) -> Option<&str> {
    let plain = target.chars().all(|c| is_harmless(c) && !c.is_whitespace() && c != '\\');
    let host = host(target)?;
    // Letters of other alphabets look like Latin ones (UTS #39), and percent signs hide what is behind them.
    (plain && !host.is_empty() && host.is_ascii() && !host.contains('%')).then_some(target)
}

/// Where a web or mail address leads: a host, or a mail address.
pub fn host(target: &str) -> Option<&str> {
    let (scheme, rest) = target.split_once(':')?;
    if scheme.eq_ignore_ascii_case("mailto") {
        return rest.split('?').next();
    }
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    // Browsers read a backslash as a slash.
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#', '\\']).next()?;
    // What stands before an @ is a name, however much it looks like a host.
    is_web.then(|| authority.rsplit('@').next())?
}

/// Whether `label` names a host, and another one than `host`.
pub fn misleads(label: &str, host: &str) -> bool {
    const DOMAINS: [&str; 12] = ["com", "org", "net", "de", "eu", "uk", "ch", "fr", "at", "io", "bank", "example"];
    let bare = |name: &str| name.strip_prefix("www.").unwrap_or(name).to_ascii_lowercase();
    label.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        // Looked for as bytes: searching for texts would be another two kilobytes of code.
        let scheme = word.as_bytes().windows(3).position(|three| three == b"://");
        let named = scheme.and_then(|end| word.get(end + 3..)).unwrap_or(word);
        let named = named.split(['/', '?', '#', ':', '\\']).next().unwrap_or_default();
        let last = named.rsplit('.').next().unwrap_or_default();
        let is_host = scheme.is_some() || named.contains('.') && DOMAINS.contains(&bare(last).as_str());
        is_host && bare(named) != bare(host) && !host.ends_with(named)
    })
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
    fn a_host_is_where_a_browser_would_go() {
        assert_eq!(host("https://bank.example@evil.example/x@y"), Some("evil.example"));
        assert_eq!(host("HTTP://evil.example?bank.example"), Some("evil.example"));
        assert_eq!(host("mailto:a@example.com?subject=b@c"), Some("a@example.com"));
    }

    #[test]
    fn a_label_that_names_another_host_misleads() {
        assert!(misleads("https://bank.com", "evil.example"));
        assert!(misleads("see www.bank.com!", "evil.example"));
        assert!(misleads("bank.com", "bank.com.evil.example"));
        assert!(!misleads("https://bank.com/help", "www.bank.com"));
        assert!(!misleads("main.rs in the bank's repository", "git.example"));
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
            "https://b\u{430}nk.example",
            "https://bank.example%2eevil.example",
            "https:\\\\evil.example",
            "https://",
        ] {
            assert_eq!(harmless_link(bad), None, "{bad:?}");
        }
    }
}
