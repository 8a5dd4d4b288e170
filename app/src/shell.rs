//! The HTML document around the app.

use leptos::{config::get_configuration, nonce::use_nonce, prelude::*, tachys::html::InertElement};

use texts::Language;

use crate::{
    PageData, app,
    chat::keys::keys,
    context, html,
    icon::SPRITE,
    language::{CHANGE, TEXTS},
    read, status,
    theme::Theme,
};

/// Paths of this build's files, hashed by their content, e.g. `/pkg/banter.HASH.js`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    pub css: String,
    pub js: String,
    pub wasm: String,
    /// What pages say, by language.
    pub texts: [String; Language::ALL.len()],
    /// What changes the language of an open page.
    pub change: String,
}

impl Assets {
    /// The file with what pages say in `language`.
    pub fn texts_in(&self, language: Language) -> &str {
        &self.texts[language as usize]
    }
}

/// The document. Needs the request's [`context::RequestContext`]; without one it is bare.
pub fn shell() -> impl IntoView {
    let language = context::request().map(|request| request.language).unwrap_or_default();
    texts::in_language(language, document)
}

fn document() -> impl IntoView {
    let request = context::request().ok();
    let language = texts::spoken();
    let theme = Theme::from_name(request.as_ref().and_then(|request| request.theme)).name();
    let page = request.as_ref().and_then(|request| request.page.clone());
    if let Some(error) = page.as_ref().and_then(|page| page.error()) {
        status::answer_with(&error);
    }
    let assets = request.map(|request| request.assets);
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content=texts::DESCRIPTION.text() />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/static/manifest.webmanifest" />
                <link rel="apple-touch-icon" href="/static/apple-touch-icon.png" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f9fbfb" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d1414" />
                {assets.as_deref().map(|assets| links(assets, language))}
                <AutoReload />
                <title>{page.as_ref().map(|page| page.content.title())}</title>
            </head>
            <body>
                {alive()}
                {InertElement::new(SPRITE)}
                {dialogs()}
                {page.as_deref().map(data)}
                {assets.as_deref().map(|assets| scripts(assets, language))}
            </body>
        </html>
    }
}

/// The app as HTML, which the page's code adopts (see `html`).
fn alive() -> InertElement {
    let mut out = String::new();
    html::write(app(), &mut out);
    InertElement::new(out)
}

/// Dialogs that are opened when they are wanted, and need no code of their own.
fn dialogs() -> InertElement {
    let mut out = String::new();
    keys().write(&mut out);
    InertElement::new(out)
}

/// The browser starts on all files at once, instead of finding the last ones in the second.
fn links(assets: &Assets, language: Language) -> impl IntoView + use<> {
    let nonce = use_nonce();
    view! {
        <link rel="stylesheet" href=assets.css.clone() />
        <link rel="modulepreload" href=assets.js.clone() nonce=nonce />
        <link rel="preload" href=assets.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
        <link
            id=TEXTS
            rel="preload"
            href=assets.texts_in(language).to_owned()
            r#as="fetch"
            r#type="text/plain"
            crossorigin=""
        />
    }
}

/// Shows a conversation's end before anything is loaded, and keeps in mind what is to be sent; then loads the page's code
/// and brings it to life.
fn scripts(assets: &Assets, language: Language) -> impl IntoView + use<> {
    let Assets { js, wasm, change, .. } = assets;
    let texts = assets.texts_in(language);
    let start = format!(
        "const t=fetch(\"{texts}\").then(r=>r.ok?r.text():Promise.reject(r.status));import(\"{js}\").then(m=>{{\
         self.{CHANGE}=l=>import(\"{change}\").then(c=>c.change(l,m));\
         onchange=e=>e.target.name==\"language\"&&{CHANGE}(e.target.value);\
         return m.default({{module_or_path:\"{wasm}\"}}).then(()=>t).then(m.hydrate)}})"
    );
    view! {
        <script nonce=use_nonce()>{[SHOW_END, SENT_EARLY].concat()}</script>
        <script type="module" nonce=use_nonce()>{start}</script>
    }
}

/// Before that, whether the reader wants code wrapped, because it changes how high everything is. The style sheet shows no
/// log until it is shown at its end.
const SHOW_END: &str = "{const d=document.documentElement.dataset,l=document.querySelector('.log');\
    try{if(localStorage['banter-wrap'])d.wrap=''}catch{}d.end='';if(l)l.scrollTop=l.scrollHeight}";

/// Enter sends, also before there is code to do it: what is in the box then is sent when there is. From then on nothing
/// is left for this to do.
const SENT_EARLY: &str = "addEventListener('keydown',e=>{const t=e.target;if(t.id=='message'&&e.key=='Enter'&&\
    !e.shiftKey&&!e.isComposing&&e.keyCode!=229&&!e.defaultPrevented&&!localStorage['banter-enter']){\
    e.preventDefault();document.documentElement.dataset.early=t.value}})";

/// What the page was made from, for its code to start from. Not a script that runs.
fn data(page: &PageData) -> impl IntoView + use<> {
    // Strings, numbers and lists of them: writing those to memory cannot fail.
    let json = serde_json::to_string(page).unwrap_or_default();
    // Nothing in it ends the element.
    let json = json.replace('<', "\\u003c");
    InertElement::new(format!("<script type=\"application/json\" id=\"{}\">{json}</script>", read::ELEMENT))
}

/// In development: reloads the page after a rebuild.
#[component]
fn AutoReload() -> impl IntoView {
    std::env::var_os("LEPTOS_WATCH").and_then(|_| {
        let options = get_configuration(None).ok()?.leptos_options;
        Some(view! { <leptos::hydration::AutoReload options /> })
    })
}
