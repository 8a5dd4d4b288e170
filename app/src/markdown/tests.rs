//! What answers look like, friendly and hostile.

use super::*;
use crate::html::Html;

fn html(source: &str) -> String {
    written(markdown(source))
}

fn written(nodes: impl IntoIterator<Item = Html>) -> String {
    let mut out = String::new();
    for node in nodes {
        node.write(&mut out);
    }
    out
}

const EVERYTHING: &str = "# Title\n\nA *first* paragraph with **strong**, `code`, ~~struck~~ and\na [link](https://example.com).\n\n\
    Setext\n---\n\n1. one\n2. two\n   - nested\n   - more\n\n     with a paragraph\n3. three\n\n\
    - [ ] to do\n- [x] done\n\n> quoted\n> text\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |\n\n\
    ```rust\nfn main() {}\n\n// # not a heading\n```\n\n    indented code\n\n    more of it\n\n***\n\nLast line <b>raw</b>\\\nend";

#[test]
fn a_table_is_complete_and_aligned() {
    let out = html("| a | b |\n|---|--:|\n| 1 | 2 |");
    assert!(
        out.contains("<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"n\">b</th></tr></thead>"),
        "{out}"
    );
    assert!(out.contains("<tbody><tr><td>1</td><td class=\"n\">2</td></tr></tbody>"), "{out}");
    assert!(out.contains("role=\"group\" aria-label=\"Table\""), "{out}");
}

#[test]
fn a_code_block_has_its_language_and_exact_text() {
    let out = html("```rust ignore\nlet a = \"<b>\";\n```");
    assert!(out.contains("<span>Rust</span>"), "{out}");
    assert!(out.contains("<code>let a = &quot;&lt;b&gt;&quot;;\n</code>"), "{out}");
    assert!(html("    plain").contains("<code>plain</code>"), "{}", html("    plain"));
}

#[test]
fn lists_keep_their_form() {
    assert_eq!(html("3. a\n4. b"), "<ol start=\"3\"><li>a</li><li>b</li></ol>");
    assert_eq!(html("- a\n\n- b"), "<ul><li><p>a</p></li><li><p>b</p></li></ul>");
    let tasks = html("- [x] a\n- [ ] b");
    assert!(tasks.contains("aria-label=\"Done\"") && tasks.contains("aria-label=\"To do\""), "{tasks}");
}

#[test]
fn headings_start_below_the_pages_own() {
    assert_eq!(html("# a\n## b\n### c\n###### d"), "<h2>a</h2><h2>b</h2><h3>c</h3><h6>d</h6>");
}

#[test]
fn raw_html_is_text() {
    assert_eq!(html("<script>alert(1)</script>"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
    assert_eq!(html("a <img src=x onerror=alert(1)> b"), "<p>a &lt;img src=x onerror=alert(1)&gt; b</p>");
    assert!(!html("<style>*{display:none}</style>\n\n<iframe src=//evil>").contains("<iframe"));
}

#[test]
fn a_picture_is_a_link() {
    let out = html("![a chart](https://example.com/a.png?secret)");
    assert!(!out.contains("<img") && out.contains("href=\"https://example.com/a.png?secret\""), "{out}");
    assert!(!html("![x](data:text/html;base64,AAAA)").contains("href"));
}

#[test]
fn a_link_that_is_not_to_the_web_is_text() {
    for target in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/api/auth/signout",
        "&#x6A;avascript:alert(1)",
        "vbscript:x",
    ] {
        let out = html(&format!("[click]({target})"));
        assert!(!out.contains("<a"), "{out}");
        assert!(out.contains("click"), "{out}");
    }
    let out = html("[*click*](https://example.com \"title\")");
    assert!(
        out.contains("rel=\"noopener noreferrer nofollow\"") && out.contains("title=\"https://example.com\""),
        "{out}"
    );
}

#[test]
fn control_characters_and_direction_overrides_are_shown_or_dropped() {
    assert_eq!(html("a\u{1b}[31mb\u{202e}c\u{0}\u{8}"), "<p>a␛[31mb[U+202E]c</p>");
}

#[test]
fn deep_nesting_ends_and_keeps_the_text() {
    let out = html(&format!("{}deep", "> ".repeat(20_000)));
    assert!(out.contains("deep"));
    assert!(out.matches("<blockquote>").count() < 30);
    let lists: String = (0..500).map(|depth| format!("{}- item {depth}\n", "  ".repeat(depth))).collect();
    let out = html(&lists);
    assert!(out.contains("item 0") && out.contains("item 40"));
    assert!(html(&"[".repeat(50_000)).len() >= 50_000);
    assert!(html(&"*a_".repeat(20_000)).len() >= 60_000);
}

#[test]
fn a_stream_ends_as_the_whole_text_would() {
    let whole = html(EVERYTHING);
    for seed in 1..200_u64 {
        let mut stream = Stream::default();
        for piece in pieces(EVERYTHING, seed) {
            stream.push(piece);
        }
        assert_eq!(written(stream.html()), whole, "before its end, seed {seed}");
        stream.finish();
        assert_eq!(written(stream.html()), whole, "at its end, seed {seed}");
    }
}

#[test]
fn every_prefix_of_a_stream_looks_like_that_prefix() {
    let mut stream = Stream::default();
    for (at, c) in EVERYTHING.char_indices() {
        stream.push(c.encode_utf8(&mut [0; 4]));
        let so_far = &EVERYTHING[..at + c.len_utf8()];
        assert_eq!(written(stream.html()), html(so_far), "after {so_far:?}");
    }
}

#[test]
fn a_number_after_a_list_can_still_become_its_item() {
    let mut stream = Stream::default();
    for piece in ["1. a\n\n", "2", ". b\n"] {
        stream.push(piece);
    }
    assert_eq!(written(stream.html()), html("1. a\n\n2. b\n"));
}

#[test]
fn a_link_defined_at_the_end_is_a_link_at_the_end() {
    let mut stream = Stream::default();
    for piece in ["See [docs].\n\nMore.\n\n", "[docs]: https://example.com\n"] {
        stream.push(piece);
    }
    stream.finish();
    assert!(written(stream.html()).contains("href=\"https://example.com\""));
}

#[test]
fn finished_blocks_are_shared_and_not_made_again() {
    let mut stream = Stream::new("one\n\ntwo\n\n");
    let first = |stream: &Stream| match stream.html().next() {
        Some(Html::Shared(block)) => block,
        other => panic!("not finished: {other:?}"),
    };
    let before = first(&stream);
    stream.push("three\n\nfour");
    assert!(std::sync::Arc::ptr_eq(&before, &first(&stream)));
}

/// `text` in pieces of 1 to 12 characters, the same ones for the same `seed`.
fn pieces(text: &str, seed: u64) -> Vec<&str> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wanted = 1 + usize::try_from(state >> 60).unwrap_or(0) % 12;
        let end = rest.char_indices().nth(wanted).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}
