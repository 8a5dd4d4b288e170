//! The app-to-app API, as its callers meet it.

mod callers;
mod corpus;
mod exchange;
mod keys;
