//! The app: its pages, on the server as in the browser.

use leptos::prelude::*;

use crate::{
    chat::{ChatPage, Conversations},
    html::{part, switch},
    missing::MissingPage,
    page::{Kind, Page, PageData},
    sheet::SheetPage,
};

/// Everything inside the document's body that is alive.
#[component]
pub fn App() -> impl IntoView {
    let PageData { session, list, content, refused } = PageData::here();
    let list = Conversations::new(list);
    let page = Page::new(&session, content, refused, list);
    provide_context(session);
    provide_context(list);
    provide_context(page);
    page.wake_up();

    let kind = Memo::new(move |_| page.content.with(|content| content.kind()));
    switch(move || match kind.get() {
        // One page for both, so that going from one conversation to another keeps the list.
        Kind::Chat => part(view! { <ChatPage /> }),
        Kind::Sheet => part(view! { <SheetPage /> }),
        Kind::Missing => part(view! { <MissingPage /> }),
    })
}
