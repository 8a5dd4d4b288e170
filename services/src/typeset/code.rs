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

/// What a scope means.
#[derive(Clone, Copy)]
enum Meaning {
    Class(TokenClass),
    /// Plain, whatever is around it.
    Plain,
    /// A sign is plain, a word (such as SQL's `AND`) a keyword.
    Operator,
}

use Meaning::{Class, Operator, Plain};

/// Beginnings of scope names, and what they mean; the first that fits decides.
/// Names: <https://www.sublimetext.com/docs/scope_naming.html>.
const MEANINGS: &[(&str, Meaning)] = &[
    ("comment", Class(TokenClass::Comment)),
    ("meta.interpolation", Plain),
    ("constant.character", Class(TokenClass::Number)),
    ("string", Class(TokenClass::String)),
    ("constant", Class(TokenClass::Number)),
    ("support.constant", Class(TokenClass::Number)),
    ("keyword.operator", Operator),
    ("keyword", Class(TokenClass::Keyword)),
    ("storage", Class(TokenClass::Keyword)),
    ("variable.language", Class(TokenClass::Keyword)),
    ("entity.name.function", Class(TokenClass::Function)),
    ("support.function", Class(TokenClass::Function)),
    ("variable.function", Class(TokenClass::Function)),
    ("variable.annotation", Class(TokenClass::Attribute)),
    ("entity.name.tag", Class(TokenClass::Keyword)),
    ("entity.other.attribute-name", Class(TokenClass::Attribute)),
    ("support.type.property-name", Class(TokenClass::Attribute)),
    ("entity.name", Class(TokenClass::Type)),
    ("entity.other.inherited-class", Class(TokenClass::Type)),
    ("support.type", Class(TokenClass::Type)),
    ("support.class", Class(TokenClass::Type)),
    ("markup.inserted", Class(TokenClass::String)),
    ("markup.deleted", Class(TokenClass::Deleted)),
    ("meta.diff.range", Class(TokenClass::Function)),
    ("meta.diff.header", Class(TokenClass::Comment)),
];

pub(super) struct Grammars {
    set: SyntaxSet,
    rules: Vec<(Scope, Meaning)>,
    /// What each scope that was met means, if anything.
    known: RefCell<HashMap<Scope, Option<Meaning>>>,
}

impl Grammars {
    /// 2 ms and 2 MB; the rest comes with the languages.
    pub(super) fn load() -> Self {
        let rule = |(name, meaning): &(&str, Meaning)| Some((Scope::new(name).ok()?, *meaning));
        Self {
            set: two_face::syntax::extra_newlines(),
            rules: MEANINGS.iter().filter_map(rule).collect(),
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
                let piece = line.get(at..place).unwrap_or_default();
                runs.add(self.class(&stack, piece), piece.len());
                at = at.max(place);
                if stack.apply(&change).is_err() {
                    return Ok(None);
                }
            }
            let rest = line.get(at..).unwrap_or_default();
            runs.add(self.class(&stack, rest), rest.len());
        }
        Ok(Some(runs.flat))
    }

    fn grammar(&self, language: &str) -> Option<&SyntaxReference> {
        let language = language.to_ascii_lowercase();
        let (_, name) = LANGUAGES.iter().find(|(names, _)| names.contains(&language.as_str()))?;
        self.set.find_syntax_by_name(name)
    }

    /// What the innermost scope that means anything means for `piece`.
    fn class(&self, stack: &ScopeStack, piece: &str) -> Option<TokenClass> {
        let mut known = self.known.borrow_mut();
        let meaning = stack.scopes.iter().rev().find_map(|scope| {
            let rule = || self.rules.iter().find(|(rule, _)| rule.is_prefix_of(*scope)).map(|(_, meaning)| *meaning);
            *known.entry(*scope).or_insert_with(rule)
        });
        match meaning? {
            Class(class) => Some(class),
            Operator if piece.contains(char::is_alphabetic) => Some(TokenClass::Keyword),
            Operator | Plain => None,
        }
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
        has("sql", "SELECT a AS b FROM t WHERE a = 1 AND b IS NULL", TokenClass::Keyword, "AND");
        has("python", "if a and not b == c:\n    pass\n", TokenClass::Keyword, "and");
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
