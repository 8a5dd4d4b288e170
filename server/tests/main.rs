//! Behaviour through the front door: real HTTP, real PostgreSQL (a database for each test), the sandbox over the wire.

mod support;

mod answering;
mod configuration;
mod doors;
mod ownership;
mod profile;
mod signing_in;
mod signing_in_badly;
mod signing_out;
mod trouble;
