//! The profile page: what the company's directory says about the reader, and what they may do here.

pub mod api;
mod page;

pub use page::ProfilePage;
