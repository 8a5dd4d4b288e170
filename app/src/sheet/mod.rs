//! Sheets: pages that are read rather than worked in ("my access", administration). The server writes them whole; what
//! can be done on them are plain forms. The browser adopts them as they are, so they cost its code nothing.

#[cfg(feature = "ssr")]
mod admin;
#[cfg(feature = "ssr")]
mod api;
#[cfg(feature = "ssr")]
mod device;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod profile;
#[cfg(feature = "ssr")]
mod usage;

#[cfg(feature = "ssr")]
pub(crate) use admin::admin;
#[cfg(feature = "ssr")]
pub(crate) use profile::profile;

use serde::Serialize;

use crate::{
    browser,
    chat::trouble,
    clock,
    html::{Element, Frame, effect, el, frame, icon, live},
    page::{Content, Page},
    theme,
};

/// A sheet.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    pub title: String,
    /// In the document once, and not a second time in its data.
    #[serde(skip)]
    pub body: Element,
}

/// The page of every sheet.
pub fn sheet_page() -> Frame {
    let page = Page::here();
    effect(|| {
        if let Some(body) = browser::document().body() {
            clock::localise(&body);
        }
    });
    frame("main")
        .class("profile")
        .part(live(move || bar(theme::button(page.theme.get()))))
        .part(live(move || page.gone.with(|gone| page.refused.with(|error| trouble(error.as_ref().or(gone.as_ref()))))))
        .part(live(move || page.content.with(body)))
}

fn bar(theme: Element) -> Element {
    // The chat is another document: it comes with its own data.
    let back = el("a").class("quiet").attr("href", "/chat").attr("rel", "external");
    let back = back.child(icon("#back")).child(texts::BACK_TO_CHAT);
    let sign_out = el("form")
        .attr("action", "/api/auth/signout")
        .attr("method", "post")
        .child(el("button").class("quiet").child(texts::SIGN_OUT));
    el("div").class("bar").child(back).child(el("span").class("end").child(theme).child(sign_out))
}

fn body(content: &Content) -> Element {
    match content {
        Content::Sheet(sheet) => sheet.body.clone(),
        // Another page takes over.
        _ => el("div"),
    }
}
