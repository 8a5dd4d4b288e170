//! The app-to-app API of the release build, called by other people's programs: the official OpenAI clients, and
//! schemathesis, which makes requests from the description and holds the answers against it.

use std::time::Duration;

use serde_json::Value;

use super::scratch::Scratch;
use super::{Context, Outcome, checks};
use crate::outcome::{Context as _, Failure, Result};
use crate::ports::Ports;
use crate::stack::{self, Sandbox, Variables};
use crate::{api_clients, http, process};

const READY_PATIENCE: Duration = Duration::from_secs(60);
const PERSON: &str = "Alice Archer";

pub fn run(context: &Context) -> Result<Outcome> {
    let paths = context.paths;
    checks::ensure_built(context)?;
    stack::build_sandbox(paths)?;
    let scratch = Scratch::new()?;
    let logs = paths.target.join("verify");
    let sandbox = Sandbox {
        ports: Ports::free()?,
        data_dir: Some(scratch.path().join("sandbox")),
        fresh: true,
        log: Some(logs.join("api-sandbox.log")),
        hurried: true,
    };
    let mut running = sandbox.start(paths)?;
    let mut variables = sandbox.variables(paths)?;
    // Thousands of requests come from one person here.
    stack::set(&mut variables, "API_REQUESTS_PER_MINUTE", "1000000".to_owned());
    let log = logs.join("api-app.log");
    let mut app = stack::start_release_app(paths, &variables, Some(&log))?;
    stack::await_ready(sandbox.ports.app, &mut [&mut running, &mut app], Some(READY_PATIENCE))?;
    let origin = format!("http://localhost:{}", sandbox.ports.app);
    let token = token(sandbox.ports.http)?;
    let caller = Caller { context, origin, token, variables };
    caller.node()?;
    if api_clients::python(paths, "python").is_none() {
        return Ok(Outcome::Skipped("without Python's venv only the Node client was run".to_owned()));
    }
    caller.python()?;
    caller.schemathesis()?;
    Ok(Outcome::Passed)
}

/// Somebody with a token, and where to call.
struct Caller<'a> {
    context: &'a Context<'a>,
    origin: String,
    token: String,
    variables: Variables,
}

impl Caller<'_> {
    fn node(&self) -> Result<()> {
        let mut node = process::command("node");
        node.arg(self.file("node_client.mjs"));
        self.run(node, "the OpenAI client for Node")
    }

    fn python(&self) -> Result<()> {
        let mut python = self.tool("python");
        python.arg(self.file("python_client.py"));
        self.run(python, "the OpenAI client for Python")
    }

    /// The same requests every time: the seed is fixed.
    fn schemathesis(&self) -> Result<()> {
        let mut command = self.tool("schemathesis");
        command.arg("--config-file").arg(self.file("schemathesis.toml"));
        command.arg("run").arg(format!("{}/api/openapi.json", self.origin));
        command.args(["--header", &format!("Authorization: Bearer {}", self.token)]);
        command.args(["--seed", "1", "--max-examples", "100", "--phases", "examples,coverage,fuzzing", "--no-color"]);
        command.args(["--request-timeout", "30"]);
        command.args(self.context.arguments);
        self.run(command, "schemathesis")
    }

    fn run(&self, mut command: std::process::Command, what: &str) -> Result<()> {
        println!("    {what}");
        command
            .envs(self.variables.iter().filter(|(name, _)| name == "PATH").cloned())
            .env("API_URL", format!("{}/api/v1", self.origin))
            .env("API_TOKEN", &self.token)
            .env("BANTER_TOOLS_DIR", &self.context.paths.tools)
            // What the tools leave behind does not belong into the clone.
            .current_dir(self.context.paths.target.join("verify"));
        process::show(command, what)
    }

    fn tool(&self, name: &str) -> std::process::Command {
        process::command(api_clients::python(self.context.paths, name).unwrap_or_else(|| name.into()))
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.context.paths.end2end().join("clients").join(name)
    }
}

/// As the provider gives it to a person's program.
fn token(sandbox_port: u16) -> Result<String> {
    let url = format!("http://localhost:{sandbox_port}/_sandbox/tokens");
    let body = format!(r#"{{"persona":"{PERSON}"}}"#);
    let response = http::request("POST", &url, &[], Some(&body))?;
    let answer: Value = serde_json::from_slice(&response.body).context("reading a token of the sandbox's")?;
    let token = answer["access_token"].as_str().map(str::to_owned);
    token.ok_or_else(|| Failure::new(format!("{url} gave no token: {answer}")))
}
