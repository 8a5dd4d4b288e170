//! The command line of `cargo dev`.

use std::slice::Iter;

use crate::outcome::{Failure, Result};
use crate::ports::Ports;

pub const HELP: &str = "\
Usage: cargo dev [options]

Sets the machine up, then runs the app on http://localhost:3000 with its sandbox beside it:
PostgreSQL, and stand-ins for Entra, Graph and Azure OpenAI. Rebuilds when a file changes. Ctrl-C stops all of it.

  --release        the release build, without watching
  --fresh          start with an empty database
  --sandbox-only   start the sandbox only; run the app yourself with the variables of --print-env
  --print-env      print the app's variables as KEY=value lines, and do nothing else; for example
                       set -a; eval \"$(cargo dev --print-env)\"; set +a; cargo leptos watch
  --port N         the app (3000)
  --reload-port N  the page's reload signal while watching (3001)
  --http-port N    the sandbox (4000)
  --https-port N   the sandbox with TLS (4443)
  --pg-port N      the sandbox's PostgreSQL (5433)

Variables:
  DATABASE_URL      set = use this PostgreSQL instead of the sandbox's
  BANTER_TOOLS_DIR  where tools are installed
                    (default: ~/.cache/banter/tools; for root: /var/cache/banter/tools)";

#[derive(Default)]
pub struct DevOptions {
    pub help: bool,
    pub release: bool,
    pub fresh: bool,
    pub sandbox_only: bool,
    pub print_env: bool,
    pub ports: Ports,
}

impl DevOptions {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--help" | "-h" => options.help = true,
                "--release" | "-r" => options.release = true,
                "--fresh" => options.fresh = true,
                "--sandbox-only" => options.sandbox_only = true,
                "--print-env" => options.print_env = true,
                "--port" => options.ports.app = number(argument, &mut rest)?,
                "--reload-port" => options.ports.reload = number(argument, &mut rest)?,
                "--http-port" => options.ports.http = number(argument, &mut rest)?,
                "--https-port" => options.ports.https = number(argument, &mut rest)?,
                "--pg-port" => options.ports.postgres = number(argument, &mut rest)?,
                unknown => {
                    return Err(Failure::usage(format!("cargo dev does not know {unknown}\n\n{HELP}")));
                }
            }
        }
        Ok(options)
    }
}

fn number(option: &str, rest: &mut Iter<String>) -> Result<u16> {
    rest.next()
        .and_then(|text| text.parse().ok())
        .filter(|port| *port != 0)
        .ok_or_else(|| Failure::usage(format!("{option} needs a port number, 1 to 65535")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<DevOptions> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        DevOptions::parse(&arguments)
    }

    #[test]
    fn ports_and_flags_are_understood() {
        let options = parse("--release --port 3100 --fresh").expect("valid");
        assert!(options.release && options.fresh && !options.print_env);
        assert_eq!(options.ports.app, 3100);
        assert_eq!(options.ports.http, 4000);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(parse("--prot 3").is_err());
        assert!(parse("--port").is_err());
        assert!(parse("--port zero").is_err());
    }
}
