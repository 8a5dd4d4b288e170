//! The profile page: what the company's directory says about the reader, and what they may do here.

#[cfg_attr(feature = "ssr", path = "api/server.rs")]
#[cfg_attr(not(feature = "ssr"), path = "api/browser.rs")]
pub mod api;
mod page;

pub use page::ProfilePage;
