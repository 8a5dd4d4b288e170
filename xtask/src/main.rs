//! `cargo dev` and `cargo verify`: sets the machine up, then starts everything or checks everything.

mod api_clients;
mod browser;
mod cargo_deny;
mod dev;
mod http;
mod npm;
mod options;
mod outcome;
mod paths;
mod ports;
mod process;
mod progress;
mod service;
mod setup;
mod stack;
mod tools;
mod verify;

use std::process::ExitCode;

use outcome::{Failure, Result};

const HELP: &str = "\
Usage: cargo dev [options]       set up, then run the app with its sandbox
       cargo verify [steps]      set up, then run every check

`cargo dev --help` and `cargo verify --help` say more.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                eprintln!("\n{}", failure.message);
            }
            ExitCode::from(failure.code)
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    process::listen_for_interrupts()?;
    match arguments.split_first() {
        Some((command, rest)) if command == "dev" => dev::run(rest),
        Some((command, rest)) if command == "verify" => verify::run(rest),
        Some((command, _)) if command == "--help" || command == "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(Failure::usage(HELP)),
    }
}
