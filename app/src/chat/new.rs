//! A chat that has not begun: a greeting, and a few ways to begin.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::AskReceipt;

use super::{
    composer::Composer,
    list::Conversations,
    open::{Finished, OpenConversation},
    page::{Bar, JustBegun},
};
use crate::session::session;

const SUGGESTIONS: [&str; 4] = [
    "Summarise the following text in five sentences: ",
    "Explain the difference between liquidity and solvency to a new colleague.",
    "Rewrite this e-mail so that it is short and friendly: ",
    "Write a SQL query that finds customers without a valid mandate.",
];

/// The page at `/chat`.
#[component]
pub fn NewChat() -> impl IntoView {
    let suggested = RwSignal::new(String::new());
    let list = Conversations::of_page();
    let just_begun = use_context::<JustBegun>();
    let navigate = use_navigate();
    let asked = Callback::new(move |receipt: AskReceipt| {
        list.asked(&receipt);
        let path = format!("/chat/{}", receipt.conversation_id);
        if let Some(JustBegun(begun)) = just_begun {
            begun.set_value(Some(begun_with(receipt)));
        }
        navigate(&path, NavigateOptions::default());
    });
    view! {
        <Title text="New chat" />
        <Bar title=String::new() plain=true />
        <div class="welcome">
            <h1>{greeting()}</h1>
            <p>"What would you like to find out, write or understand?"</p>
            <ul class="needs-script" aria-label="Suggestions">
                {SUGGESTIONS
                    .map(|text| {
                        view! {
                            <li>
                                <button type="button" on:click=move |_| suggested.set(text.to_owned())>
                                    {text.trim_end_matches([':', ' '])}
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
        <Composer conversation=None streaming=Signal::stored(None) asked suggested />
    }
}

/// By the first name, if the name looks as if it had one.
fn greeting() -> String {
    let name = session().viewer.map(|viewer| viewer.name).unwrap_or_default();
    match name.split_whitespace().next() {
        Some(first) if !name.contains(',') => format!("Good to see you, {first}."),
        _ => "Good to see you.".to_owned(),
    }
}

fn begun_with(receipt: AskReceipt) -> OpenConversation {
    OpenConversation {
        id: receipt.conversation_id,
        title: receipt.title,
        finished: Finished::Messages(vec![receipt.question]),
        live: Some(receipt.reply),
    }
}
