//! Pages: components and the server functions they call, one folder per page.

mod app;
mod browser;
pub mod chat;
mod clock;
#[cfg(feature = "ssr")]
pub mod context;
mod error;
pub mod fetch;
pub mod html;
#[cfg(feature = "ssr")]
mod icon;
pub mod language;
pub mod markdown;
mod missing;
#[cfg(feature = "ssr")]
pub mod notice;
mod page;
mod place;
#[cfg(feature = "ssr")]
mod preload;
pub mod read;
mod session;
mod sheet;
#[cfg(feature = "ssr")]
pub mod shell;
mod signal;
#[cfg(feature = "ssr")]
pub mod status;
mod task;
mod theme;
mod unreadable;
mod visit;

pub use app::app;
pub use error::AppError;
pub use page::PageData;
#[cfg(feature = "ssr")]
pub use preload::preload;
