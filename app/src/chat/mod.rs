//! The chat page: the list of conversations, and the one that is open.

mod account;
mod actions;
pub mod api;
mod composer;
mod conversation;
mod draft;
mod follow;
mod list;
mod list_view;
mod log;
mod message;
mod new;
mod notice;
mod open;
mod page;
mod reply;
mod scroll;
mod sealed;
mod trouble;

pub use page::ChatPage;
#[cfg(feature = "ssr")]
pub use sealed::SealedLogs;
