//! TeX as MathML Core. The library writes markup; only what is on our list of names gets from there into a tree.

use std::{borrow::Cow, sync::LazyLock};

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};
use model::Formula;
use roxmltree::{Document, Node};

use super::TEX_MAX_BYTES;

/// Braces nested deeper are not read.
const BRACES_MAX: usize = 100;

/// What models write and the library does not know.
const MACROS: [(&str, &str); 6] = [
    ("boxed", "\\left.{#1}\\right."),
    ("textcolor", "{#2}"),
    ("bm", "\\boldsymbol{#1}"),
    ("coloneqq", "\\mathrel{:=}"),
    ("lt", "<"),
    ("gt", ">"),
];

static READER: LazyLock<Option<LatexToMathML>> = LazyLock::new(|| {
    // One at a time: a macro that the library has learned itself by then is no reason to do without the others.
    let known = MACROS.iter().filter(|(name, meaning)| {
        let macros = vec![((*name).to_owned(), (*meaning).to_owned())];
        LatexToMathML::new(MathCoreConfig { macros, ..MathCoreConfig::default() }).is_ok()
    });
    let macros = known.map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned())).collect();
    LatexToMathML::new(MathCoreConfig { macros, ..MathCoreConfig::default() }).ok()
});

/// `tex` as MathML with its source as annotation; `None` if it cannot be read. Needs a large stack.
pub(super) fn set(tex: &str, is_display: bool) -> Option<Formula> {
    if tex.len() > TEX_MAX_BYTES || braces(tex) > BRACES_MAX {
        return None;
    }
    let display = if is_display { MathDisplay::Block } else { MathDisplay::Inline };
    let written = READER.as_ref()?.convert_with_local_state(&usual(tex), display).ok()?.mathml;
    let document = Document::parse(&written).ok()?;
    let mut content = Vec::new();
    for child in document.root_element().children() {
        read(child, 0, &mut content)?;
    }
    let annotation = Formula::Element(
        "annotation",
        vec![("encoding", "application/x-tex".to_owned())],
        vec![Formula::Text(tex.trim().to_owned())],
    );
    let row = Formula::Element("mrow", Vec::new(), content);
    let semantics = Formula::Element("semantics", Vec::new(), vec![row, annotation]);
    let attributes = if is_display { vec![("display", "block".to_owned())] } else { Vec::new() };
    Some(Formula::Element("math", attributes, vec![semantics]))
}

/// About how much memory `formula` takes.
pub(super) fn bytes(formula: &Formula) -> u64 {
    match formula {
        Formula::Text(text) => text.len() as u64 + 32,
        Formula::Element(_, attributes, children) => {
            attributes.len() as u64 * 64 + 96 + children.iter().map(bytes).sum::<u64>()
        }
    }
}

/// How deep braces are nested.
fn braces(tex: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in tex.bytes() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Equations as a page has them: without numbers that count from one in each formula, a tag as a word behind the line.
fn usual(tex: &str) -> Cow<'_, str> {
    if !tex.contains("\\begin") && !tex.contains("\\tag") {
        return Cow::Borrowed(tex);
    }
    let mut tex = tex.replace("\\nonumber", "").replace("\\notag", "").replace("\\tag*", "\\tag");
    for (numbered, plain) in [("align", "aligned"), ("gather", "gathered"), ("eqnarray", "aligned")] {
        for name in [numbered.to_owned(), format!("{numbered}*")] {
            tex = tex.replace(&format!("{{{name}}}"), &format!("{{{plain}}}"));
        }
    }
    for name in ["equation", "equation*", "displaymath"] {
        tex = tex.replace(&format!("\\begin{{{name}}}"), "").replace(&format!("\\end{{{name}}}"), "");
    }
    let mut parts = tex.split("\\tag{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (tag, rest) = part.split_once('}').unwrap_or((part, ""));
        out.push_str(&format!("\\qquad(\\text{{{tag}}}){rest}"));
    }
    Cow::Owned(out)
}

/// Adds `node` to `siblings`; `None` if it may not be in a formula.
fn read(node: Node<'_, '_>, depth: usize, siblings: &mut Vec<Formula>) -> Option<()> {
    if depth > Formula::DEPTH_MAX - 4 {
        return None;
    }
    if let Some(text) = node.text().filter(|_| node.is_text()) {
        siblings.push(Formula::Text(text.to_owned()));
        return Some(());
    }
    let name = node.tag_name().name();
    if matches!(name, "b" | "i" | "em" | "span") {
        // Words in a formula lose their form, not their text.
        return node.children().try_for_each(|child| read(child, depth + 1, siblings));
    }
    let mut children = Vec::new();
    for child in node.children() {
        read(child, depth + 1, &mut children)?;
    }
    if name == "menclose" {
        // Not part of MathML Core; the style sheet draws the stroke.
        siblings.push(Formula::Element("mrow", vec![("class", "struck".to_owned())], children));
        return Some(());
    }
    let mut attributes = Vec::new();
    for attribute in node.attributes() {
        if attribute.name() == "style" {
            attributes.extend(classes(attribute.value()).map(|class| ("class", class.to_owned())));
        } else if let Some(known) = Formula::attribute(attribute.name()).filter(|name| *name != "class") {
            attributes.push((known, attribute.value().to_owned()));
        }
    }
    siblings.push(Formula::Element(Formula::element(name)?, attributes, children));
    Some(())
}

/// The library's styles of a table's cell as names of our style sheet, because a page allows no styles in its markup.
fn classes(style: &str) -> Option<&'static str> {
    if style.contains("text-align: right") {
        Some("right")
    } else if style.contains("padding-left:1em") {
        Some("left apart")
    } else if style.contains("text-align: left") {
        Some("left")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(tex: &str) -> String {
        set(tex, false).map(|formula| serde_json::to_string(&formula).unwrap()).unwrap_or_default()
    }

    #[test]
    fn tex_is_mathml_with_its_source() {
        let out = json("\\frac{a}{b}");
        assert!(out.contains(r#"["mfrac",[],[["mi",[],["a"]],["mi",[],["b"]]]]"#), "{out}");
        assert!(out.contains(r#"["annotation",[["encoding","application/x-tex"]],["\\frac{a}{b}"]]"#), "{out}");
    }

    #[test]
    fn what_models_write_can_be_read() {
        for tex in [
            "\\begin{align*} a &= b \\\\ c &= d \\end{align*}",
            "\\begin{equation} x = 1 \\tag{2} \\end{equation}",
            "f(x)=\\begin{cases} 1 & \\text{if } x>0 \\\\ 0 & \\text{otherwise}\\end{cases}",
            "\\boxed{x = \\textbf{42}\\,\\%}",
            "\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}",
            "\\operatorname{VaR}_{\\alpha}(X) = \\inf\\{x : F_X(x) \\ge \\alpha\\}",
            "\\textcolor{red}{x} + \\cancel{y} + \\mathbb{E}[X] \\sim \\mathcal{N}(\\mu, \\sigma^2)",
            "200{,}000 \\cdot 1.5 \\quad \\text{in €}",
        ] {
            assert!(!json(tex).is_empty(), "{tex}");
        }
    }

    #[test]
    fn nothing_that_is_not_a_formula_gets_in() {
        for tex in [
            "\\text{<script>alert(1)</script>}",
            "\\href{javascript:alert(1)}{x}",
            "\\style{color:red}{x}",
            "<img src=x>",
        ] {
            let out = json(tex);
            for name in ["\"script\"", "\"a\"", "\"style\"", "\"href\"", "\"img\"", "\"src\""] {
                assert!(!out.contains(name), "{tex}: {out}");
            }
        }
        assert_eq!(json("\\unknown{x}"), "");
        assert_eq!(json("a & b"), "");
    }
}
