//! What other people's programs call the API with: the official OpenAI clients and schemathesis, each at one version.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::Result;
use crate::paths::{Paths, is_executable};
use crate::progress::Step;
use crate::{cargo_deny, npm, process};

const PYTHON: [&str; 2] = ["openai==3.54.0", "schemathesis==4.32.5"];
const NODE: (&str, &str) = ("openai", "6.49.0");

const NETWORK: &str =
    "Check the network (pypi.org and registry.npmjs.org must be reachable), then run the same command again.";

/// Whether all of them are there, as far as this machine can have them.
pub fn are_there(paths: &Paths) -> bool {
    let (name, version) = NODE;
    let has_node = npm::installed_version(paths, name).as_deref() == Some(version);
    has_node && (has_python(paths) || !can_have_python())
}

/// Python's, in an environment of their own; `None` where there is no Python that can make one.
pub fn python(paths: &Paths, name: &str) -> Option<PathBuf> {
    has_python(paths).then(|| environment(paths).join("bin").join(name))
}

pub fn install(paths: &Paths) -> Result<()> {
    let step = |what, why| Step { what, why, expected: "under a minute", remedy: NETWORK };
    let (name, version) = NODE;
    if npm::installed_version(paths, name).as_deref() != Some(version) {
        npm::ensure_npm()?;
        let step = step("the OpenAI client for Node", "calls the API as other people's programs do");
        step.run(|| npm::npm_install(paths, &format!("{name}@{version}")))?;
    }
    if has_python(paths) || !can_have_python() {
        return Ok(());
    }
    let step = step("the OpenAI client for Python and schemathesis", "call the API as other people's programs do");
    step.run(|| make_environment(&environment(paths)))?;
    std::fs::write(stamp(paths), PYTHON.join(" ")).ok();
    Ok(())
}

fn make_environment(folder: &Path) -> Command {
    let mut command = process::command("sh");
    // The folder's name comes as a parameter, whatever is in it.
    let script = "python3 -m venv --clear \"$0\" && \"$0/bin/pip\" install --quiet --disable-pip-version-check \"$@\"";
    command.args(["-c", script]).arg(folder).args(PYTHON);
    command
}

/// Debian splits `venv` off; pip alone is not enough.
fn can_have_python() -> bool {
    let mut command = Command::new("python3");
    command.args(["-c", "import venv, ensurepip"]).stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    cargo_deny::can_install() && command.status().is_ok_and(|status| status.success())
}

fn has_python(paths: &Paths) -> bool {
    let is_whole = std::fs::read_to_string(stamp(paths)).is_ok_and(|versions| versions == PYTHON.join(" "));
    is_whole && is_executable(&environment(paths).join("bin/schemathesis"))
}

fn environment(paths: &Paths) -> PathBuf {
    paths.tools.join("api-clients")
}

fn stamp(paths: &Paths) -> PathBuf {
    environment(paths).join(".versions")
}
