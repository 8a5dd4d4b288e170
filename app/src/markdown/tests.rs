//! What answers look like, friendly and hostile.

use super::*;
use crate::html::Html;

fn html(source: &str) -> String {
    written(markdown(source, true, Setting::plain("m")))
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
    ```rust\nfn main() {}\n\n// # not a heading\n```\n\nThen $x^2$, `$5`, $5 and\n$$\na\n+ b\n$$\nor \\(c*d*e\\).\n\n> [!NOTE]\n> noted\n\n[^1]: A *note*.\n\nOn.\n\n    indented code\n\n    more of it\n\n***\n\nLast line <b>raw</b>\\\nend";

#[test]
fn a_table_is_complete_and_aligned() {
    let out = html("| a | b |\n|---|--:|\n| 1 | 2 |");
    assert!(
        out.contains("<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"n\">b</th></tr></thead>"),
        "{out}"
    );
    assert!(out.contains("<tbody><tr><td>1</td><td class=\"n\">2</td></tr></tbody>"), "{out}");
    assert!(out.contains(" aria-label=\"Table\""), "{out}");
}

#[test]
fn a_code_block_has_its_language_and_exact_text() {
    let out = html("```rust ignore\nlet a = \"<b>\";\n```");
    assert!(out.contains("<span>Rust</span>"), "{out}");
    assert!(out.contains(">let a = &quot;&lt;b&gt;&quot;;\n</code>"), "{out}");
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
        let mut stream = Stream::new("", "m");
        for piece in pieces(EVERYTHING, seed) {
            stream.push(piece);
        }
        assert_eq!(written(stream.html()), whole, "before its end, seed {seed}");
        stream.finish(true);
        assert_eq!(written(stream.html()), whole, "at its end, seed {seed}");
    }
}

#[test]
fn every_prefix_of_a_stream_looks_like_that_prefix() {
    let mut stream = Stream::new("", "m");
    for (at, c) in EVERYTHING.char_indices() {
        stream.push(c.encode_utf8(&mut [0; 4]));
        let so_far = &EVERYTHING[..at + c.len_utf8()];
        assert_eq!(written(stream.html()), written(Stream::new(so_far, "m").html()), "after {so_far:?}");
    }
    stream.finish(true);
    assert_eq!(written(stream.html()), html(EVERYTHING));
}

#[test]
fn a_table_is_none_until_the_line_under_its_head_is_whole() {
    for (text, shown) in [("A\n\n| B | C |", "<p>A</p>"), ("A\n\n| B | C |\n| :--- | -", "<p>A</p>")] {
        assert_eq!(written(Stream::new(text, "m").html()), shown, "{text:?}");
    }
    let whole = written(Stream::new("A\n\n| B | C |\n| :--- | ---: |\n", "m").html());
    assert!(whole.contains("<th") && !whole.contains('|'), "{whole}");
    let mut cut = Stream::new("A\n\n| B | C |", "m");
    cut.finish(false);
    assert!(written(cut.html()).contains("| B | C |"), "nothing more comes, and nothing is kept back");
    assert!(written(Stream::new("|x| is not a table\nbut text", "m").html()).contains("|x| is"));
}

#[test]
fn what_breaks_off_stays_as_it_was_shown() {
    let mut stream = Stream::new("Before **this bold", "m");
    assert!(written(stream.html()).contains("<strong>this bold</strong>"));
    stream.finish(false);
    assert!(written(stream.html()).contains("<strong>this bold</strong>"));
}

#[test]
fn a_number_after_a_list_can_still_become_its_item() {
    let mut stream = Stream::new("", "m");
    for piece in ["1. a\n\n", "2", ". b\n"] {
        stream.push(piece);
    }
    assert_eq!(written(stream.html()), html("1. a\n\n2. b\n"));
}

#[test]
fn a_link_defined_at_the_end_is_a_link_at_the_end() {
    let mut stream = Stream::new("", "m");
    for piece in ["See [docs].\n\nMore.\n\n", "[docs]: https://example.com\n"] {
        stream.push(piece);
    }
    stream.finish(true);
    assert!(written(stream.html()).contains("href=\"https://example.com\""));
}

#[test]
fn finished_blocks_are_shared_and_not_made_again() {
    let mut stream = Stream::new("one\n\ntwo\n\n", "m");
    let first = |stream: &Stream| match stream.html().next() {
        Some(Html::Shared(block)) => block,
        other => panic!("not finished: {other:?}"),
    };
    let before = first(&stream);
    stream.push("three\n\nfour");
    assert!(std::sync::Arc::ptr_eq(&before, &first(&stream)));
}

/// What is shown of `source` while more of it comes.
fn open(source: &str) -> String {
    written(Stream::new(source, "m").html())
}

#[test]
fn what_is_begun_at_the_end_is_shown_as_it_will_be() {
    for (begun, shown) in [
        ("so **bold", "<p>so <strong>bold</strong></p>"),
        ("so **bold*", "<p>so <strong>bold</strong></p>"),
        ("so **", "<p>so </p>"),
        ("so *a and **b", "<p>so <em>a and <strong>b</strong></em></p>"),
        ("so `co", "<p>so <code>co</code></p>"),
        ("so `", "<p>so </p>"),
        ("so ~~gone ", "<p>so <del>gone</del></p>"),
        ("so [the ba", "<p>so the ba</p>"),
        ("so [the bank](https://ex", "<p>so the bank</p>"),
        ("so ![chart](https://ex", "<p>so chart</p>"),
        ("- one\n- **two", "<ul><li>one</li><li><strong>two</strong></li></ul>"),
        ("2 * 3 and snake_case and 5*3", "<p>2 * 3 and snake_case and 5*3</p>"),
        ("\\*args", "<p>*args</p>"),
        ("**whole** and", "<p><strong>whole</strong> and</p>"),
    ] {
        assert_eq!(open(begun).trim_end().replace(" </p>", "</p>"), shown.replace(" </p>", "</p>"), "{begun:?}");
    }
    assert!(open("```c\n**a").contains(">**a"), "code is as it is");
    assert!(open("$$\na\n- b").contains(">a - b<"), "{}", open("$$\na\n- b"));
    assert_eq!(html("so **bold"), "<p>so **bold</p>", "nothing more comes");
}

#[test]
fn formulas_are_formulas_and_money_is_money() {
    let tex = |source: &str| {
        let out = html(source);
        let pieces = out.split("<span class=\"tex").skip(1);
        pieces
            .filter_map(|piece| Some(piece.split_once('>')?.1.split_once("</span>")?.0.to_owned()))
            .collect::<Vec<_>>()
    };
    for (source, formulas) in [
        ("so $x^2$ and $a_1*b_2*c$", &["x^2", "a_1*b_2*c"][..]),
        ("so \\(x * y * z\\) and\n\\[\na = b\n- c\n\\]", &["x * y * z", "a = b - c"]),
        (
            "$$\n\\begin{aligned}\na &= b \\\\\n= c\n\\end{aligned}\n$$",
            &["\\begin{aligned} a &amp;= b \\\\ = c \\end{aligned}"],
        ),
        ("| a |\n|---|\n| $|x|$ |", &["|x|"]),
        ("> $$\n> x\n> $$", &["x"]),
        ("- \\(n\\) is **$n$**", &["n", "n"]),
        ("$200{,}000$ at $r = 0.003$", &["200{,}000", "r = 0.003"]),
        ("costs $5 and $6", &[]),
        ("$5-$6, $1.2M to $1.5M, US$5 (or A$7), **$5**–**$6**", &[]),
        ("$5 million for the bank$ now", &[]),
        ("`$x$` and ``\\(x\\)`` and \\$x\\$", &[]),
        ("```sh\necho $a $b\n\\[x\\]\n```", &[]),
        ("$ x $ and $$ and $", &[]),
    ] {
        assert_eq!(tex(source), formulas, "{source:?}");
    }
    assert!(html("costs $5 and $6").contains("costs $5 and $6"));
    assert!(html("```sh\necho $a $b\n\\[x\\]\n```").contains("echo $a $b\n\\[x\\]"));
    assert!(html("so \\(x\\)").contains("class=\"tex unset\"") && html("\\[x\\]").contains("tex display unset"));
}

#[test]
fn a_formula_that_is_being_written_is_one_wherever_it_has_come_to() {
    let tex =
        "\\begin{aligned} \\text{Rate}_k &= r \\cdot D_{k-1} \\\\ \\{a\\} \\$5 &= \\frac{1}{2_{n}} \\end{aligned}";
    for end in 1..tex.len() {
        let so_far = open(&format!("So:\n\n$$\n{}", &tex[..end]));
        let formula = so_far.split_once("tex display").is_some_and(|(before, _)| !before.contains('$'));
        assert!(formula || end == 1, "{so_far}");
        assert!(!so_far.contains("<em>"), "{so_far}");
    }
}

#[test]
fn footnotes_lead_there_and_back_within_their_message() {
    let out = html("One[^a b], again[^a b].\n\n[^a b]: Said *so*.");
    assert!(out.contains("<sup><a id=\"r-m-a_32b\" href=\"#n-m-a_32b\" "), "{out}");
    assert!(out.contains(" aria-label=\"Footnote a b\">"), "{out}");
    assert_eq!(out.matches(" id=\"r-m-a_32b\"").count(), 1);
    assert!(out.contains("id=\"n-m-a_32b\"") && out.contains("href=\"#r-m-a_32b\""), "{out}");
    assert!(html("Nowhere[^1].").contains("Nowhere[^1]."));
}

#[test]
fn an_alert_has_its_name() {
    let out = html("> [!WARNING]\n> Careful.");
    assert!(out.contains("<blockquote data-alert=\"Warning\">"), "{out}");
    assert!(out.contains(">Warning</strong></p><p>Careful.</p>"), "{out}");
}

#[test]
fn a_link_says_where_it_leads() {
    let out = html("[the bank](https://bank.example/help)");
    assert!(out.contains("data-host=\"bank.example\"") && !out.contains("odd"), "{out}");
    assert!(html("[https://bank.com](https://evil.example)").contains("class=\"odd\""));
    assert!(html("[x](https://bank.com@evil.example)").contains("data-host=\"evil.example\""));
    assert!(!html("<https://bank.example>").contains("data-host"));
    assert!(!html("[x](https://b\u{430}nk.example)").contains("<a"));
}

#[test]
fn what_was_set_is_in_the_elements() {
    let known = |part: &model::Part| match part.0.as_str() {
        "rust" => Some(std::sync::Arc::new(model::Typeset::Code(vec![1, 2, 0, 1, 5, 4]))),
        _ => None,
    };
    let setting = Setting { anchor: "m", known: Some(&known) };
    let out = written(markdown("```rust\nfn main() {}\n```\n\n```c\nint x;\n```", true, setting));
    assert!(out.contains("<code><span class=\"t1\">fn</span> <span class=\"t5\">main</span>() {}\n</code>"), "{out}");
    assert!(out.contains("<code class=\"unset\" data-language=\"c\">int x;"), "{out}");
    assert!(tokens("é", &[1, 1]).is_none() && tokens("a", &[1, 2]).is_none());
}

/// Takes the time of what a model could write to keep a page busy.
#[test]
fn much_of_anything_is_read_in_time_that_grows_with_its_length() {
    let repeated = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len());
    let pieces = [
        "a",
        "| a | b |\n",
        "> ",
        "- x\n",
        "$",
        "$a",
        "$$",
        "\\(",
        "\\[ ",
        "`",
        "`` ` ",
        "[",
        "![",
        "[a](",
        "**a ",
        "*a_",
        "<a ",
        "<!--",
        "\n",
        "[^1]",
        "[^1]: x\n",
        "1. ",
        "&amp;",
        "~~",
        "\\",
        "a\n===\n",
        "\t- ",
        "\u{301}",
        "$a`",
        "|",
        "_a",
        "{",
    ];
    for piece in pieces {
        let time = |bytes: usize| {
            let text = format!("| a | b |\n|---|---|\n{}", repeated(piece, bytes));
            let begun = std::time::Instant::now();
            open(&text);
            begun.elapsed()
        };
        let (short, long) = (time(20_000), time(320_000));
        // Sixteen times the length; a square would be 256 times.
        assert!(long < short * 60 + std::time::Duration::from_millis(300), "{piece:?}: {short:?}, then {long:?}");
    }
}

#[test]
fn a_block_that_grows_to_a_megabyte_is_not_read_again_each_time() {
    let mut stream = Stream::new("| a | b |\n|---|---|\n", "m");
    let begun = std::time::Instant::now();
    let row = "| some words | and more of them, forty-eight bytes |\n".repeat(4);
    while stream.source().len() < 1_000_000 {
        stream.push(&row);
    }
    stream.finish(true);
    let took = begun.elapsed();
    let once = std::time::Instant::now();
    html(stream.source());
    assert!(took < once.elapsed() * 250, "{took:?}, and once {:?}", once.elapsed());
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
