//! The app: its pages, on the server as in the browser.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{chat::ChatPage, missing::MissingPage, profile::ProfilePage, session::Session};

/// Everything inside the document's body that is alive.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Session::shared());
    view! {
        <Title formatter=title />
        <Router>
            <FlatRoutes fallback=MissingPage>
                // One route for both, so that going from one conversation to another keeps the page.
                <Route path=path!("/chat/:id?") view=ChatPage />
                <Route path=path!("/profile") view=ProfilePage />
            </FlatRoutes>
        </Router>
    }
}

/// The document's title. Conversations are named by what was asked, and leptos_meta 0.8.7 writes the title into the
/// server's HTML as it is given: it has to be escaped here, and not in the browser, which takes it as text.
fn title(text: String) -> String {
    let whole = if text.is_empty() { "Banter".to_owned() } else { format!("{text} · Banter") };
    if cfg!(feature = "ssr") {
        let mut escaped = String::with_capacity(whole.len());
        crate::html::escape(&whole, &mut escaped);
        escaped
    } else {
        whole
    }
}
