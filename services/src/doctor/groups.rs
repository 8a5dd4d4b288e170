//! The groups of the configuration: are they there, and what are they called.

use std::sync::Arc;

use model::UserRole;
use uuid::Uuid;

use super::{Check, Doctor, Outcome, directory::Answer};
use crate::config::RoleRule;

pub(super) async fn examine(doctor: Arc<Doctor>) -> Vec<Check> {
    let mut checks = Vec::new();
    // Set once the directory tells nothing about groups: asking it again would tell no more.
    let mut silent = false;
    for rule in &doctor.config().access.roles {
        let variable = variable(&rule.role);
        if rule.group_ids.is_empty() {
            checks.push(Outcome::ok(without_groups(&doctor, rule)).of(variable.clone()));
        }
        for id in &rule.group_ids {
            let outcome = match (Uuid::parse_str(id), silent) {
                (Err(_), _) => malformed(id),
                (Ok(_), true) => Outcome::skipped(format!("{id}: see above")),
                (Ok(_), false) => group(&doctor, &variable, id).await.unwrap_or_else(|outcome| {
                    silent = true;
                    outcome
                }),
            };
            checks.push(outcome.of(variable.clone()));
        }
    }
    checks
}

/// Where the groups of a role are written down.
fn variable(role: &UserRole) -> String {
    match role {
        UserRole::User => "ALLOWED_GROUP_IDS".to_owned(),
        UserRole::Auditor => "AUDITOR_GROUP_IDS".to_owned(),
        UserRole::Admin => "ADMIN_GROUP_IDS".to_owned(),
        UserRole::Other(name) => format!("[roles.{name}]"),
    }
}

fn without_groups(doctor: &Doctor, rule: &RoleRule) -> String {
    if !rule.app_roles.is_empty() {
        return format!("no groups; whoever has the app role {}", rule.app_roles.join(" or "));
    }
    match rule.role {
        UserRole::User if doctor.config().access.is_open() => "empty: everybody the provider signs in may use the app",
        _ => "empty: nobody",
    }
    .to_owned()
}

/// An error is what would have to be said of any other group, too.
async fn group(doctor: &Doctor, variable: &str, id: &str) -> Result<Outcome, Outcome> {
    let mut url = doctor.graph_url(&["groups", id]);
    url.query_pairs_mut().append_pair("$select", "id,displayName");
    match doctor.ask_graph(url).await {
        Ok(Answer::Found(group)) => {
            let name = group["displayName"].as_str().unwrap_or("a group without a name");
            Ok(Outcome::ok(format!("{id} is \"{name}\"")))
        }
        Ok(Answer::Missing) => Ok(Outcome::wrong(
            format!("The directory has no group with the id {id}."),
            format!(
                "Correct {variable}, or the role in the file of BANTER_CONFIG. They take the \"Object ID\" of groups of \
                 the tenant that people sign in to."
            ),
        )),
        Ok(Answer::Denied) => Err(Outcome::skipped(format!(
            "{id}: cannot be told without a person, whose sign-in shows it. An app with the application permission \
             GroupMember.Read.All could look it up here"
        ))),
        Err(Outcome::Skipped { reason }) => Err(Outcome::skipped(format!("{id}: {reason}"))),
        Err(outcome) => Err(outcome),
    }
}

fn malformed(id: &str) -> Outcome {
    Outcome::wrong(
        format!("{id} is no object id, so nobody is in that group."),
        "Groups are named by their \"Object ID\", such as 33333333-3333-4333-8333-333333333333; see \"Groups\" in the \
         Entra admin centre.",
    )
}
