//! The chat page: the list beside the conversation in the address, or beside a new one.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{ConversationId, FaultKind};

use super::{
    conversation::Conversation,
    list::Conversations,
    list_view::List,
    new::NewChat,
    open::{OpenConversation, open},
};
use crate::{
    AppError, browser,
    icon::Icon,
    missing::{self, Missing},
    unreadable::Unreadable,
};

/// A sentence for those who do not see the page change.
#[derive(Clone, Copy)]
pub struct Announcer(RwSignal<String>);

impl Announcer {
    /// The announcer of the page this is called in.
    pub fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(String::new())))
    }

    pub fn say(self, sentence: &str) {
        if !sentence.is_empty() {
            _ = self.0.try_set(sentence.to_owned());
        }
    }
}

/// Whether the list's column is put away.
#[derive(Clone, Copy)]
struct ListHidden(RwSignal<bool>);

/// A conversation that was just begun on this page, which needs no loading.
#[derive(Clone, Copy)]
pub struct JustBegun(pub StoredValue<Option<OpenConversation>>);

/// What the address names, and what was found there.
type Found = (Option<ConversationId>, Result<Option<OpenConversation>, AppError>);

/// The page at `/chat` and `/chat/{conversation_id}`.
#[component]
pub fn ChatPage() -> impl IntoView {
    let hidden = RwSignal::new(false);
    let announcement = RwSignal::new(String::new());
    let just_begun = JustBegun(StoredValue::new(None));
    provide_context(ListHidden(hidden));
    provide_context(Announcer(announcement));
    provide_context(Conversations::new());
    provide_context(just_begun);

    let params = use_params_map();
    let address = Memo::new(move |_| params.with(|params| params.get("id")));
    let id = Memo::new(move |_| address.get().and_then(|id| id.parse().ok()));
    let found = Resource::new(move || address.get(), move |address| find(address, just_begun));
    let (pending, set_pending) = signal(false);

    view! {
        <div class="chat" data-list=move || if hidden.get() { "hidden" } else { "shown" }>
            <a class="skip" href="#talk" rel="external">"Skip to the conversation"</a>
            <List open=id hidden />
            <main id="talk" class="talk" tabindex="-1" aria-busy=move || pending.get().then_some("true")>
                <Transition fallback=|| () set_pending>
                    <For each=move || found.get() key=|(id, result)| (*id, result.is_ok()) children=shown />
                </Transition>
                {move || pending.get().then(skeleton)}
            </main>
            <div class="unseen" role="status">{announcement}</div>
        </div>
    }
}

/// Looks up what the address names.
async fn find(address: Option<String>, just_begun: JustBegun) -> Found {
    let Some(address) = address else { return (None, Ok(None)) };
    let Ok(id) = address.parse::<ConversationId>() else {
        return (None, Err(missing::error()));
    };
    let begun = just_begun.0.try_update_value(Option::take).flatten().filter(|begun| begun.id == id);
    if let Some(begun) = begun {
        return (Some(id), Ok(Some(begun)));
    }
    (Some(id), open(id).await.map(Some))
}

/// Without their types, which nested would be more than the compiler is willing to follow.
fn shown((_, result): Found) -> AnyView {
    match result {
        Ok(Some(opened)) => view! { <Conversation opened /> }.into_any(),
        Ok(None) => view! { <NewChat /> }.into_any(),
        Err(error) => view! { <NotShown error /> }.into_any(),
    }
}

/// A conversation that is not there, or cannot be read now. A foreign one looks exactly like a missing one.
#[component]
fn NotShown(error: AppError) -> impl IntoView {
    let body = if error.0.kind == FaultKind::NotFound {
        view! { <Missing /> }.into_any()
    } else {
        view! { <Unreadable error /> }.into_any()
    };
    view! {
        <Bar title="Not found".to_owned() plain=true />
        {body}
    }
}

/// The line above a conversation: its title, and the way to the list.
#[component]
pub fn Bar(
    title: String,
    /// The title is told below; the line has only the button.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let ListHidden(hidden) = use_context().unwrap_or_else(|| ListHidden(RwSignal::new(false)));
    let show = move |event: web_sys::MouseEvent| {
        hidden.set(false);
        if browser::is_wide() {
            // The column comes back; there is no drawer to open.
            event.prevent_default();
            request_animation_frame(|| browser::focus(".list .brand button"));
        }
    };
    view! {
        <div class="bar">
            <button type="button" class="quiet menu" aria-label="Show list" popovertarget="conversations" on:click=show>
                <Icon href="#side" />
            </button>
            {(!plain).then(|| view! { <h1>{title}</h1> })}
        </div>
    }
}

/// The shape of what is coming, in its place. The style sheet shows it only when it takes a while.
fn skeleton() -> impl IntoView {
    view! {
        <div class="bones coming" aria-hidden="true">
            <i></i>
            <i></i>
            <i></i>
            <i></i>
            <i></i>
        </div>
    }
}
