//! `banter doctor`: prints the examination, for people or as JSON.

use std::{
    io::{IsTerminal as _, Write as _, stdout},
    pin::pin,
    process::ExitCode,
    sync::Arc,
};

use futures::{StreamExt as _, stream};
use serde_json::json;
use server::{Site, SiteError};
use services::{
    config::{Config, ConfigFaults},
    doctor::{Check, Doctor, Outcome},
};

/// Lines are broken before they get longer.
const WIDTH: usize = 110;
/// Where what was seen begins: behind the verdict and the subject.
const SUBJECT_WIDTH: usize = 24;
const VERDICT_WIDTH: usize = 9;

/// Prints each check as soon as those before it are done, and then how many there were of which kind. Succeeds when
/// nothing is wrong.
pub(crate) async fn examine(config: Config, site: Result<Site, SiteError>, json: bool) -> ExitCode {
    let files = static_files(site);
    let printer = Printer { json, colour: !json && wants_colour() };
    let checks = match Doctor::new(config) {
        Ok(doctor) => Arc::new(doctor).examine().boxed(),
        Err(error) => {
            let remedy = "Nothing else could be examined; mend this first.";
            stream::iter([Outcome::wrong(error.to_string(), remedy).of("configuration")]).boxed()
        }
    };
    let mut checks = pin!(stream::iter([files]).chain(checks));
    let mut all = Vec::new();
    while let Some(check) = checks.next().await {
        printer.check(&check);
        all.push(check);
    }
    printer.summary(&all);
    if count(&all, "wrong") == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is wrong with the configuration itself, as JSON.
pub(crate) fn print_faults(faults: &ConfigFaults) {
    let faults: Vec<_> = faults
        .0
        .iter()
        .map(|fault| json!({ "variable": fault.variable, "problem": fault.problem, "expected": fault.example }))
        .collect();
    print(&format!("{:#}\n", json!({ "ok": false, "faults": faults })));
}

fn static_files(site: Result<Site, SiteError>) -> Check {
    match site {
        Ok(site) => Outcome::ok(site.root().display().to_string()),
        Err(error) => {
            Outcome::wrong(error.to_string(), "Copy the build's target/site to where the binary is, of the same build.")
        }
    }
    .of("static files")
}

struct Printer {
    json: bool,
    colour: bool,
}

impl Printer {
    fn check(&self, check: &Check) {
        if self.json {
            return;
        }
        let verdict = self.coloured(check.outcome.verdict());
        let mut text = format!("{verdict}{:SUBJECT_WIDTH$} ", check.subject);
        let indent = VERDICT_WIDTH + SUBJECT_WIDTH + 1;
        match &check.outcome {
            Outcome::Ok { seen: said } | Outcome::Skipped { reason: said } => text += &wrapped(said, indent),
            Outcome::Warning { cause, remedy } | Outcome::Wrong { cause, remedy } => {
                text = text.trim_end().to_owned();
                for (label, said) in [("cause", cause), ("remedy", remedy)] {
                    text += &format!("\n{:VERDICT_WIDTH$}{label:7} {}", "", wrapped(said, VERDICT_WIDTH + 8));
                }
            }
        }
        print(&format!("{}\n", text.trim_end()));
    }

    fn summary(&self, checks: &[Check]) {
        let [ok, warning, wrong, skipped] = ["ok", "warning", "wrong", "skipped"].map(|verdict| count(checks, verdict));
        if self.json {
            let summary = json!({ "ok": ok, "warning": warning, "wrong": wrong, "skipped": skipped });
            return print(&format!("{:#}\n", json!({ "ok": wrong == 0, "checks": checks, "summary": summary })));
        }
        let mut parts = vec![format!("{ok} ok")];
        let others = [(warning, "warning"), (wrong, "wrong"), (skipped, "skipped")];
        parts.extend(others.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")));
        let verdict = if wrong == 0 { "Nothing is wrong." } else { "Not everything works." };
        print(&format!("\n{} checks: {}. {verdict}\n", checks.len(), parts.join(", ")));
    }

    fn coloured(&self, verdict: &str) -> String {
        let padded = format!("{verdict:VERDICT_WIDTH$}");
        if !self.colour {
            return padded;
        }
        let code = match verdict {
            "ok" => 32,
            "warning" => 33,
            "wrong" => 31,
            _ => 2,
        };
        format!("\x1b[{code}m{padded}\x1b[0m")
    }
}

fn count(checks: &[Check], verdict: &str) -> usize {
    checks.iter().filter(|check| check.outcome.verdict() == verdict).count()
}

/// <https://no-color.org>
fn wants_colour() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    stdout().is_terminal() && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Words in lines of [`WIDTH`], all but the first indented. Whatever a service said, it cannot command the terminal.
fn wrapped(text: &str, indent: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (mut lines, mut column) = (String::new(), indent);
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            lines += &format!("\n{:indent$}", "");
            column = indent;
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines += word;
        column += length;
    }
    lines
}

/// A reader that went away, such as `head`, is no reason to fail.
fn print(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
