//! Markdown: what a model writes, as a tree of known parts, and that tree as elements.

mod harmless;
mod open;
mod parse;
mod stream;
mod tree;
mod view;

#[cfg(test)]
mod tests;

pub use harmless::harmless;
pub use parse::parse;
pub use stream::Stream;
pub use tree::{Alignment, Block, Inline, Item, plain_text};
pub use view::markdown;
