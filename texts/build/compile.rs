//! Fluent's syntax as patterns that are quickly filled in (see `src/pattern.rs`, which reads them). Of the syntax the
//! app uses messages with variables, and plurals; anything else fails.

use std::collections::BTreeSet;

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey},
    parser,
};

/// Something that is said, in one language.
pub struct Message {
    pub key: String,
    /// In the order in which they are said.
    pub variables: Vec<Variable>,
    pub pattern: String,
}

/// What is different each time.
pub struct Variable {
    pub name: String,
    /// Something depends on how many they are.
    pub is_number: bool,
}

impl Message {
    /// Of its variables.
    pub fn names(&self) -> BTreeSet<&str> {
        self.variables.iter().map(|variable| variable.name.as_str()).collect()
    }
}

/// The messages in a file of `language`.
pub fn messages(source: &str, language: &str) -> Result<Vec<Message>, String> {
    let resource = parser::parse(source).map_err(|(_, errors)| {
        let line = |at: usize| source[..at.min(source.len())].lines().count().max(1);
        let errors: Vec<String> =
            errors.iter().map(|error| format!("line {}: {error}", line(error.pos.start))).collect();
        errors.join("; ")
    })?;
    let mut messages: Vec<Message> = Vec::new();
    for entry in resource.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Term(_) | Entry::Junk { .. } => {
                return Err("there are terms in it, or what is no message".to_owned());
            }
        };
        let key = message.id.name;
        let Some(value) = message.value.filter(|_| message.attributes.is_empty()) else {
            return Err(format!("{key} has attributes, or says nothing"));
        };
        if messages.iter().any(|known| known.key == key) {
            return Err(format!("{key} is there twice"));
        }
        let mut compiler = Compiler { language, variables: Vec::new(), out: String::new() };
        compiler.pattern(&value).map_err(|fault| format!("{key} {fault}"))?;
        let Compiler { variables, out, .. } = compiler;
        messages.push(Message { key: key.to_owned(), variables, pattern: out });
    }
    Ok(messages)
}

struct Compiler<'a> {
    language: &'a str,
    variables: Vec<Variable>,
    out: String,
}

impl Compiler<'_> {
    fn pattern(&mut self, pattern: &Pattern<&str>) -> Result<(), String> {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.text(value)?,
                PatternElement::Placeable { expression: Expression::Inline(inline) } => self.inline(inline)?,
                PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                    self.plural(selector, variants)?;
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if text.chars().any(char::is_control) {
            return Err("is more than one line".to_owned());
        }
        self.out.push_str(text);
        Ok(())
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) -> Result<(), String> {
        match inline {
            InlineExpression::StringLiteral { value } => self.text(value),
            InlineExpression::VariableReference { id } => {
                let name = self.variable(id.name, false);
                self.out.push_str(&format!("\u{2}{{{name}}}"));
                Ok(())
            }
            _ => Err("has something in braces that is neither a variable nor a plural".to_owned()),
        }
    }

    /// `{ $count -> [one] … *[other] … }`, by the categories that CLDR has for whole numbers.
    fn plural(&mut self, selector: &InlineExpression<&str>, variants: &[Variant<&str>]) -> Result<(), String> {
        let InlineExpression::VariableReference { id } = selector else {
            return Err("selects by something that is no variable".to_owned());
        };
        if self.out.contains('\u{3}') {
            return Err("has a plural within a plural, or two of them".to_owned());
        }
        let known: &[&str] = if self.language == "fr" { &["one", "many", "other"] } else { &["one", "other"] };
        let name = self.variable(id.name, true);
        self.out.push_str(&format!("\u{3}{{{name}}}"));
        if variants.last().is_none_or(|last| !last.default) {
            return Err("has a plural whose default is not the last".to_owned());
        }
        for variant in variants {
            let VariantKey::Identifier { name } = variant.key else {
                return Err("selects by numbers instead of `one` and `other`".to_owned());
            };
            if !known.contains(&name) || variant.default != (name == "other") {
                return Err(format!(
                    "has a plural [{name}], where {} has {known:?}, the last by default",
                    self.language
                ));
            }
            self.out.push(match name {
                "one" => '1',
                "many" => 'm',
                _ => 'o',
            });
            self.pattern(&variant.value)?;
            self.out.push('\u{4}');
        }
        self.out.push('\u{5}');
        Ok(())
    }

    /// Notes the variable; its place is known once all languages are.
    fn variable(&mut self, name: &str, is_number: bool) -> String {
        match self.variables.iter_mut().find(|known| known.name == name) {
            Some(known) => known.is_number |= is_number,
            None => self.variables.push(Variable { name: name.to_owned(), is_number }),
        }
        name.to_owned()
    }
}
