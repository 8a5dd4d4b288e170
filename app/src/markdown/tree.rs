//! What an answer consists of: blocks of inlines. All text in it is plain.

/// A part of an answer that stands on lines of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Paragraph(Vec<Inline>),
    /// Text of a tight list item, or left over where nesting was too deep.
    Plain(Vec<Inline>),
    Heading {
        /// 1 to 6, as written.
        level: u8,
        content: Vec<Inline>,
    },
    Code {
        /// The first word behind the opening fence.
        language: Option<String>,
        text: String,
    },
    Quote {
        /// What it calls itself, if it is more than a quotation: `Note`, `Tip`, `Important`, `Warning` or `Caution`.
        alert: Option<&'static str>,
        content: Vec<Block>,
    },
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        items: Vec<Item>,
    },
    Table {
        alignment: Vec<Alignment>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A footnote.
    Note {
        label: String,
        content: Vec<Block>,
    },
    Rule,
}

/// A list's item.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Whether it is ticked, if it is a task.
    pub done: Option<bool>,
    pub content: Vec<Block>,
}

/// How a table's column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    Start,
    Center,
    End,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    Text(String),
    Code(String),
    Formula {
        tex: String,
        /// Whether it stands on lines of its own.
        is_display: bool,
    },
    /// Where a footnote belongs.
    Mark {
        label: String,
        /// Whether it is the first one of its footnote.
        is_first: bool,
    },
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Struck(Vec<Inline>),
    Link {
        /// http, https or mailto, nothing else.
        href: String,
        content: Vec<Inline>,
    },
    Break,
}

/// The text of `inlines` without its form.
pub fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    collect(inlines, &mut text);
    text
}

fn collect(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) | Inline::Formula { tex: part, .. } => text.push_str(part),
            Inline::Mark { label, .. } => text.push_str(&format!("[{label}]")),
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Struck(content)
            | Inline::Link { content, .. } => collect(content, text),
            Inline::Break => text.push('\n'),
        }
    }
}
