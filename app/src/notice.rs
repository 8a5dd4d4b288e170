//! Pages without an app: why somebody is not in, and what they can do about it. They work without any code.

use crate::{
    html::{Element, Html, el},
    shell::Assets,
};

/// Such a page's content.
#[derive(Clone, Debug)]
pub struct NoticePage {
    /// The document's title.
    pub title: String,
    pub heading: String,
    /// Plain sentences: what happened and what to do next.
    pub paragraphs: Vec<String>,
    /// Such as "Signed in as" or "Reference", with their values.
    pub details: Vec<(String, String)>,
    pub actions: Vec<Action>,
    pub picture: Picture,
}

/// Where to go from here.
#[derive(Clone, Debug)]
pub struct Action {
    pub label: String,
    pub href: String,
    /// The one most people want.
    pub primary: bool,
}

/// What the page is about, as a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A door that stays shut.
    Denied,
    /// A door left open.
    SignedOut,
    /// A plug that is out.
    Unavailable,
    /// A speech bubble with a crack.
    Trouble,
}

/// The whole document, in the language being spoken. `theme` is `light`, `dark` or absent.
pub fn notice_page(page: &NoticePage, assets: &Assets, theme: Option<&'static str>) -> String {
    let mut out = String::from("<!DOCTYPE html>");
    el("html")
        .attr("lang", texts::spoken().tag())
        .maybe("data-theme", theme)
        .child(head(page, assets))
        .child(el("body").child(body(page)))
        .write(&mut out);
    out
}

fn head(page: &NoticePage, assets: &Assets) -> Element {
    let meta = |name: &'static str, content: &'static str| el("meta").attr("name", name).attr("content", content);
    el("head")
        .child(el("meta").attr("charset", "utf-8"))
        .child(meta("viewport", "width=device-width, initial-scale=1"))
        .child(meta("color-scheme", "light dark"))
        .child(meta("description", texts::DESCRIPTION.text()))
        .child(el("title").child(format!("{} · Banter", page.title)))
        .child(el("link").attr("rel", "icon").attr("href", "/favicon.svg").attr("type", "image/svg+xml"))
        .child(el("link").attr("rel", "stylesheet").attr("href", assets.css.clone()))
}

fn body(page: &NoticePage) -> Element {
    let notice = el("div")
        .class("notice")
        .child(picture(page.picture))
        .child(el("h1").child(page.heading.clone()))
        .children(page.paragraphs.iter().map(|text| el("p").child(text.clone())));
    let notice = if page.details.is_empty() { notice } else { notice.child(details(&page.details)) };
    let notice = if page.actions.is_empty() {
        notice
    } else {
        notice.child(el("p").class("ways").children(page.actions.iter().map(action)))
    };
    el("main").class("alone").child(el("p").class("mark").child("Banter")).child(notice)
}

fn details(details: &[(String, String)]) -> Element {
    el("dl").class("facts").children(
        details
            .iter()
            .map(|(term, value)| el("div").child(el("dt").child(term.clone())).child(el("dd").child(value.clone()))),
    )
}

fn action(action: &Action) -> Html {
    let class = if action.primary { "strong" } else { "quiet" };
    el("a").class(class).attr("href", action.href.clone()).child(action.label.clone()).into()
}

/// Drawn with the text's own colours in 96 by 96.
fn picture(picture: Picture) -> Element {
    let (soft, lines) = match picture {
        Picture::Denied => ("M28 14h40v68H28z", "M28 82V14h40v68M20 82h56M59 48v6M40 30h16"),
        Picture::SignedOut => ("M28 14h26v68H28z", "M54 20h16v62M28 82V14l26 8v68zM20 82h8M70 82h8M47 52v4"),
        Picture::Unavailable => (
            "M38 34h20v20a10 10 0 0 1-20 0z",
            "M38 34h20v20a10 10 0 0 1-20 0zM43 34V22M53 34V22M48 64v8c0 8-8 10-16 10M64 72c8 0 12-4 12-10",
        ),
        Picture::Trouble => ("M16 22h64v42H46L32 78V64H16z", "M16 22h64v42H46L32 78V64H16zM50 22l-6 14 10 8-8 20"),
    };
    el("svg")
        .class("picture")
        .attr("viewBox", "0 0 96 96")
        .attr("aria-hidden", "true")
        .child(el("path").class("soft").attr("d", soft))
        .child(el("path").attr("d", lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_a_whole_document_and_escapes_what_it_is_told() {
        let page = NoticePage {
            title: "No access".to_owned(),
            heading: "You have no access <yet>".to_owned(),
            paragraphs: vec!["Ask for it.".to_owned()],
            details: vec![("Signed in as".to_owned(), "Dave <Dubois>".to_owned())],
            actions: vec![Action {
                label: "Use another account".to_owned(),
                href: "/?a=1&b=2".to_owned(),
                primary: true,
            }],
            picture: Picture::Denied,
        };
        let assets = Assets { css: "/pkg/banter.1.css".to_owned(), ..Assets::default() };
        let html = notice_page(&page, &assets, Some("dark"));
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\" data-theme=\"dark\"><head>"), "{html}");
        assert!(html.contains("<h1>You have no access &lt;yet&gt;</h1>"), "{html}");
        assert!(html.contains("<dd>Dave &lt;Dubois&gt;</dd>") && html.contains("href=\"/?a=1&amp;b=2\""), "{html}");
        assert!(!html.contains("<script") && !html.contains("style=\""), "{html}");
    }
}
