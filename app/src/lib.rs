//! Pages: components and the server functions they call, one folder per page.

// A page's type names every element in it.
#![recursion_limit = "256"]

mod app;
mod browser;
pub mod chat;
mod clock;
#[cfg(feature = "ssr")]
pub mod context;
mod error;
pub mod html;
mod icon;
pub mod markdown;
mod missing;
#[cfg(feature = "ssr")]
pub mod notice;
pub mod profile;
mod session;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
mod status;
mod theme;
mod unreadable;

pub use app::App;
pub use error::AppError;
