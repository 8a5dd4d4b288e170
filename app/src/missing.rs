//! Nothing here: the address leads nowhere, or to something that is not the reader's.

use leptos::prelude::*;
use leptos_meta::Title;
use model::FaultKind;

use crate::AppError;

/// What the page's address leads to, when that is nothing.
pub fn error() -> AppError {
    let error = AppError::new(FaultKind::NotFound, "There is nothing at this address.");
    #[cfg(feature = "ssr")]
    crate::status::answer_with(&error);
    error
}

/// What a page says that does not exist.
#[component]
pub fn Missing() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <div class="notice">
            <h1>"There is nothing here"</h1>
            <p>"The address may be mistyped, or what it led to has been deleted or is not yours to see."</p>
            <p>
                <a class="strong" href="/chat">"Start a new chat"</a>
            </p>
        </div>
    }
}

/// The page for every address that is not one of ours.
#[component]
pub fn MissingPage() -> impl IntoView {
    _ = error();
    view! {
        <main class="alone">
            <Missing />
        </main>
    }
}
