//! "My access": photo, name, groups, roles, session.

use leptos::{either::Either, html, prelude::*};
use leptos_meta::Title;
use model::{Group, Profile, UserRole};

use super::api;
use crate::{clock, icon::Icon, theme::ThemeButton, unreadable::Unreadable};

/// The page at `/profile`.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let profile = Resource::new(|| (), |()| api::profile());
    view! {
        <Title text="Profile" />
        <main class="profile">
            <div class="bar">
                <a class="quiet" href="/chat">
                    <Icon href="#back" />
                    "Back to the chat"
                </a>
                <span class="end">
                    <ThemeButton />
                    <form action="/api/auth/signout" method="post">
                        <button class="quiet">"Sign out"</button>
                    </form>
                </span>
            </div>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    match profile.await {
                        Ok(profile) => Either::Left(view! { <Access profile /> }),
                        Err(error) => Either::Right(view! { <Unreadable error /> }),
                    }
                })}
            </Suspense>
        </main>
    }
}

#[component]
fn Access(profile: Profile) -> impl IntoView {
    let Profile { viewer, email, job_title, preferred_language, groups, synced_at, session_expires_at, .. } = profile;
    let card = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(card) = card.get() {
            clock::localise(&card);
        }
    });
    let roles: Vec<_> = viewer.roles.iter().map(|role| role_label(*role)).collect();
    view! {
        <div class="sheet" node_ref=card>
            <header class="person">
                <img
                    class="face"
                    src=format!("/api/photo/{}", viewer.id)
                    alt=format!("Photo of {}", viewer.name)
                    width="96"
                    height="96"
                />
                <div>
                    <h1>{viewer.name.clone()}</h1>
                    {job_title.map(|title| view! { <p>{title}</p> })}
                </div>
            </header>
            <dl class="facts">
                <Fact term="E-mail" value=email />
                <Fact term="Department" value=viewer.department.clone() />
                <Fact term="Preferred language" value=preferred_language />
                <Fact term="Roles" value=Some(roles.join(", ")) />
                <Moment term="Read from the directory" at=synced_at />
                <Moment term="This session ends at the latest" at=session_expires_at />
            </dl>
            <Groups groups />
        </div>
    }
}

#[component]
fn Fact(term: &'static str, value: Option<String>) -> impl IntoView {
    value.filter(|value| !value.is_empty()).map(|value| {
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{value}</dd>
            </div>
        }
    })
}

#[component]
fn Moment(term: &'static str, at: String) -> impl IntoView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>
                <time datetime=at.clone() data-full="">
                    {clock::date_and_time(&at)}
                </time>
            </dd>
        </div>
    }
}

#[component]
fn Groups(groups: Vec<Group>) -> impl IntoView {
    let count = groups.len();
    let items = groups.into_iter().map(|Group { id, name }| match name {
        Some(name) => Either::Left(view! { <li title=id>{name}</li> }),
        None => Either::Right(view! {
            <li>
                <code>{id}</code>
            </li>
        }),
    });
    view! {
        <section class="groups">
            <h2>"Groups " <small>{count}</small></h2>
            {(count == 0).then(|| view! { <p class="empty">"The directory lists no groups for you."</p> })}
            <ul>{items.collect_view()}</ul>
        </section>
    }
}

fn role_label(role: UserRole) -> &'static str {
    match role {
        UserRole::User => "User",
        UserRole::Admin => "Administrator",
    }
}
