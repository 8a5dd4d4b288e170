//! The sandbox behaves as the real services do, as far as a client can tell.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say so at once")]

mod client_auth;
mod control;
mod graph;
mod helper;
mod id_tokens;
mod openai_errors;
mod openai_stream;
mod postgres;
mod sign_in;
mod sign_out;
mod token_endpoint;
