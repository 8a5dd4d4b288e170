//! "My access": photo, name, groups, roles, session.

use leptos::{html::Main, prelude::*};
use model::{Group, Profile, UserRole};

use crate::{
    clock,
    html::{Element, effect, el, icon, live},
    page::{Content, Page},
    theme,
    unreadable::unreadable,
};

/// The page at `/profile`.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let page = Page::here();
    let main = NodeRef::<Main>::new();
    effect(move || {
        if let Some(main) = main.get() {
            clock::localise(&main);
        }
    });
    view! {
        <main class="profile" node_ref=main>
            {live(move || bar(theme::button(page.theme.get())))}
            {live(move || page.content.with(content))}
        </main>
    }
}

fn bar(theme: Element) -> Element {
    let back = el("a").class("quiet").attr("href", "/chat").child(icon("#back")).child("Back to the chat");
    let sign_out = el("form")
        .attr("action", "/api/auth/signout")
        .attr("method", "post")
        .child(el("button").class("quiet").child("Sign out"));
    el("div").class("bar").child(back).child(el("span").class("end").child(theme).child(sign_out))
}

fn content(content: &Content) -> Element {
    match content {
        Content::Profile(Ok(profile)) => access(profile),
        Content::Profile(Err(error)) => unreadable(error),
        // Another page takes over.
        _ => el("div"),
    }
}

fn access(profile: &Profile) -> Element {
    let viewer = &profile.viewer;
    let roles: Vec<_> = viewer.roles.iter().map(|role| role_label(*role)).collect();
    let face = el("img")
        .class("face")
        .attr("src", format!("/api/photo/{}", viewer.id))
        .attr("alt", format!("Photo of {}", viewer.name))
        .attr("width", "96")
        .attr("height", "96");
    let name = el("div")
        .child(el("h1").child(viewer.name.clone()))
        .children(profile.job_title.iter().map(|title| el("p").child(title.clone())));
    let facts = [
        ("E-mail", profile.email.clone()),
        ("Department", viewer.department.clone()),
        ("Preferred language", profile.preferred_language.clone()),
        ("Roles", Some(roles.join(", "))),
    ];
    let facts = facts.into_iter().filter_map(|(term, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(fact(term, el("dd").child(value)))
    });
    let facts = el("dl")
        .class("facts")
        .children(facts)
        .child(moment("Read from the directory", &profile.synced_at))
        .child(moment("This session ends at the latest", &profile.session_expires_at));
    el("div")
        .class("sheet")
        .child(el("header").class("person").child(face).child(name))
        .child(facts)
        .child(groups(&profile.groups))
}

fn fact(term: &'static str, value: Element) -> Element {
    el("div").child(el("dt").child(term)).child(value)
}

fn moment(term: &'static str, at: &str) -> Element {
    let time = el("time").attr("datetime", at.to_owned()).attr("data-full", "").child(clock::date_and_time(at));
    fact(term, el("dd").child(time))
}

fn groups(groups: &[Group]) -> Element {
    let heading = el("h2").child("Groups ").child(el("small").child(groups.len().to_string()));
    let items = groups.iter().map(|Group { id, name }| match name {
        Some(name) => el("li").attr("title", id.clone()).child(name.clone()),
        None => el("li").child(el("code").child(id.clone())),
    });
    let section = el("section").class("groups").child(heading);
    let section = if groups.is_empty() {
        section.child(el("p").class("empty").child("The directory lists no groups for you."))
    } else {
        section
    };
    section.child(el("ul").children(items))
}

fn role_label(role: UserRole) -> &'static str {
    match role {
        UserRole::User => "User",
        UserRole::Admin => "Administrator",
    }
}
