//! Light, dark, or as the system says: the reader's choice, kept in a cookie so that the server's HTML has it already.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{icon::Icon, session::session};

/// How the page looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// From the cookie's value.
    #[cfg(feature = "ssr")]
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The value of the cookie and of the document's `data-theme`.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => "As the system: switch to light",
            Self::Light => "Light: switch to dark",
            Self::Dark => "Dark: switch to the system's",
        }
    }

    /// Changes the document at once and leaves the cookie for the next page.
    fn apply(self) {
        const YEAR_SECS: u32 = 31_536_000;
        let cookie = match self.name() {
            Some(name) => format!("banter-theme={name}; Path=/; Max-Age={YEAR_SECS}; SameSite=Lax"),
            None => "banter-theme=; Path=/; Max-Age=0; SameSite=Lax".to_owned(),
        };
        _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
        let Some(html) = document().document_element() else { return };
        // Neither can fail: the name is a valid one.
        _ = match self.name() {
            Some(name) => html.set_attribute("data-theme", name),
            None => html.remove_attribute("data-theme"),
        };
    }
}

/// Cycles through the themes.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(session().theme);
    let cycle = move |_| {
        theme.update(|theme| *theme = theme.next());
        theme.get_untracked().apply();
    };
    view! {
        <button
            type="button"
            class="quiet needs-script"
            aria-label="Theme"
            title=move || theme.get().label()
            on:click=cycle
        >
            <Icon href="#sun" />
        </button>
    }
}
