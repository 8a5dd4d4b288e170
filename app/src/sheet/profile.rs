//! "My access": who one is to the app, what one may do and why, where one is signed in.

use model::{Group, UserRole};
use services::people::{Because, Granted, Profile, RecordedSignIn, StoredSession};
use uuid::Uuid;

use super::{
    Sheet,
    api::read_profile,
    device::device,
    parts::{deed, fact, maybe, moment, nothing, section, table, text},
    usage::own_usage,
};
use crate::{
    AppError,
    context::{Asker, RequestContext},
    html::{Element, el},
};

/// The sheet at `/profile`.
pub(crate) async fn profile(request: &RequestContext, asker: &Asker) -> Result<Sheet, AppError> {
    let profile = read_profile(request, asker.viewer.id).await.map_err(|error| request.fail(error))?;
    let usage = own_usage(request, asker.viewer.id).await?;
    let body = el("div")
        .class("sheet")
        .child(person(asker, &profile))
        .child(facts(asker, &profile))
        .child(usage)
        .child(roles(&profile.roles, asker.viewer.audits()))
        .child(sessions(&profile.sessions, asker.session))
        .child(sign_ins(&profile.sign_ins))
        .child(groups(&profile.details.groups));
    Ok(Sheet { title: "Profile".to_owned(), body })
}

fn person(asker: &Asker, profile: &Profile) -> Element {
    let face = el("img")
        .class("face")
        .attr("src", format!("/api/photo/{}", asker.viewer.id))
        .attr("alt", format!("Photo of {}", asker.viewer.name))
        .attr("width", "96")
        .attr("height", "96");
    let name = el("div")
        .child(el("h1").child(profile.details.display_name.clone()))
        .children(profile.details.job_title.iter().map(|title| el("p").child(title.clone())));
    el("header").class("person").child(face).child(name).child(deed(
        "/fn/refresh_profile",
        "Read from the directory again",
        "",
        &[],
    ))
}

fn facts(asker: &Asker, profile: &Profile) -> Element {
    let details = &profile.details;
    let known = [
        ("E-mail", &details.email),
        ("Sign-in name", &details.username),
        ("Department", &details.department),
        ("Preferred language", &details.preferred_language),
    ];
    let known = known.into_iter().filter_map(|(term, value)| {
        let value = value.clone().filter(|value| !value.is_empty())?;
        Some(fact(term, el("dd").child(value)))
    });
    let ends = el("time").attr("datetime", asker.expires_at.to_string()).attr("data-full", "");
    let ends = ends.child(crate::clock::date_and_time(&asker.expires_at));
    el("dl")
        .class("facts")
        .children(known)
        .child(fact("Read from the directory", el("dd").child(moment(details.synced_at))))
        .child(fact("This session ends at the latest", el("dd").child(ends)))
}

fn roles(roles: &[Granted], audits: bool) -> Element {
    let items = roles.iter().map(|granted| {
        let why = match &granted.because {
            Because::Everybody => "Everybody in the company has it.".to_owned(),
            Because::Group(group) => format!("By the group {}.", group.name.as_ref().unwrap_or(&group.id)),
            Because::AppRole(name) => format!("By the application role {name}."),
        };
        el("li").child(el("b").child(role_name(&granted.role))).child(" ").child(el("span").child(why))
    });
    let section = section("Roles", None).class("roles").child(el("ul").children(items));
    if audits {
        let link = el("a").class("strong").attr("href", "/admin").attr("rel", "external").child("Administration");
        section.child(el("p").child(link))
    } else {
        section
    }
}

/// What people call a role.
pub(super) fn role_name(role: &UserRole) -> String {
    match role {
        UserRole::User => "User".to_owned(),
        UserRole::Auditor => "Auditor".to_owned(),
        UserRole::Admin => "Administrator".to_owned(),
        UserRole::Other(name) => name.clone(),
    }
}

fn sessions(sessions: &[StoredSession], this: Uuid) -> Element {
    let items = sessions.iter().map(|session| {
        let name = device(session.user_agent.as_deref());
        let about = el("div").child(el("b").child(name.clone())).child(
            el("small")
                .child(session.network.clone().unwrap_or_else(|| "unknown network".to_owned()))
                .child(", since ")
                .child(moment(session.created_at))
                .child(", last seen ")
                .child(moment(session.last_seen_at)),
        );
        let item = el("li").child(about);
        if session.public_id == this {
            item.child(el("span").class("mark").child("This session"))
        } else {
            item.child(deed("/fn/end_session", "End", &name, &[("session", session.public_id.to_string())]))
        }
    });
    let section = section("Sessions", Some(sessions.len())).class("sessions").child(el("ul").children(items));
    if sessions.len() > 1 {
        section.child(deed("/fn/end_other_sessions", "End all other sessions", "", &[]))
    } else {
        section
    }
}

fn sign_ins(sign_ins: &[RecordedSignIn]) -> Element {
    let section = section("Recent sign-ins", None).class("sign-ins");
    if sign_ins.is_empty() {
        return section.child(nothing("There are none yet."));
    }
    let rows = sign_ins.iter().map(|sign_in| {
        let event = &sign_in.event;
        vec![
            moment(sign_in.at),
            text(outcome(&event.outcome)),
            text(device(event.user_agent.as_deref())),
            maybe(event.network.as_ref()),
        ]
    });
    section.child(table("Recent sign-ins", &["When", "What happened", "Device", "Network"], rows))
}

/// An outcome in the trail, for people.
pub(super) fn outcome(name: &str) -> String {
    match name {
        "success" => "Signed in",
        "not_allowed" => "No access",
        "cancelled" => "Cancelled",
        "refused" => "Refused by the sign-in service",
        "unverified" => "Could not be verified",
        "replayed" => "Used twice",
        "directory" => "Groups could not be checked",
        "provider_unreachable" | "credential" => "Sign-in service not reachable",
        "database" => "Could not be stored",
        other => other,
    }
    .to_owned()
}

fn groups(groups: &[Group]) -> Element {
    let items = groups.iter().map(|Group { id, name }| match name {
        Some(name) => el("li").attr("title", id.clone()).child(name.clone()),
        None => el("li").child(el("code").child(id.clone())),
    });
    let section = section("Groups", Some(groups.len())).class("groups");
    if groups.is_empty() {
        return section.child(nothing("The directory lists no groups for you."));
    }
    section.child(el("ul").children(items))
}
