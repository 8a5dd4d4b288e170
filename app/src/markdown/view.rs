//! The tree as elements.

use model::{Part, Typeset};
use texts::Text;

use super::{
    harmless::{host, misleads},
    parse::parse,
    tree::{Alignment, Block, Inline, Item, plain_text},
    typeset::{Setting, UNSET, formula, tokens},
};
use crate::html::{Element, Html, el};

/// Markdown as elements. What a text that is not whole had begun when it broke off is shown as it was until then.
pub fn markdown(source: &str, is_whole: bool, setting: Setting<'_>) -> Vec<Html> {
    parse(source, is_whole).iter().map(|block| block_html(block, &setting, true)).collect()
}

/// A block as an element. `is_closed`: no more text comes to it, so that what is in it can be set.
pub(super) fn block_html(block: &Block, setting: &Setting<'_>, is_closed: bool) -> Html {
    View { setting, is_closed }.block(block)
}

struct View<'a> {
    setting: &'a Setting<'a>,
    is_closed: bool,
}

impl View<'_> {
    fn block(&self, block: &Block) -> Html {
        match block {
            Block::Paragraph(content) => el("p").children(self.inlines(content)).into(),
            Block::Plain(content) => el("div").children(self.inlines(content)).into(),
            Block::Heading { level, content } => el(heading(*level)).children(self.inlines(content)).into(),
            Block::Code { language, text } => self.code(language.as_deref(), text).into(),
            Block::Quote { alert, content } => {
                let name = alert.map(|name| el("p").child(el("strong").says(spoken_alert(name))));
                el("blockquote")
                    .maybe("data-alert", *alert)
                    .children(name)
                    .children(content.iter().map(|block| self.block(block)))
                    .into()
            }
            Block::List { start, items } => self.list(*start, items).into(),
            Block::Table { alignment, head, rows } => self.table(alignment, head, rows).into(),
            Block::Note { label, content } => self.note(label, content).into(),
            Block::Rule => el("hr").into(),
        }
    }

    fn inlines(&self, content: &[Inline]) -> Vec<Html> {
        content.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&self, inline: &Inline) -> Html {
        match inline {
            Inline::Text(text) => text.clone().into(),
            Inline::Code(text) => el("code").child(text.clone()).into(),
            Inline::Formula { tex, is_display } => self.formula(tex, *is_display).into(),
            Inline::Mark { label, is_first } => {
                let place = self.place("r", label);
                let link = el("a")
                    .maybe("id", is_first.then_some(place))
                    .attr("href", format!("#{}", self.place("n", label)))
                    .tells_about("aria-label", texts::FOOTNOTE, label)
                    .child(label.clone());
                el("sup").child(link).into()
            }
            Inline::Emphasis(content) => el("em").children(self.inlines(content)).into(),
            Inline::Strong(content) => el("strong").children(self.inlines(content)).into(),
            Inline::Struck(content) => el("del").children(self.inlines(content)).into(),
            Inline::Link { href, content } => self.link(href, content).into(),
            Inline::Break => el("br").into(),
        }
    }

    /// A link that says where it leads, unless its text does.
    fn link(&self, href: &str, content: &[Inline]) -> Element {
        let label = plain_text(content);
        let host = host(href).unwrap_or_default();
        let told = label == href || label == host;
        el("a")
            .maybe("class", misleads(&label, host).then_some("odd"))
            .attr("href", href.to_owned())
            .attr("title", href.to_owned())
            .maybe("data-host", (!told).then(|| host.to_owned()))
            .attr("target", "_blank")
            .attr("rel", "noopener noreferrer nofollow")
            .children(self.inlines(content))
    }

    fn formula(&self, tex: &str, is_display: bool) -> Element {
        let set = self.setting.set(|| Part::formula(tex, is_display));
        let content = set.as_deref().and_then(|set| match set {
            Typeset::Formula(set) => Some(formula(set)),
            Typeset::Code(_) => None,
        });
        let class = match (is_display, content.is_none() && self.is_closed) {
            (false, false) => "tex",
            (false, true) => "tex unset",
            (true, false) => "tex display",
            (true, true) => "tex display unset",
        };
        let element = el("span").class(class).child(content.unwrap_or_else(|| tex.into()));
        // It scrolls if it is too wide, with the keyboard, too.
        let scrolls = is_display.then_some("0");
        let element = element.maybe("tabindex", scrolls).maybe("role", scrolls.map(|_| "group"));
        if is_display { element.tells("aria-label", texts::FORMULA) } else { element }
    }

    /// The place `kind` of the footnote `label`.
    fn place(&self, kind: &str, label: &str) -> String {
        let mut place = format!("{kind}-{}-", self.setting.anchor);
        for byte in label.bytes().map(|byte| byte.to_ascii_lowercase()) {
            if byte.is_ascii_alphanumeric() {
                place.push(char::from(byte));
            } else {
                place.push_str(&format!("_{byte}"));
            }
        }
        place
    }

    fn note(&self, label: &str, content: &[Block]) -> Element {
        let back = el("a")
            .attr("href", format!("#{}", self.place("r", label)))
            .tells_about("aria-label", texts::FOOTNOTE_BACK, label)
            .child("↩");
        el("div")
            .class("fn")
            .attr("id", self.place("n", label))
            .attr("role", "note")
            .child(el("span").child(label.to_owned()))
            .child(el("div").children(content.iter().map(|block| self.block(block))))
            .child(back)
    }

    fn list(&self, start: Option<u64>, items: &[Item]) -> Element {
        let list = match start {
            Some(1) => el("ol"),
            Some(first) => el("ol").attr("start", first.to_string()),
            None => el("ul"),
        };
        list.children(items.iter().map(|item| self.item(item)))
    }

    fn item(&self, item: &Item) -> Element {
        let element = match item.done {
            None => el("li"),
            Some(done) => el("li").class("task").child(tick(done)),
        };
        // The text of a tight item is not a block of its own.
        item.content.iter().fold(element, |element, block| match block {
            Block::Plain(content) => element.children(self.inlines(content)),
            other => element.child(self.block(other)),
        })
    }

    /// Code can be wider than the page, so it scrolls, and whoever scrolls with the keyboard can get there.
    fn code(&self, language: Option<&str>, text: &str) -> Element {
        let runs = language.and_then(|language| self.setting.set(|| Part::code(language, text)));
        let content = runs.as_deref().and_then(|set| match set {
            Typeset::Code(runs) => tokens(text, runs),
            Typeset::Formula(_) => None,
        });
        let may_be_set = self.is_closed && content.is_none() && language.is_some();
        let code = el("code")
            .maybe("class", may_be_set.then_some(UNSET))
            .maybe("data-language", language.filter(|_| may_be_set).map(str::to_owned))
            .children(content.unwrap_or_else(|| vec![text.into()]));
        let pre = el("pre").attr("tabindex", "0").attr("role", "group");
        let (pre, shown) = match language {
            Some(language) => {
                (pre.tells_about("aria-label", texts::CODE_IN, language), el("span").child(spoken(language)))
            }
            None => (pre.tells("aria-label", texts::CODE), el("span").says(texts::CODE)),
        };
        let pre = pre.child(code);
        let copy = tool("copy-code").tells("aria-label", texts::COPY_CODE).child(el("span").says(texts::COPY));
        // The style sheet shows the one that is true.
        let wrap = tool("wrap")
            .child(el("span").class("wrap").says(texts::WRAP_LINES))
            .child(el("span").class("unwrap").says(texts::UNWRAP_LINES));
        let head = el("div").child(shown).child(wrap).child(copy);
        el("div").class("code").child(head).child(pre)
    }

    fn table(&self, alignment: &[Alignment], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> Element {
        let row = |cells: &[Vec<Inline>], tag: &'static str| {
            el("tr").children(cells.iter().enumerate().map(|(column, content)| {
                let scope = (tag == "th").then_some("col");
                let class = match alignment.get(column) {
                    Some(Alignment::End) => Some("n"),
                    Some(Alignment::Center) => Some("c"),
                    Some(Alignment::Start) | None => None,
                };
                el(tag).maybe("scope", scope).maybe("class", class).children(self.inlines(content))
            }))
        };
        let table = el("table")
            .child(el("thead").child(row(head, "th")))
            .child(el("tbody").children(rows.iter().map(|cells| row(cells, "td"))));
        el("div")
            .class("scroll")
            .attr("tabindex", "0")
            .attr("role", "group")
            .tells("aria-label", texts::TABLE)
            .child(table)
    }
}

fn tool(action: &'static str) -> Element {
    el("button").class("quiet needs-script").attr("type", "button").attr("data-action", action)
}

/// The page's title is its only heading of the first level. Answers begin with the first or the second; both become the
/// second, so that none is left out.
fn heading(level: u8) -> &'static str {
    match level {
        1 | 2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}

fn tick(done: bool) -> Element {
    let (class, name) = if done { ("tick done", texts::DONE) } else { ("tick", texts::TO_DO) };
    el("span").class(class).attr("role", "img").tells("aria-label", name)
}

/// What an alert is called, which the style sheet knows by `name`.
fn spoken_alert(name: &str) -> Text {
    match name {
        "Tip" => texts::ALERT_TIP,
        "Important" => texts::ALERT_IMPORTANT,
        "Warning" => texts::ALERT_WARNING,
        "Caution" => texts::ALERT_CAUTION,
        _ => texts::ALERT_NOTE,
    }
}

/// A language as people write its name, from what stands behind the fence.
fn spoken(language: &str) -> String {
    let lower = language.to_ascii_lowercase();
    match lower.as_str() {
        "sql" | "html" | "css" | "json" | "xml" | "yaml" | "toml" | "csv" | "php" => lower.to_ascii_uppercase(),
        "js" | "javascript" => "JavaScript".to_owned(),
        "ts" | "typescript" => "TypeScript".to_owned(),
        "sh" | "bash" | "shell" => "Shell".to_owned(),
        "cpp" => "C++".to_owned(),
        "cs" | "csharp" => "C#".to_owned(),
        "py" => "Python".to_owned(),
        "rs" => "Rust".to_owned(),
        _ => {
            let mut name = language.to_owned();
            if let Some(first) = name.get_mut(..1) {
                // Languages have English names; capitals of all alphabets are a table of 5 kB.
                first.make_ascii_uppercase();
            }
            name
        }
    }
}
