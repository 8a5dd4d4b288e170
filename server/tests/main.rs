//! Behaviour through the front door: real HTTP, real PostgreSQL (a database for each test), the sandbox over the wire.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test, a panic is the report")]

mod support;

mod access;
mod answering;
mod api;
mod doctor;
mod doors;
mod every_door;
mod failover;
mod flow;
mod languages;
mod library;
mod logs;
mod metering;
mod moving;
mod odd_models;
mod other_provider;
mod ownership;
mod process;
mod profile;
mod proving;
mod sessions;
mod signing_in;
mod signing_in_badly;
mod signing_out;
mod trouble;
mod typesetting;
mod verification;
mod versions;
