//! Chooses the text of an answer by the words of the question.

const TABLE: &str = include_str!("../../answers/table.md");
const CODE: &str = include_str!("../../answers/code.md");
const LONG: &str = include_str!("../../answers/long.md");
const SCRIPTS: &str = include_str!("../../answers/scripts.md");
const LIST: &str = include_str!("../../answers/list.md");
const MATH: &str = include_str!("../../answers/math.md");
const NOTES: &str = include_str!("../../answers/notes.md");
const HOSTILE: &str = include_str!("../../answers/hostile.md");
const GERMAN: &str = include_str!("../../answers/german.md");
const GENERAL: &str = include_str!("../../answers/general.md");
const LENDING: &str = include_str!("../../answers/lending.md");
const PAYMENTS: &str = include_str!("../../answers/payments.md");
const COMPLIANCE: &str = include_str!("../../answers/compliance.md");
const INCIDENT: &str = include_str!("../../answers/incident.md");
const WRITING: &str = include_str!("../../answers/writing.md");

/// The first row one of whose words is in the question decides. Formats come before subjects.
const ROWS: &[(&[&str], &str)] = &[
    (&["hostile", "html"], HOSTILE),
    (&["languages", "scripts"], SCRIPTS),
    (&["long"], LONG),
    (&["table", "tables"], TABLE),
    (&["code", "rust", "python", "sql"], CODE),
    (&["math", "maths", "formula"], MATH),
    (&["footnote", "footnotes", "hints"], NOTES),
    (&["list", "lists", "checklist"], LIST),
    (&["bitte", "wie", "warum", "welche", "erkläre", "zusammenfassung", "können"], GERMAN),
    (&["email", "e-mail", "mail", "letter", "draft", "write", "rephrase", "memo"], WRITING),
    (&["payment", "payments", "sepa", "swift", "iban", "transfer", "settlement"], PAYMENTS),
    (&["loan", "loans", "credit", "lending", "mortgage", "covenant", "covenants", "collateral"], LENDING),
    (&["compliance", "kyc", "aml", "audit", "policy", "gdpr", "regulation", "risk"], COMPLIANCE),
    (
        &["incident", "outage", "latency", "deploy", "deployment", "postgres", "database", "service", "kubernetes"],
        INCIDENT,
    ),
];

/// What is shown on the sandbox's front page; `README.md` has the same.
pub const CATALOGUE: &[(&str, &str)] = &[
    ("echo: …", "exactly what follows"),
    (
        "hostile, html",
        "raw HTML, scripts, bidirectional and terminal control characters, tracking images: all of it must stay harmless",
    ),
    ("languages, scripts", "a dozen scripts, right-to-left text, CJK and emoji"),
    ("long", "about 2,000 tokens with headings, lists, tables and code"),
    ("table", "tables with alignment"),
    ("code, rust, python, sql", "code blocks in several languages"),
    ("math, formula", "formulas in TeX"),
    ("footnotes, hints", "footnotes, alerts, links and nested tasks"),
    ("list, checklist", "nested, numbered and task lists"),
    ("slow", "the usual answer after six seconds"),
    ("German words (wie, bitte, …)", "an answer in German"),
    (
        "email, draft, write · payment, SEPA · loan, credit · compliance, risk · incident, latency",
        "an answer on that subject",
    ),
    ("anything else", "a general answer of 150 to 250 tokens that refers to the question"),
    (
        "trigger prompt filter / rate limit / content filter / cut / stream error",
        "that trouble, once, for looking at it by hand",
    ),
];

/// Longest quotation of a question in an answer, in characters.
const LONGEST_QUOTE: usize = 90;

pub fn text(question: &str, earlier: Option<&str>) -> String {
    let lower = question.to_lowercase();
    let template =
        ROWS.iter().find(|(keys, _)| words(&lower).any(|word| keys.contains(&word))).map_or(GENERAL, |(_, text)| *text);
    let mut text = with_escapes_resolved(template.trim_end()).replace("{question}", &quoted(question));
    if let Some(earlier) = earlier {
        let german = std::ptr::eq(template, GERMAN);
        text.push_str(&reminder(german, &quoted(earlier)));
    }
    text
}

/// Invisible characters are written as `\u{…}` in the files, so that they can be reviewed.
fn with_escapes_resolved(template: &str) -> String {
    let mut parts = template.split("\\u{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let character = part.split_once('}').and_then(|(digits, rest)| {
            let code = u32::from_str_radix(digits, 16).ok()?;
            Some((char::from_u32(code)?, rest))
        });
        match character {
            Some((character, rest)) => {
                text.push(character);
                text.push_str(rest);
            }
            None => {
                text.push_str("\\u{");
                text.push_str(part);
            }
        }
    }
    text
}

fn reminder(german: bool, earlier: &str) -> String {
    if german {
        format!("\n\nDas knüpft an Ihre vorige Frage an („{earlier}“): Die Antwort dort gilt weiterhin.")
    } else {
        format!("\n\nThis builds on your earlier question, “{earlier}” — what I said there still holds.")
    }
}

pub fn words(lower: &str) -> impl Iterator<Item = &str> {
    lower.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| !word.is_empty())
}

/// Five or so words that name the conversation.
pub fn title(question: &str) -> String {
    const FILLERS: &[&str] = &[
        "please", "can", "could", "you", "me", "a", "an", "the", "i", "want", "to", "tell", "show", "give", "would",
        "like",
    ];
    let skipped = question.split_whitespace().skip_while(|word| FILLERS.contains(&word.to_lowercase().as_str()));
    let words: Vec<&str> = skipped.take(6).collect();
    let title = words.join(" ");
    let title = title.trim_matches(|c: char| !c.is_alphanumeric());
    let mut chars = title.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).take(60).collect(),
        None => "New conversation".to_owned(),
    }
}

/// One line without Markdown's special characters, cut to a readable length.
fn quoted(question: &str) -> String {
    let flat: String = question
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control() && !"`*_[]<>|#\\".contains(*c))
        .collect();
    let flat = flat.trim_end_matches(['.', '?', '!', ' ']);
    if flat.chars().count() <= LONGEST_QUOTE {
        return flat.to_owned();
    }
    let cut: String = flat.chars().take(LONGEST_QUOTE).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}
