//! The parts of a text that have been opened and not closed yet.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Tag};

use super::{
    prepare::restored,
    tree::{Alignment, Block, Inline, Item},
};

/// What has been opened and not closed yet.
pub(super) enum Kind {
    Root,
    Paragraph,
    Heading(u8),
    Code(Option<String>),
    Markup,
    Quote(Option<&'static str>),
    Note(String),
    List(Option<u64>, Vec<Item>),
    Item(Option<bool>),
    Table(Vec<Alignment>, Vec<Vec<Inline>>, Vec<Vec<Vec<Inline>>>),
    Row(bool, Vec<Vec<Inline>>),
    Cell,
    Emphasis,
    Strong,
    Struck,
    Link(String),
    Image(String),
}

impl Kind {
    /// What `tag` opens.
    pub(super) fn of(tag: Tag<'_>) -> Self {
        match tag {
            Tag::Heading { level, .. } => Self::Heading(level as u8),
            Tag::BlockQuote(kind) => Self::Quote(kind.map(alert)),
            Tag::FootnoteDefinition(label) => Self::Note(restored(&label).into_owned()),
            Tag::CodeBlock(kind) => Self::Code(language(&kind)),
            Tag::HtmlBlock => Self::Markup,
            Tag::List(first) => Self::List(first, Vec::new()),
            Tag::Item => Self::Item(None),
            Tag::Table(columns) => Self::Table(columns.into_iter().map(alignment).collect(), Vec::new(), Vec::new()),
            Tag::TableHead => Self::Row(true, Vec::new()),
            Tag::TableRow => Self::Row(false, Vec::new()),
            Tag::TableCell => Self::Cell,
            Tag::Emphasis => Self::Emphasis,
            Tag::Strong => Self::Strong,
            Tag::Strikethrough => Self::Struck,
            Tag::Link { dest_url, .. } => Self::Link(restored(&dest_url).into_owned()),
            Tag::Image { dest_url, .. } => Self::Image(restored(&dest_url).into_owned()),
            // Paragraphs, and those whose extensions are off.
            _ => Self::Paragraph,
        }
    }
}

/// An opened part, and what has come inside it so far.
pub(super) struct Open {
    pub(super) kind: Kind,
    pub(super) blocks: Vec<Block>,
    pub(super) inlines: Vec<Inline>,
}

impl Open {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, blocks: Vec::new(), inlines: Vec::new() }
    }

    /// The content as blocks.
    pub(super) fn into_blocks(mut self) -> Vec<Block> {
        self.flush();
        self.blocks
    }

    /// Turns inlines between blocks into a block.
    pub(super) fn flush(&mut self) {
        if !self.inlines.is_empty() {
            self.blocks.push(Block::Plain(std::mem::take(&mut self.inlines)));
        }
    }
}

fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    match kind {
        CodeBlockKind::Fenced(info) => {
            let word = info.split([' ', ',', '{']).next().unwrap_or_default();
            (!word.is_empty()).then(|| restored(word).chars().take(32).collect())
        }
        CodeBlockKind::Indented => None,
    }
}

fn alert(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    }
}

fn alignment(column: pulldown_cmark::Alignment) -> Alignment {
    match column {
        pulldown_cmark::Alignment::Right => Alignment::End,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Left | pulldown_cmark::Alignment::None => Alignment::Start,
    }
}
