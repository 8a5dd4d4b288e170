//! `cargo verify`: every check in turn, each runnable alone; stops at the first that fails.

mod api;
mod budget;
mod checks;
mod deny;
mod end2end;
mod page;
mod scratch;
mod sign_in;
mod walls;

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::outcome::{Failure, Result};
use crate::paths::Paths;
use crate::progress::duration;
use crate::setup::{self, Needs};

const HELP: &str = "\
Usage: cargo verify [step…] [-- arguments]

Sets the machine up, then runs every check, or only the steps named. It stops at the first that fails.
Arguments after `--` go to the tool of a single step: `cargo verify e2e -- --grep stop`, `cargo verify test -- store`.

  --list   the steps and what they check";

/// What a step has to work with.
struct Context<'a> {
    paths: &'a Paths,
    /// For the tool behind the step.
    arguments: &'a [String],
    /// Whether the release build is done in this run.
    built: Cell<bool>,
}

enum Outcome {
    Passed,
    Skipped(String),
}

struct Step {
    name: &'static str,
    checks: &'static str,
    run: fn(&Context) -> Result<Outcome>,
    needs: Needs,
}

const NOTHING: Needs = Needs {
    lint_tools: false,
    wasm_target: false,
    build_tools: false,
    postgres: false,
    browser: false,
    cargo_deny: false,
    api_clients: false,
};
const LINTS: Needs = Needs { lint_tools: true, ..NOTHING };
const LEPTOS: Needs = Needs { wasm_target: true, build_tools: true, ..NOTHING };

const STEPS: [Step; 10] = [
    Step { name: "fmt", checks: "formatting", run: checks::fmt, needs: LINTS },
    Step {
        name: "walls",
        checks: "which crate may use which, and what must not reach the browser or the release",
        run: walls::run,
        needs: NOTHING,
    },
    Step {
        name: "clippy",
        checks: "lints: server side with tests, then the browser's part",
        run: checks::clippy,
        needs: Needs { wasm_target: true, ..LINTS },
    },
    Step {
        name: "deny",
        checks: "licences, sources and known faults of dependencies",
        run: deny::run,
        needs: Needs { cargo_deny: true, ..NOTHING },
    },
    Step {
        name: "test",
        checks: "unit and integration tests, on a real PostgreSQL",
        run: checks::test,
        needs: Needs { postgres: true, ..NOTHING },
    },
    Step { name: "build", checks: "the release build, with pre-compressed files", run: checks::build, needs: LEPTOS },
    Step {
        name: "budget",
        checks: "first load of the chat page: 200 kB at most",
        run: budget::run,
        needs: Needs { postgres: true, ..LEPTOS },
    },
    Step {
        name: "api",
        checks: "the release build's API, called by the official OpenAI clients and by schemathesis",
        run: api::run,
        needs: Needs { postgres: true, api_clients: true, ..LEPTOS },
    },
    Step {
        name: "e2e",
        checks: "the release build in a real browser",
        run: end2end::run,
        needs: Needs { postgres: true, browser: true, ..LEPTOS },
    },
    Step {
        name: "replicas",
        checks: "the same on three servers behind a proxy without sticky sessions",
        run: end2end::run_on_replicas,
        needs: Needs { postgres: true, browser: true, ..LEPTOS },
    },
];

pub fn run(arguments: &[String]) -> Result<()> {
    let (names, rest) = match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    if names.iter().any(|name| name == "--help" || name == "-h") {
        println!("{HELP}");
        return Ok(());
    }
    if names.iter().any(|name| name == "--list") {
        STEPS.iter().for_each(|step| println!("{:<8} {}", step.name, step.checks));
        return Ok(());
    }
    let steps = chosen(names)?;
    if !rest.is_empty() && steps.len() != 1 {
        return Err(Failure::usage("Arguments after `--` need exactly one step before it."));
    }
    let start = Instant::now();
    let paths = Paths::find()?;
    setup::ensure(&paths, all_needs(&steps))?;
    let context = Context { paths: &paths, arguments: rest, built: Cell::new(false) };
    let mut rows = vec![("set-up", "done".to_owned(), start.elapsed())];
    let outcome = steps.iter().try_for_each(|step| run_step(step, &context, &mut rows));
    print_table(&rows, start.elapsed());
    outcome
}

fn run_step(step: &Step, context: &Context, rows: &mut Vec<(&str, String, Duration)>) -> Result<()> {
    println!("\n==> {}: {}", step.name, step.checks);
    let start = Instant::now();
    let outcome = (step.run)(context);
    let elapsed = start.elapsed();
    println!("    {} took {}", step.name, duration(elapsed));
    match outcome {
        Ok(Outcome::Passed) => rows.push((step.name, "passed".to_owned(), elapsed)),
        Ok(Outcome::Skipped(why)) => rows.push((step.name, format!("skipped: {why}"), elapsed)),
        Err(mut failure) => {
            rows.push((step.name, "FAILED".to_owned(), elapsed));
            if !failure.message.is_empty() {
                failure.message =
                    format!("{}\n\nOnly this step again: cargo verify {}", failure.message.trim_end(), step.name);
            }
            return Err(failure);
        }
    }
    Ok(())
}

/// In the order of the list, whatever order they were named in; all of them when none is named.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        let known = STEPS.map(|step| step.name).join(", ");
        return Err(Failure::usage(format!("cargo verify has no step {unknown}. The steps: {known}")));
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect())
}

fn all_needs(steps: &[&Step]) -> Needs {
    let any = |need: fn(&Needs) -> bool| steps.iter().any(|step| need(&step.needs));
    Needs {
        lint_tools: any(|needs| needs.lint_tools),
        wasm_target: any(|needs| needs.wasm_target),
        build_tools: any(|needs| needs.build_tools),
        postgres: any(|needs| needs.postgres),
        browser: any(|needs| needs.browser),
        cargo_deny: any(|needs| needs.cargo_deny),
        api_clients: any(|needs| needs.api_clients),
    }
}

fn print_table(rows: &[(&str, String, Duration)], total: Duration) {
    println!("\n{:<8} {:>12}  result", "step", "time");
    for (name, result, elapsed) in rows {
        println!("{name:<8} {:>12}  {result}", duration(*elapsed));
    }
    println!("{:<8} {:>12}", "total", duration(total));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_in_the_order_of_the_list() {
        let names = ["clippy", "fmt"].map(str::to_owned);
        let steps: Vec<&str> = chosen(&names).expect("known").iter().map(|step| step.name).collect();
        assert_eq!(steps, ["fmt", "clippy"]);
        assert_eq!(chosen(&[]).expect("all").len(), STEPS.len());
        assert!(chosen(&["lint".to_owned()]).is_err());
    }
}
