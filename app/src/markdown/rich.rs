//! A message as HTML for the clipboard: what word processors and mail programs understand, and nothing that only our page
//! does.

use super::{
    parse::parse,
    tree::{Block, Inline, Item},
};
use crate::html::{Element, Html, el};

/// Markdown as HTML that stands by itself.
pub fn rich(source: &str) -> String {
    let mut out = String::new();
    for block in &parse(source, true) {
        block_html(block).write(&mut out);
    }
    out
}

fn block_html(block: &Block) -> Html {
    match block {
        Block::Paragraph(content) => el("p").children(inlines(content)).into(),
        Block::Plain(content) => el("div").children(inlines(content)).into(),
        Block::Heading { level, content } => el(heading(*level)).children(inlines(content)).into(),
        Block::Code { text, .. } => el("pre").child(el("code").child(text.clone())).into(),
        Block::Quote { alert, content } => {
            let name = alert.map(|name| el("p").child(el("strong").child(name)));
            el("blockquote").children(name).children(content.iter().map(block_html)).into()
        }
        Block::List { start, items } => {
            let list = match start {
                Some(first) => el("ol").attr("start", first.to_string()),
                None => el("ul"),
            };
            list.children(items.iter().map(item)).into()
        }
        Block::Table { head, rows, .. } => {
            let row = |cells: &[Vec<Inline>], tag: &'static str| {
                el("tr").children(cells.iter().map(|content| el(tag).children(inlines(content))))
            };
            // Programs that know no style sheet know these.
            let table = el("table").attr("border", "1").attr("cellspacing", "0").attr("cellpadding", "4");
            let head = el("thead").child(row(head, "th"));
            table.child(head).child(el("tbody").children(rows.iter().map(|cells| row(cells, "td")))).into()
        }
        Block::Note { label, content } => {
            el("div").child(format!("[{label}] ")).children(content.iter().map(block_html)).into()
        }
        Block::Rule => el("hr").into(),
    }
}

fn heading(level: u8) -> &'static str {
    ["h1", "h2", "h3", "h4", "h5"].get(usize::from(level).saturating_sub(1)).copied().unwrap_or("h6")
}

fn item(item: &Item) -> Element {
    let tick = item.done.map(|done| if done { "☑ " } else { "☐ " });
    let content = item.content.iter().flat_map(|block| match block {
        Block::Plain(content) => inlines(content).collect::<Vec<_>>(),
        other => vec![block_html(other)],
    });
    el("li").children(tick).children(content)
}

fn inlines(content: &[Inline]) -> impl Iterator<Item = Html> {
    content.iter().map(|inline| match inline {
        Inline::Text(text) => text.clone().into(),
        // What does not know MathML would show its parts as a row of letters.
        Inline::Code(text) | Inline::Formula { tex: text, .. } => el("code").child(text.clone()).into(),
        Inline::Mark { label, .. } => el("sup").child(format!("[{label}]")).into(),
        Inline::Emphasis(content) => el("em").children(inlines_of(content)).into(),
        Inline::Strong(content) => el("strong").children(inlines_of(content)).into(),
        Inline::Struck(content) => el("del").children(inlines_of(content)).into(),
        Inline::Link { href, content } => el("a").attr("href", href.clone()).children(inlines_of(content)).into(),
        Inline::Break => el("br").into(),
    })
}

/// The same as a type that can be nested.
fn inlines_of(content: &[Inline]) -> Vec<Html> {
    inlines(content).collect()
}
