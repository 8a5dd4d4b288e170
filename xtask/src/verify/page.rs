//! Just enough HTML reading for our own pages: tags, attributes, forms.

pub struct Tag {
    attributes: Vec<(String, String)>,
    /// Where the tag ends in the page.
    pub end: usize,
}

impl Tag {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Every opening tag of this name, in order.
pub fn tags(html: &str, name: &str) -> Vec<Tag> {
    let opening = format!("<{name}");
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = html[from..].find(&opening) {
        let start = from + at + opening.len();
        let (attributes, end) = read_attributes(html, start);
        if html[start..].starts_with(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/') {
            found.push(Tag { attributes, end });
        }
        from = start;
    }
    found
}

/// A form as a browser would submit it.
#[derive(Debug, PartialEq)]
pub struct Form {
    pub action: String,
    pub method: String,
    pub fields: Vec<(String, String)>,
}

/// The form whose button has this text, with that button's own name and value.
pub fn form_with_button(html: &str, text: &str) -> Option<Form> {
    forms(html).find_map(|(tag, inside)| {
        let button = tags(inside, "button").into_iter().find(|button| {
            let content = inside[button.end..].split("</button>").next().unwrap_or_default();
            decode(content).contains(text)
        })?;
        let mut form = read_form(&tag, inside);
        if let Some(name) = button.attribute("name") {
            form.fields.push((name.to_owned(), button.attribute("value").unwrap_or_default().to_owned()));
        }
        if let Some(action) = button.attribute("formaction") {
            form.action = action.to_owned();
        }
        Some(form)
    })
}

/// The form that carries this field (a page that posts an answer on by itself).
pub fn form_with_field(html: &str, field: &str) -> Option<Form> {
    forms(html)
        .map(|(tag, inside)| read_form(&tag, inside))
        .find(|form| form.fields.iter().any(|(name, _)| name == field))
}

fn forms(html: &str) -> impl Iterator<Item = (Tag, &str)> {
    tags(html, "form").into_iter().map(|tag| {
        let inside = html[tag.end..].split("</form>").next().unwrap_or_default();
        (tag, inside)
    })
}

fn read_form(tag: &Tag, inside: &str) -> Form {
    let field = |input: Tag| {
        let name = input.attribute("name")?.to_owned();
        let hidden = input.attribute("type") == Some("hidden");
        hidden.then(|| (name, input.attribute("value").unwrap_or_default().to_owned()))
    };
    Form {
        action: tag.attribute("action").unwrap_or_default().to_owned(),
        method: tag.attribute("method").unwrap_or("get").to_ascii_uppercase(),
        fields: tags(inside, "input").into_iter().filter_map(field).collect(),
    }
}

/// Attributes from here to the closing `>`, and where that is.
fn read_attributes(html: &str, start: usize) -> (Vec<(String, String)>, usize) {
    let mut attributes = Vec::new();
    let mut at = start;
    loop {
        let rest = html[at..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        at = html.len() - rest.len();
        if rest.is_empty() || rest.starts_with('>') {
            return (attributes, (at + 1).min(html.len()));
        }
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(name_end.max(1));
        let Some(value) = rest.strip_prefix('=') else {
            attributes.push((name.to_ascii_lowercase(), String::new()));
            at = html.len() - rest.len();
            continue;
        };
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len())),
        };
        attributes.push((name.to_ascii_lowercase(), decode(value)));
        at = html.len() - rest.len();
    }
}

fn decode(text: &str) -> String {
    [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x2F;", "/"), ("&lt;", "<"), ("&gt;", ">")]
        .into_iter()
        .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_button_is_found() {
        let html = r#"<form method=post action="/a?b&amp;c"><input type='hidden' name="state" value="x&quot;y">
            <input name=shown><button name="user" value="bob">Bob Baker</button></form>
            <form method="post" action="/d"><button><b>Alice</b> Archer</button></form>"#;
        let form = form_with_button(html, "Bob Baker").expect("Bob's form");
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/a?b&c", "POST"));
        let fields = [("state", "x\"y"), ("user", "bob")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(form.fields, fields);
        assert_eq!(form_with_field(html, "state").map(|form| form.action), Some("/a?b&c".to_owned()));
        assert_eq!(form_with_button(html, "Carol"), None);
    }

    #[test]
    fn only_the_tag_itself_is_found() {
        let html = r#"<link rel="stylesheet" href="/a.css"/><linked href="/no"><link href="/b" rel=preload>"#;
        let found = tags(html, "link");
        let links: Vec<_> = found.iter().filter_map(|tag| tag.attribute("href")).collect();
        assert_eq!(links, ["/a.css", "/b"]);
    }
}
