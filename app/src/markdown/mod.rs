//! Markdown: what a model writes, as a tree of known parts, and that tree as elements.

mod harmless;
mod mend;
mod open;
mod parse;
mod prepare;
#[cfg(feature = "ssr")]
mod rich;
mod stream;
mod tree;
mod typeset;
mod view;

#[cfg(test)]
mod tests;

pub use harmless::harmless;
pub use parse::parse;
#[cfg(feature = "ssr")]
pub use rich::rich;
pub use stream::Stream;
pub use tree::{Alignment, Block, Inline, Item, plain_text};
#[cfg(feature = "ssr")]
pub use typeset::parts;
pub use typeset::{Known, Setting, UNSET, formula, tokens};
pub use view::markdown;
