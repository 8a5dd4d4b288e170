//! The chat page: the list of conversations, and the one that is open.

pub(crate) mod above;
mod account;
mod actions;
#[cfg_attr(feature = "ssr", path = "api/server.rs")]
#[cfg_attr(not(feature = "ssr"), path = "api/browser.rs")]
pub mod api;
mod composer;
mod composer_parts;
mod conversation;
mod draft;
mod follow;
pub(crate) mod kept;
#[cfg(feature = "ssr")]
pub(crate) mod keys;
mod leave;
mod list;
mod list_view;
mod log;
mod message;
mod new;
mod news;
mod notice;
mod open;
mod options;
mod pace;
mod page;
mod palette;
mod reply;
pub(crate) mod scroll;
pub(crate) mod sealed;
mod send;
mod toast;
mod trouble;
mod typeset;

pub(crate) use composer::Unsent;
pub use list::{Change, Conversations, Done, Offer};
pub use news::listen;
#[cfg(feature = "ssr")]
pub(crate) use open::open;
pub use open::{OpenConversation, Visit, show};
pub use page::{Announcer, chat_page};
#[cfg(feature = "ssr")]
pub use sealed::SealedLogs;
pub(crate) use trouble::trouble;
