//! The tokens of code, by Sublime Text's grammars. Their regular expressions are compiled when a language is first met:
//! 10 MB and 50 ms on average, JavaScript 24 MB; all of the table below together some 180 MB. TypeScript's own grammar
//! would be 95 MB and three quarters of a second more, so it is read as JavaScript.

use std::{cell::RefCell, collections::HashMap, time::Instant};

use model::TokenClass;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use super::CODE_MAX_BYTES;

/// Some expressions take quadratic time in the length of a line: 0.1 s for 1,000 characters. Longer lines stay plain.
const LINE_MAX_BYTES: usize = 1_000;

/// Time was over before the end.
pub(super) struct OutOfTime;

/// What the fence says, and the grammar for it. Other languages stay plain.
const LANGUAGES: &[(&[&str], &str)] = &[
    (&["bash", "sh", "shell", "zsh", "console", "shell-session"], "Bourne Again Shell (bash)"),
    (&["c", "h"], "C"),
    (&["c#", "cs", "csharp"], "C#"),
    (&["c++", "cc", "cpp", "cxx", "hpp"], "C++"),
    (&["css"], "CSS"),
    (&["diff", "patch"], "Diff"),
    (&["docker", "dockerfile"], "Dockerfile"),
    (&["go", "golang"], "Go"),
    (&["groovy", "gradle"], "Groovy"),
    (&["hcl", "terraform", "tf"], "Terraform"),
    (&["html"], "HTML"),
    (&["ini", "conf", "cfg"], "INI"),
    (&["java"], "Java"),
    (&["javascript", "js", "jsx", "mjs", "node", "ts", "tsx", "typescript"], "JavaScript"),
    (&["json", "json5", "jsonc", "jsonl"], "JSON"),
    (&["kotlin", "kt"], "Kotlin"),
    (&["latex", "tex"], "LaTeX"),
    (&["lua"], "Lua"),
    (&["make", "makefile"], "Makefile"),
    (&["perl", "pl"], "Perl"),
    (&["php"], "PHP Source"),
    (&["properties"], "Java Properties"),
    (&["proto", "protobuf"], "Protocol Buffer"),
    (&["py", "python", "python3"], "Python"),
    (&["r"], "R"),
    (&["rb", "ruby"], "Ruby"),
    (&["rs", "rust"], "Rust"),
    (&["plsql", "postgres", "postgresql", "mysql", "sql", "tsql"], "SQL"),
    (&["swift"], "Swift"),
    (&["toml"], "TOML"),
    (&["svg", "xml", "xsd", "xslt"], "XML"),
    (&["yaml", "yml"], "YAML"),
];

/// Beginnings of scope names, and what they mean; the first that fits decides. `None`: plain, whatever is around it.
/// Names: <https://www.sublimetext.com/docs/scope_naming.html>.
const CLASSES: &[(&str, Option<TokenClass>)] = &[
    ("comment", Some(TokenClass::Comment)),
    ("meta.interpolation", None),
    ("constant.character", Some(TokenClass::Number)),
    ("string", Some(TokenClass::String)),
    ("constant", Some(TokenClass::Number)),
    ("support.constant", Some(TokenClass::Number)),
    ("keyword.operator", None),
    ("keyword", Some(TokenClass::Keyword)),
    ("storage", Some(TokenClass::Keyword)),
    ("variable.language", Some(TokenClass::Keyword)),
    ("entity.name.function", Some(TokenClass::Function)),
    ("support.function", Some(TokenClass::Function)),
    ("variable.function", Some(TokenClass::Function)),
    ("variable.annotation", Some(TokenClass::Attribute)),
    ("entity.name.tag", Some(TokenClass::Keyword)),
    ("entity.other.attribute-name", Some(TokenClass::Attribute)),
    ("support.type.property-name", Some(TokenClass::Attribute)),
    ("entity.name", Some(TokenClass::Type)),
    ("entity.other.inherited-class", Some(TokenClass::Type)),
    ("support.type", Some(TokenClass::Type)),
    ("support.class", Some(TokenClass::Type)),
    ("markup.inserted", Some(TokenClass::String)),
    ("markup.deleted", Some(TokenClass::Deleted)),
    ("meta.diff.range", Some(TokenClass::Function)),
    ("meta.diff.header", Some(TokenClass::Comment)),
];

pub(super) struct Grammars {
    set: SyntaxSet,
    rules: Vec<(Scope, Option<TokenClass>)>,
    /// What each scope that was met means, if anything.
    known: RefCell<HashMap<Scope, Option<Option<TokenClass>>>>,
}

impl Grammars {
    /// 2 ms and 2 MB; the rest comes with the languages.
    pub(super) fn load() -> Self {
        let rule = |(name, class): &(&str, Option<TokenClass>)| Some((Scope::new(name).ok()?, *class));
        Self {
            set: two_face::syntax::extra_newlines(),
            rules: CLASSES.iter().filter_map(rule).collect(),
            known: RefCell::default(),
        }
    }

    /// The runs of `text` as [`model::Typeset::Code`] has them; `None` if it has to stay plain.
    pub(super) fn tokens(&self, language: &str, text: &str, until: Instant) -> Result<Option<Vec<u32>>, OutOfTime> {
        let Some(grammar) = self.grammar(language).filter(|_| text.len() <= CODE_MAX_BYTES) else { return Ok(None) };
        let mut state = ParseState::new(grammar);
        let mut stack = ScopeStack::new();
        let mut runs = Runs::default();
        for line in LinesWithEndings::from(text) {
            if Instant::now() >= until {
                return Err(OutOfTime);
            }
            if line.len() > LINE_MAX_BYTES {
                runs.add(None, line.len());
                continue;
            }
            let Ok(changes) = state.parse_line(line, &self.set) else { return Ok(None) };
            let mut at = 0;
            for (place, change) in changes {
                runs.add(self.class(&stack), place.saturating_sub(at));
                at = at.max(place);
                if stack.apply(&change).is_err() {
                    return Ok(None);
                }
            }
            runs.add(self.class(&stack), line.len() - at);
        }
        Ok(Some(runs.flat))
    }

    fn grammar(&self, language: &str) -> Option<&SyntaxReference> {
        let language = language.to_ascii_lowercase();
        let (_, name) = LANGUAGES.iter().find(|(names, _)| names.contains(&language.as_str()))?;
        self.set.find_syntax_by_name(name)
    }

    /// What the innermost scope that means anything means.
    fn class(&self, stack: &ScopeStack) -> Option<TokenClass> {
        let mut known = self.known.borrow_mut();
        stack.scopes.iter().rev().find_map(|scope| {
            let rule = || self.rules.iter().find(|(rule, _)| rule.is_prefix_of(*scope)).map(|(_, class)| *class);
            *known.entry(*scope).or_insert_with(rule)
        })?
    }
}

#[derive(Default)]
struct Runs {
    flat: Vec<u32>,
}

impl Runs {
    fn add(&mut self, class: Option<TokenClass>, bytes: usize) {
        let (class, bytes) = (class.map_or(0, |class| class as u32), u32::try_from(bytes).unwrap_or(u32::MAX));
        match self.flat.as_mut_slice() {
            _ if bytes == 0 => {}
            [.., last, length] if *last == class => *length += bytes,
            _ => self.flat.extend([class, bytes]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn seen(language: &str, text: &str) -> Vec<(u32, String)> {
        let until = Instant::now() + Duration::from_secs(60);
        let Ok(Some(runs)) = Grammars::load().tokens(language, text, until) else { panic!("{language} stays plain") };
        assert_eq!(runs.chunks(2).map(|run| run[1] as usize).sum::<usize>(), text.len());
        let mut at = 0;
        let pieces = runs.chunks(2).map(|run| {
            let piece = &text[at..at + run[1] as usize];
            at += piece.len();
            (run[0], piece.trim().to_owned())
        });
        pieces.filter(|(class, _)| *class != 0).collect()
    }

    fn has(language: &str, text: &str, class: TokenClass, piece: &str) {
        let seen = seen(language, text);
        assert!(seen.contains(&(class as u32, piece.to_owned())), "{language}: {piece} in {seen:?}");
    }

    #[test]
    fn tokens_of_the_usual_languages_have_the_usual_classes() {
        has("rust", "fn total() -> i64 { \"é\"; 12 } // sum", TokenClass::Keyword, "fn");
        has("rust", "fn total() -> i64 { \"é\"; 12 } // sum", TokenClass::Function, "total");
        has("rust", "fn total() -> i64 { \"é\"; 12 } // sum", TokenClass::String, "\"é\"");
        has("rust", "fn total() -> i64 { \"é\"; 12 } // sum", TokenClass::Comment, "// sum");
        has("Python", "class A:\n    x = 12\n", TokenClass::Type, "A");
        has("sql", "SELECT sum(x) FROM t WHERE a = 'b'", TokenClass::Keyword, "SELECT");
        has("sql", "SELECT sum(x) FROM t WHERE a = 'b'", TokenClass::String, "'b'");
        has("typescript", "export const a = (b: string) => 12;", TokenClass::Number, "12");
        has("html", "<a href='x'>y</a>", TokenClass::Attribute, "href");
        has("diff", "-old\n+new\n", TokenClass::Deleted, "-old");
    }

    #[test]
    fn every_language_of_the_table_has_its_grammar() {
        let grammars = Grammars::load();
        for (names, grammar) in LANGUAGES {
            assert!(names.iter().all(|name| grammars.grammar(name).is_some()), "{grammar}");
        }
    }

    #[test]
    fn unknown_languages_long_code_and_long_lines_stay_plain() {
        let grammars = Grammars::load();
        let until = Instant::now() + Duration::from_secs(60);
        let plain = |language: &str, text: &str| matches!(grammars.tokens(language, text, until), Ok(None));
        assert!(plain("klingon", "x") && plain("", "x"));
        assert!(plain("rust", &"// x\n".repeat(30_000)));
        let long = format!("let a = 1;\n{}\nlet b = 2;\n", "a".repeat(2_000));
        assert_eq!(seen("rust", &long).iter().filter(|(class, _)| *class == TokenClass::Keyword as u32).count(), 2);
    }
}
