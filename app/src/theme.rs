//! Light, dark, or as the system says: the reader's choice, kept in a cookie so that the server's HTML has it already.

use serde::Serialize;
use texts::Text;

use crate::{
    browser,
    html::{Element, el, icon},
    signal::Signal,
};

/// How the page looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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

    /// From the system's to the other one, so that the first press shows, then to what the system has, and back.
    fn next(self) -> Self {
        let (system, other) =
            if browser::prefers_dark() { (Self::Dark, Self::Light) } else { (Self::Light, Self::Dark) };
        match self {
            Self::System => other,
            one if one == other => system,
            _ => Self::System,
        }
    }

    fn label(self) -> Text {
        match self {
            Self::System => texts::THEME_SYSTEM,
            Self::Light => texts::THEME_LIGHT,
            Self::Dark => texts::THEME_DARK,
        }
    }

    /// Changes the document at once and leaves the cookie for the next page.
    fn apply(self) {
        const YEAR_SECS: u32 = 31_536_000;
        let cookie = match self.name() {
            Some(name) => format!("banter-theme={name}; Path=/; Max-Age={YEAR_SECS}; SameSite=Lax"),
            None => "banter-theme=; Path=/; Max-Age=0; SameSite=Lax".to_owned(),
        };
        _ = js_sys::Reflect::set(&browser::document(), &"cookie".into(), &cookie.into());
        let Some(html) = browser::document().document_element() else { return };
        // Neither can fail: the name is a valid one.
        _ = match self.name() {
            Some(name) => html.set_attribute("data-theme", name),
            None => html.remove_attribute("data-theme"),
        };
    }
}

/// The button that cycles through the themes. The page listens for it.
pub fn button(theme: Theme) -> Element {
    el("button")
        .attr("type", "button")
        .class("quiet needs-script")
        .attr("data-action", "theme")
        .attr("aria-label", texts::THEME)
        .attr("title", theme.label())
        .child(icon("#sun"))
}

/// Whether `event` is a click on the button.
pub fn is_button(event: &web_sys::MouseEvent) -> bool {
    browser::around(event, "[data-action=theme]").is_some()
}

/// Goes on to the next theme.
pub fn cycle(theme: Signal<Theme>) {
    let next = theme.get_untracked().next();
    next.apply();
    theme.set(next);
}
