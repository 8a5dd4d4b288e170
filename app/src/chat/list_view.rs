//! The list of conversations: a column at a desk, a drawer on a phone. The drawer is the browser's own popover, so it
//! opens, closes on Escape and gives the focus back without a line of code, and before any code runs.

use leptos::{either::Either, html, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{ConversationId, ConversationPage, ConversationSummary};

use super::{account::Account, api, list::Conversations};
use crate::{
    AppError, browser,
    clock::{Recency, Zone},
    icon::Icon,
    session::session,
};

/// The list, and beside it everything that is not about one conversation.
#[component]
pub fn List(
    open: Memo<Option<ConversationId>>,
    /// Whether the column is put away.
    hidden: RwSignal<bool>,
) -> impl IntoView {
    let nav = NodeRef::<html::Nav>::new();
    let navigate = use_navigate();
    // Following a link closes the drawer.
    Effect::new(move |_| {
        open.track();
        if let Some(nav) = nav.get() {
            browser::close_popover(&nav);
        }
    });
    let new_chat = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        navigate("/chat", NavigateOptions::default());
        if let Some(nav) = nav.get_untracked() {
            browser::close_popover(&nav);
        }
        browser::focus("#message");
    };
    let hide = move |_| {
        hidden.set(true);
        if let Some(nav) = nav.get_untracked() {
            browser::close_popover(&nav);
        }
        request_animation_frame(|| browser::focus(".menu"));
    };
    view! {
        <nav id="conversations" class="list" aria-label="Conversations" popover="auto" node_ref=nav>
            <div class="brand">
                <a class="mark" href="/chat">"Banter"</a>
                <button type="button" class="quiet needs-script" aria-label="Hide list" on:click=hide>
                    <Icon href="#side" />
                </button>
            </div>
            <form action="/chat" method="get" on:submit=new_chat>
                <button class="new">
                    <Icon href="#plus" />
                    "New chat"
                </button>
            </form>
            <Days open />
            <Account />
        </nav>
    }
}

/// The conversations by the day of their last use.
#[component]
fn Days(open: Memo<Option<ConversationId>>) -> impl IntoView {
    let list = Conversations::of_page();
    let first = Resource::new(|| (), |()| api::conversations(None));
    let zone = RwSignal::new(Zone::Utc);
    Effect::new(move |_| zone.set(Zone::Local));
    // From here on the list is kept by the page, not by the resource.
    Effect::new(move |_| {
        if let Some(page) = first.get()
            && list.known.with_untracked(Option::is_none)
        {
            list.known.set(Some(page));
        }
    });
    let current = move || list.known.get().or_else(|| first.get());
    view! {
        <div class="days" tabindex="-1">
            <Suspense fallback=skeleton>
                {move || match current() {
                    None => Either::Left(()),
                    Some(Ok(page)) => Either::Right(Either::Left(view! { <Groups page open zone=zone.get() /> })),
                    Some(Err(error)) => Either::Right(Either::Right(unreadable(error))),
                }}
            </Suspense>
        </div>
    }
}

#[component]
fn Groups(page: ConversationPage, open: Memo<Option<ConversationId>>, zone: Zone) -> impl IntoView {
    let list = Conversations::of_page();
    let now_secs = if is_server() { session().now_secs } else { now_or_rendered(zone) };
    let empty = page.conversations.is_empty();
    let more = page.next_cursor.is_some();
    let mut groups = Recency::ALL.map(|recency| (recency, Vec::new()));
    for summary in page.conversations {
        let recency = Recency::of(&summary.updated_at, now_secs, zone);
        if let Some((_, group)) = groups.iter_mut().find(|(known, _)| *known == recency) {
            group.push(summary);
        }
    }
    let groups = groups.into_iter().filter(|(_, group)| !group.is_empty());
    view! {
        {groups.map(|(recency, group)| view! { <Group label=recency.label() group open /> }).collect_view()}
        {empty.then(|| view! { <p class="empty">"Your conversations will be listed here."</p> })}
        {more.then(|| {
            view! {
                <button
                    type="button"
                    class="quiet needs-script"
                    aria-disabled=move || list.loading.get().then_some("true")
                    on:click=move |_| spawn_local(list.load_older())
                >
                    "Show older"
                </button>
            }
        })}
    }
}

/// While hydrating, the moment the server rendered; then the present.
fn now_or_rendered(zone: Zone) -> i64 {
    match zone {
        Zone::Utc => session().now_secs,
        Zone::Local => crate::clock::now_secs(),
    }
}

#[component]
fn Group(label: &'static str, group: Vec<ConversationSummary>, open: Memo<Option<ConversationId>>) -> impl IntoView {
    let links = group.into_iter().map(move |ConversationSummary { id, title, .. }| {
        let current = move || (open.get() == Some(id)).then_some("page");
        view! {
            <li>
                <a href=format!("/chat/{id}") title=title.clone() aria-current=current>{title.clone()}</a>
            </li>
        }
    });
    view! {
        <section>
            <h2>{label}</h2>
            <ul>{links.collect_view()}</ul>
        </section>
    }
}

fn skeleton() -> impl IntoView {
    view! {
        <div class="bones" aria-hidden="true">
            <i></i>
            <i></i>
            <i></i>
            <i></i>
        </div>
    }
}

fn unreadable(error: AppError) -> impl IntoView {
    view! { <p class="empty" role="status">"The list cannot be read. " {error.0.message}</p> }
}
