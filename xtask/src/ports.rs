//! The TCP ports of the app and its sandbox.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::outcome::{Context, Failure, Result};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ports {
    pub app: u16,
    pub reload: u16,
    pub http: u16,
    pub https: u16,
    pub postgres: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { app: 3000, reload: 3001, http: 4000, https: 4443, postgres: 5433 }
    }
}

impl Ports {
    /// Five that nobody listens on now.
    pub fn free() -> Result<Self> {
        let mut held = Vec::new();
        let mut next = || -> Result<u16> {
            let listener = bind(0).context("looking for a free port")?;
            let port = listener.local_addr().context("looking for a free port")?.port();
            // Held until all are chosen, so that none is chosen twice.
            held.push(listener);
            Ok(port)
        };
        Ok(Self { app: next()?, reload: next()?, http: next()?, https: next()?, postgres: next()? })
    }

    /// The sandbox's flags for these.
    pub fn sandbox_flags(&self) -> Vec<String> {
        [("--http-port", self.http), ("--https-port", self.https), ("--pg-port", self.postgres)]
            .into_iter()
            .flat_map(|(flag, port)| [flag.to_owned(), port.to_string()])
            .collect()
    }
}

/// One port about to be used: what for, and the option that changes it.
pub struct Wanted {
    pub port: u16,
    pub purpose: &'static str,
    pub option: &'static str,
}

/// Names every port that is taken, and how to choose another.
pub fn check_free(wanted: &[Wanted]) -> Result<()> {
    let taken: Vec<String> = wanted
        .iter()
        .filter(|wanted| bind(wanted.port).is_err())
        .map(|wanted| {
            format!(
                "Port {} ({}) is in use. Stop what uses it (`ss -ltnp` lists it) or choose another: \
                 cargo dev {} <port>",
                wanted.port, wanted.purpose, wanted.option
            )
        })
        .collect();
    if taken.is_empty() { Ok(()) } else { Err(Failure::new(taken.join("\n"))) }
}

fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_the_option_that_changes_it() {
        let listener = bind(0).expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let wanted = [Wanted { port, purpose: "the app", option: "--port" }];
        let message = check_free(&wanted).expect_err("taken").message;
        assert!(message.contains(&port.to_string()) && message.contains("--port"));
        drop(listener);
        assert!(check_free(&wanted).is_ok());
    }
}
