//! The sandbox as a program: `serve`, `postgres`, `env`.

mod cli;
mod environment;
mod lifetime;
mod run;

use std::process::ExitCode;

use cli::Command;

fn main() -> ExitCode {
    let command = match cli::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("sandbox: {message}\n\n{}", cli::USAGE);
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("sandbox: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        match command {
            Command::Serve(serve) => run::serve(serve).await,
            Command::Postgres(postgres) => run::postgres(postgres).await,
            Command::Env(serve) => environment::print(&serve),
            Command::Help => {
                println!("{}", cli::USAGE);
                Ok(())
            }
        }
    });
    // Answers under way must not keep the program alive.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}
