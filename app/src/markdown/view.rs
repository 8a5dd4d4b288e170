//! The tree as elements.

use super::{
    parse::parse,
    tree::{Alignment, Block, Inline, Item},
};
use crate::html::{Element, Html, el, icon};

/// Markdown as elements.
pub fn markdown(source: &str) -> Vec<Html> {
    parse(source).iter().map(block_html).collect()
}

/// A block as an element.
pub(super) fn block_html(block: &Block) -> Html {
    match block {
        Block::Paragraph(content) => el("p").children(inlines(content)).into(),
        Block::Plain(content) => el("div").children(inlines(content)).into(),
        Block::Heading { level, content } => el(heading(*level)).children(inlines(content)).into(),
        Block::Code { language, text } => code(language.as_deref(), text).into(),
        Block::Quote(content) => el("blockquote").children(content.iter().map(block_html)).into(),
        Block::List { start, items } => list(*start, items).into(),
        Block::Table { alignment, head, rows } => table(alignment, head, rows).into(),
        Block::Rule => el("hr").into(),
    }
}

/// The page's title is its only heading of the first level. Answers begin with the first or the second; both become the
/// second, so that none is left out.
fn heading(level: u8) -> &'static str {
    match level {
        1 | 2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}

fn inlines(content: &[Inline]) -> impl Iterator<Item = Html> {
    content.iter().map(inline)
}

fn inline(inline: &Inline) -> Html {
    match inline {
        Inline::Text(text) => text.clone().into(),
        Inline::Code(text) => el("code").child(text.clone()).into(),
        Inline::Emphasis(content) => el("em").children(inlines(content)).into(),
        Inline::Strong(content) => el("strong").children(inlines(content)).into(),
        Inline::Struck(content) => el("del").children(inlines(content)).into(),
        Inline::Link { href, content } => el("a")
            .attr("href", href.clone())
            .attr("title", href.clone())
            .attr("target", "_blank")
            .attr("rel", "noopener noreferrer nofollow")
            .children(inlines(content))
            .into(),
        Inline::Break => el("br").into(),
    }
}

fn list(start: Option<u64>, items: &[Item]) -> Element {
    let list = match start {
        Some(1) => el("ol"),
        Some(first) => el("ol").attr("start", first.to_string()),
        None => el("ul"),
    };
    list.children(items.iter().map(item))
}

fn item(item: &Item) -> Element {
    let element = match item.done {
        None => el("li"),
        Some(done) => el("li").class("task").child(tick(done)),
    };
    // The text of a tight item is not a block of its own.
    item.content.iter().fold(element, |element, block| match block {
        Block::Plain(content) => element.children(inlines(content)),
        other => element.child(block_html(other)),
    })
}

fn tick(done: bool) -> Element {
    let (class, name) = if done { ("tick done", "Done") } else { ("tick", "To do") };
    el("span").class(class).attr("role", "img").attr("aria-label", name)
}

/// A language as people write its name, from what stands behind the fence.
fn spoken(language: &str) -> String {
    let lower = language.to_ascii_lowercase();
    match lower.as_str() {
        "sql" | "html" | "css" | "json" | "xml" | "yaml" | "toml" | "csv" | "php" => lower.to_ascii_uppercase(),
        "js" | "javascript" => "JavaScript".to_owned(),
        "ts" | "typescript" => "TypeScript".to_owned(),
        "sh" | "bash" | "shell" => "Shell".to_owned(),
        "cpp" => "C++".to_owned(),
        "cs" | "csharp" => "C#".to_owned(),
        "py" => "Python".to_owned(),
        "rs" => "Rust".to_owned(),
        _ => {
            let mut name = language.to_owned();
            if let Some(first) = name.get_mut(..1) {
                // Languages have English names; capitals of all alphabets are a table of 5 kB.
                first.make_ascii_uppercase();
            }
            name
        }
    }
}

/// Code can be wider than the page, so it scrolls, and whoever scrolls with the keyboard can get there.
fn code(language: Option<&str>, text: &str) -> Element {
    let name = match language {
        Some(language) => format!("Code, {language}"),
        None => "Code".to_owned(),
    };
    let copy = el("button")
        .class("quiet")
        .attr("type", "button")
        .attr("data-action", "copy-code")
        .attr("aria-label", "Copy code")
        .child(icon("#copy"))
        .child(el("span").child("Copy"));
    let shown = language.map_or_else(|| "Code".to_owned(), spoken);
    let pre = el("pre")
        .attr("tabindex", "0")
        .attr("role", "group")
        .attr("aria-label", name)
        .child(el("code").child(text.to_owned()));
    el("div").class("code").child(el("div").child(el("span").child(shown)).child(copy)).child(pre)
}

fn table(alignment: &[Alignment], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> Element {
    let row = |cells: &[Vec<Inline>], tag: &'static str| {
        el("tr").children(cells.iter().enumerate().map(|(column, content)| {
            let scope = (tag == "th").then_some("col");
            let class = match alignment.get(column) {
                Some(Alignment::End) => Some("n"),
                Some(Alignment::Center) => Some("c"),
                Some(Alignment::Start) | None => None,
            };
            el(tag).maybe("scope", scope).maybe("class", class).children(inlines(content))
        }))
    };
    let table = el("table")
        .child(el("thead").child(row(head, "th")))
        .child(el("tbody").children(rows.iter().map(|cells| row(cells, "td"))));
    el("div").class("scroll").attr("tabindex", "0").attr("role", "group").attr("aria-label", "Table").child(table)
}
