//! Markdown to the tree, from pulldown-cmark's events. Never recursive, and never deeper than [`DEPTH_MAX`]: what is
//! nested further loses its form, not its text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{
    harmless::{harmless, harmless_link},
    open::{Kind, Open},
    prepare::{prepare, restored},
    tree::{Block, Inline, Item, plain_text},
};

const DEPTH_MAX: usize = 24;

/// Reads `source`, whatever is in it.
pub fn parse(source: &str, is_whole: bool) -> Vec<Block> {
    parse_with_starts(&harmless(source), !is_whole).into_iter().map(|(_, block)| block).collect()
}

/// Reads an already harmless `source`; each block with the place of its first byte. `is_open`: more of it is to come, and
/// what it has begun at its end is shown as it will be.
pub(super) fn parse_with_starts(source: &str, is_open: bool) -> Vec<(usize, Block)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let prepared = prepare(source, is_open);
    let mut reader = Reader {
        source,
        open: vec![Open::new(Kind::Root)],
        flattened: Vec::new(),
        starts: Vec::new(),
        marked: Vec::new(),
    };
    for (event, range) in Parser::new_ext(&prepared, options).into_offset_iter() {
        reader.take(event, range.start);
    }
    let Some(root) = reader.open.into_iter().next() else { return Vec::new() };
    reader.starts.into_iter().zip(root.blocks).collect()
}

/// `source` without the head of a table at its end, as long as the line that makes it one is not there: until then it
/// would be shown as text.
pub(super) fn before_table_head(source: &str) -> &str {
    let bytes = source.as_bytes();
    let start = bytes.windows(2).rposition(|two| two == b"\n\n").map_or(0, |at| at + 2);
    let mut lines = bytes[start..].splitn(2, |byte| *byte == b'\n');
    let is_head = lines.next().is_some_and(|line| line.first() == Some(&b'|'));
    let may_be_rule = lines.next().unwrap_or_default().iter().all(|byte| b"|:- ".contains(byte));
    if is_head && may_be_rule { &source[..start] } else { source }
}

struct Reader<'a> {
    source: &'a str,
    /// The root, always there, and what is open inside it.
    open: Vec<Open>,
    /// Tags that were not opened because they were too deep.
    flattened: Vec<TagEnd>,
    /// Where each of the root's blocks starts.
    starts: Vec<usize>,
    /// Footnotes that the text has referred to.
    marked: Vec<String>,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, start: usize) {
        if self.open.len() == 1 && matches!(event, Event::Start(_) | Event::Rule) {
            self.starts.push(start);
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => self.inline(Inline::Code(restored(&text).into_owned())),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(done) => self.tick(done),
            Event::InlineMath(tex) => self.formula(&tex, false),
            // Written by `prepare` for formulas in a line, too.
            Event::DisplayMath(tex) => {
                let in_line = self.source.get(start..).is_some_and(|source| source.starts_with("\\("));
                self.formula(&tex, !in_line);
            }
            Event::FootnoteReference(label) => self.mark(&restored(&label)),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        // The parts of a list or table that was still opened belong to it, however deep.
        let part = matches!(tag, Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell);
        if !self.flattened.is_empty() || (self.open.len() >= DEPTH_MAX && !part) {
            self.flattened.push(tag.to_end());
            return;
        }
        self.open.push(Open::new(Kind::of(tag)));
    }

    fn end(&mut self, tag: TagEnd) {
        if self.flattened.last() == Some(&tag) {
            self.flattened.pop();
            let inline = matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link);
            if !inline {
                // Keeps the words of neighbouring blocks apart.
                self.text("\n");
            }
            return;
        }
        if self.open.len() == 1 {
            return;
        }
        let Some(closed) = self.open.pop() else { return };
        self.close(closed);
    }

    fn close(&mut self, mut closed: Open) {
        match std::mem::replace(&mut closed.kind, Kind::Root) {
            Kind::Root => {}
            Kind::Paragraph => self.block(Block::Paragraph(closed.inlines)),
            Kind::Heading(level) => self.block(Block::Heading { level, content: closed.inlines }),
            Kind::Code(language) => self.block(Block::Code { language, text: plain_text(&closed.inlines) }),
            Kind::Markup => self.block(Block::Paragraph(trimmed(closed.inlines))),
            Kind::Quote(alert) => self.block(Block::Quote { alert, content: closed.into_blocks() }),
            Kind::Note(label) => self.block(Block::Note { label, content: closed.into_blocks() }),
            Kind::List(start, items) => self.block(Block::List { start, items }),
            Kind::Item(done) => self.item(Item { done, content: closed.into_blocks() }),
            Kind::Table(alignment, head, rows) => self.block(Block::Table { alignment, head, rows }),
            Kind::Row(is_head, cells) => self.row(is_head, cells),
            Kind::Cell => self.cell(closed.inlines),
            Kind::Emphasis => self.inline(Inline::Emphasis(closed.inlines)),
            Kind::Strong => self.inline(Inline::Strong(closed.inlines)),
            Kind::Struck => self.inline(Inline::Struck(closed.inlines)),
            Kind::Link(target) => self.link(&target, closed.inlines),
            Kind::Image(target) => self.image(&target, closed.inlines),
        }
    }

    fn top(&mut self) -> Option<&mut Open> {
        self.open.last_mut()
    }

    fn block(&mut self, block: Block) {
        if let Some(top) = self.top() {
            top.flush();
            top.blocks.push(block);
        }
    }

    fn inline(&mut self, inline: Inline) {
        if let Some(top) = self.top() {
            top.inlines.push(inline);
        }
    }

    fn formula(&mut self, tex: &str, is_display: bool) {
        self.inline(Inline::Formula { tex: restored(tex).trim().to_owned(), is_display });
    }

    fn mark(&mut self, label: &str) {
        // Nobody goes back to one of so many.
        let is_first = self.marked.len() < 200 && !self.marked.iter().any(|marked| marked == label);
        if is_first {
            self.marked.push(label.to_owned());
        }
        self.inline(Inline::Mark { label: label.to_owned(), is_first });
    }

    fn text(&mut self, text: &str) {
        let text = &*restored(text);
        let Some(top) = self.top() else { return };
        match top.inlines.last_mut() {
            Some(Inline::Text(before)) => before.push_str(text),
            _ => top.inlines.push(Inline::Text(text.to_owned())),
        }
    }

    fn item(&mut self, item: Item) {
        if let Some(Open { kind: Kind::List(_, items), .. }) = self.top() {
            items.push(item);
        }
    }

    fn row(&mut self, is_head: bool, cells: Vec<Vec<Inline>>) {
        if let Some(Open { kind: Kind::Table(_, head, rows), .. }) = self.top() {
            if is_head {
                *head = cells;
            } else {
                rows.push(cells);
            }
        }
    }

    fn cell(&mut self, content: Vec<Inline>) {
        if let Some(Open { kind: Kind::Row(_, cells), .. }) = self.top() {
            cells.push(content);
        }
    }

    fn tick(&mut self, done: bool) {
        let item = self.open.iter_mut().rev().find_map(|open| match &mut open.kind {
            Kind::Item(state) => Some(state),
            _ => None,
        });
        if let Some(state) = item {
            *state = Some(done);
        }
    }

    /// A link that may not be one stays readable: its label, and where it wanted to lead.
    fn link(&mut self, target: &str, mut content: Vec<Inline>) {
        if let Some(href) = harmless_link(target) {
            if content.is_empty() {
                content.push(Inline::Text(href.to_owned()));
            }
            self.inline(Inline::Link { href: href.to_owned(), content });
            return;
        }
        let told = plain_text(&content) == target;
        for inline in content {
            match inline {
                Inline::Text(text) => self.text(&text),
                other => self.inline(other),
            }
        }
        if !told {
            self.text(&format!(" ({})", shortened(target)));
        }
    }

    /// Nothing in an answer is fetched by itself, so a picture becomes a link to it.
    fn image(&mut self, target: &str, content: Vec<Inline>) {
        let label = plain_text(&content);
        let label = if label.is_empty() { texts::IMAGE.into() } else { label };
        self.link(target, vec![Inline::Text(label)]);
    }
}

/// Raw HTML ends with the line's end.
fn trimmed(mut inlines: Vec<Inline>) -> Vec<Inline> {
    if let Some(Inline::Text(text)) = inlines.last_mut() {
        text.truncate(text.trim_end().len());
    }
    inlines
}

fn shortened(target: &str) -> String {
    const LIMIT: usize = 80;
    if target.chars().count() <= LIMIT {
        return target.to_owned();
    }
    target.chars().take(LIMIT).chain(['…']).collect()
}
