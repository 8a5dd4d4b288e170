//! The messages as Rust, and for every language what they say: a constant for each that is always the same, or about one
//! thing, and a function for each of the others.

use std::fmt::Write as _;

use super::compile::{Message, Variable};

/// `files` have their messages by language.
pub fn rust(files: &[Vec<Vec<Message>>]) -> String {
    let mut out = String::new();
    let models = || files.iter().filter_map(|translations| translations.first());
    for (number, message) in models().flatten().enumerate() {
        let translations = files.iter().flatten().flatten().filter(|other| other.key == message.key);
        let variables = together(message, translations);
        // Writing to memory cannot fail.
        _ = declare(&mut out, number, message, &variables);
    }
    let count: usize = models().map(Vec::len).sum();
    let page_count = models().next().map_or(0, Vec::len);
    let languages = files.first().map_or(0, Vec::len);
    _ = writeln!(out, "#[cfg(not(target_family = \"wasm\"))]\npub(crate) const PAGE_COUNT: usize = {page_count};");
    _ = writeln!(
        out,
        "#[cfg(not(target_family = \"wasm\"))]\npub(crate) static TABLES: [[&str; {count}]; {languages}] = ["
    );
    for language in 0..languages {
        out.push_str("[\n");
        for translations in files {
            for model in &translations[0] {
                let said = translations[language].iter().find(|message| message.key == model.key);
                let pattern = said.map_or("", |message| &message.pattern);
                _ = writeln!(out, "{:?},", placed(pattern, &model.variables));
            }
        }
        out.push_str("],\n");
    }
    out.push_str("];\n");
    out
}

/// The variables of a message, in the order of the first language; numbers are what any language counts.
fn together<'a>(model: &Message, translations: impl Iterator<Item = &'a Message>) -> Vec<Variable> {
    let counted: Vec<&str> = translations
        .flat_map(|message| &message.variables)
        .filter(|variable| variable.is_number)
        .map(|variable| variable.name.as_str())
        .collect();
    let is_number = |name: &str| counted.contains(&name);
    let variables = model.variables.iter();
    variables.map(|one| Variable { name: one.name.clone(), is_number: is_number(&one.name) }).collect()
}

fn declare(out: &mut String, number: usize, message: &Message, variables: &[Variable]) -> std::fmt::Result {
    let name = message.key.replace('-', "_");
    let shown = placed(&message.pattern, &message.variables).replace(|c: char| c.is_control(), "·");
    writeln!(out, "/// {}", shown.trim())?;
    if variables.is_empty() {
        return writeln!(out, "pub const {}: Text = Text({number});", name.to_uppercase());
    }
    if let [Variable { is_number: false, .. }] = variables {
        return writeln!(out, "pub const {}: About = About({number});", name.to_uppercase());
    }
    let parameters: Vec<String> = variables
        .iter()
        .map(|one| format!("{}: {}", one.name.replace('-', "_"), if one.is_number { "u64" } else { "&str" }))
        .collect();
    let values: Vec<String> = variables
        .iter()
        .map(|one| format!("Value::{}({})", if one.is_number { "Number" } else { "Text" }, one.name.replace('-', "_")))
        .collect();
    writeln!(out, "pub fn {name}({}) -> String {{ filled({number}, &[{}]) }}", parameters.join(", "), values.join(", "))
}

/// With places instead of the variables' names.
fn placed(pattern: &str, variables: &[Variable]) -> String {
    let mut placed = pattern.to_owned();
    for (place, variable) in variables.iter().enumerate() {
        for mark in ['\u{2}', '\u{3}'] {
            placed = placed.replace(&format!("{mark}{{{}}}", variable.name), &format!("{mark}{place}"));
        }
    }
    placed
}
