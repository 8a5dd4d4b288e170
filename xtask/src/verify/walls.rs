//! The direction of dependencies: frontend → app → model, app –(ssr)→ services → model, server → app and services.

use serde_json::Value;

use super::{Context, Outcome};
use crate::outcome::{Failure, Result};
use crate::paths::{Paths, metadata_without_dependencies};
use crate::process;

/// A crate, and the only crates of this workspace it may use outside its tests.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("texts", &[]),
    ("model", &["texts"]),
    ("services", &["model", "texts"]),
    ("app", &["model", "services", "texts"]),
    ("frontend", &["app", "model"]),
    ("server", &["app", "services", "model", "texts"]),
    ("sandbox", &["model"]),
    ("xtask", &[]),
    ("load", &[]),
];

/// A crate, and what it must not name itself, in whatever form.
const MUST_NOT_NAME: [(&str, &[&str]); 3] = [
    ("model", &["tokio", "sqlx", "axum", "reqwest"]),
    ("app", &["sqlx", "reqwest"]),
    ("services", &["axum", "leptos"]),
];

/// What a build must not contain, however deep. The first column is `cargo tree`'s arguments.
const MUST_NOT_CONTAIN: [(&[&str], &[&str]); 3] = [
    (&["--package", "model"], &["tokio", "sqlx", "axum", "reqwest"]),
    (
        &["--package", "frontend", "--target", "wasm32-unknown-unknown"],
        &["tokio", "sqlx", "axum", "reqwest", "services", "server", "sandbox"],
    ),
    (&["--package", "server"], &["sandbox", "xtask", "frontend"]),
];

pub fn run(context: &Context) -> Result<Outcome> {
    let metadata = metadata_without_dependencies()?;
    let mut faults = faults_in_manifests(&metadata);
    for (arguments, forbidden) in MUST_NOT_CONTAIN {
        let names = contents(context.paths, arguments)?;
        let found = forbidden.iter().filter(|name| names.iter().any(|known| known == *name));
        faults.extend(found.map(|name| format!("`cargo tree --edges normal {}` contains {name}", arguments.join(" "))));
    }
    if faults.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Err(Failure::new(format!("Dependencies that cross a wall:\n  {}", faults.join("\n  "))))
    }
}

fn faults_in_manifests(metadata: &Value) -> Vec<String> {
    let members: Vec<&str> =
        array(metadata, "packages").iter().filter_map(|package| package["name"].as_str()).collect();
    let mut faults = Vec::new();
    for package in array(metadata, "packages") {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("{name} is a new crate: say in xtask/src/verify/walls.rs what it may use"));
            continue;
        };
        for dependency in array(package, "dependencies").iter().filter(|dependency| !is_for_tests(dependency)) {
            let used = dependency["name"].as_str().unwrap_or_default();
            if members.contains(&used) && !allowed.contains(&used) {
                faults.push(format!("{name} must not use {used}"));
            }
            if (name, used) == ("app", "services") && dependency["optional"] != true {
                faults.push("app must have services as an optional dependency, behind its feature ssr".to_owned());
            }
            if MUST_NOT_NAME.iter().any(|(from, to)| *from == name && to.contains(&used)) {
                faults.push(format!("{name} must not depend on {used}"));
            }
        }
    }
    faults
}

fn is_for_tests(dependency: &Value) -> bool {
    dependency["kind"] == "dev"
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The names of all packages in a build.
fn contents(paths: &Paths, arguments: &[&str]) -> Result<Vec<String>> {
    let mut command = process::cargo();
    command.args(["tree", "--quiet", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    command.args(arguments).current_dir(&paths.root);
    let text = process::capture(command, "cargo tree")?;
    Ok(text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_crossed_wall_is_named() {
        let dependency = |name, kind, optional| json!({"name": name, "kind": kind, "optional": optional});
        let package = |name, dependencies: Value| json!({"name": name, "dependencies": dependencies});
        let metadata = json!({"packages": [
            package("model", json!([dependency("serde", Value::Null, false), dependency("tokio", Value::Null, false)])),
            package("services", json!([dependency("sandbox", json!("dev"), false)])),
            package("app", json!([dependency("services", Value::Null, false)])),
            package("frontend", json!([dependency("services", Value::Null, false)])),
        ]});
        assert_eq!(
            faults_in_manifests(&metadata),
            [
                "model must not depend on tokio",
                "app must have services as an optional dependency, behind its feature ssr",
                "frontend must not use services",
            ]
        );
    }
}
