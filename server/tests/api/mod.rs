//! The app-to-app API, as its callers meet it.

mod callers;
mod command_line;
mod completions;
mod conversations;
mod corpus;
mod described;
mod exchange;
mod keys;
mod once;
mod replies;
