//! An answer that is still arriving. Blocks that no later text can change are made once; only the open end is read again.

use std::sync::Arc;

use super::{
    harmless::harmless,
    parse::{before_table_head, parse_with_starts},
    tree::Block,
    typeset::Setting,
    view::{self, block_html},
};
use crate::html::Html;

/// Markdown that grows at its end.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// See [`Setting::anchor`].
    anchor: Arc<str>,
    /// All of the text so far, harmless.
    source: String,
    /// Blocks that are finished.
    finished: Vec<Arc<Html>>,
    /// Where the first unfinished block starts.
    open_from: usize,
    open: Vec<Html>,
    /// How much text has come since the open end was read.
    unread: usize,
}

/// Shorter ends are read again with all that comes. Longer ones each time they have grown by a [`GROWTH`]th part, or what
/// a model writes without a break, say a table of a megabyte, would cost the square of its length.
const SHORT_BYTES: usize = 48 * 1024;
const GROWTH: usize = 64;

impl Stream {
    /// Markdown that starts with `text`, in the message named `anchor`.
    pub fn new(text: &str, anchor: &str) -> Self {
        let mut stream = Self { anchor: anchor.into(), ..Self::default() };
        stream.push(text);
        stream
    }

    /// Starts anew with `text`.
    pub fn restart(&mut self, text: &str) {
        *self = Self::new(text, &self.anchor);
    }

    /// Appends text. Costs the length of the unfinished blocks, so that an answer costs about its length in all.
    pub fn push(&mut self, text: &str) {
        self.source.push_str(&harmless(text));
        self.unread += text.len();
        let tail = &self.source[self.open_from..];
        if tail.len() > SHORT_BYTES && self.unread < tail.len() / GROWTH {
            return;
        }
        self.unread = 0;
        let mut blocks = parse_with_starts(before_table_head(tail), true);
        let finished = finished(tail, &blocks);
        let open = blocks.split_off(finished);
        if let Some((start, _)) = open.first()
            && finished > 0
        {
            // A block's own start may lie behind its indentation.
            self.open_from += tail[..*start].rfind('\n').map_or(0, |end| end + 1);
        }
        let setting = Setting::plain(&self.anchor);
        self.finished.extend(blocks.iter().map(|(_, block)| Arc::new(block_html(block, &setting, true))));
        self.open = open.iter().map(|(_, block)| block_html(block, &setting, false)).collect();
    }

    /// Nothing comes any more. Reads all of it once again, because the end can define links used at the beginning.
    /// `is_whole`: it was not broken off.
    pub fn finish(&mut self, is_whole: bool) {
        self.finished = Vec::new();
        self.open_from = self.source.len();
        self.open = view::markdown(&self.source, is_whole, Setting::plain(&self.anchor));
    }

    /// The text so far.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text so far as elements.
    pub fn html(&self) -> impl Iterator<Item = Html> {
        self.finished.iter().map(|block| Html::Shared(Arc::clone(block))).chain(self.open.iter().cloned())
    }
}

/// How many of `blocks` are finished.
///
/// Markdown is read line by line, and a block that a line has closed stays closed (CommonMark 0.31, appendix). So every
/// block is finished that is followed by one whose first line is complete. An incomplete line says nothing yet: `2`
/// looks like a paragraph and may become the next item of the list above.
fn finished(tail: &str, blocks: &[(usize, Block)]) -> usize {
    let complete = tail.rfind('\n').map_or(0, |end| end + 1);
    let begun =
        blocks.iter().rposition(|(start, _)| tail.get(*start..complete).is_some_and(|line| line.contains('\n')));
    begun.unwrap_or(0)
}
