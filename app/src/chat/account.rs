//! Whose session this is, how the page looks, and the way out.

use leptos::prelude::*;

use crate::{session::session, theme::ThemeButton};

/// The reader, below the list.
#[component]
pub fn Account() -> impl IntoView {
    session().viewer.map(|viewer| {
        view! {
            <div class="me">
                <img class="face" src=format!("/api/photo/{}", viewer.id) alt=format!("Photo of {}", viewer.name) width="32" height="32" />
                <span class="who">
                    <b>{viewer.name.clone()}</b>
                    {viewer.department.clone().map(|department| view! { <small>{department}</small> })}
                </span>
                <ThemeButton />
                <div class="ways">
                    <a class="quiet" href="/profile">"Profile"</a>
                    <form action="/api/auth/signout" method="post">
                        <button class="quiet">"Sign out"</button>
                    </form>
                </div>
            </div>
        }
    })
}
