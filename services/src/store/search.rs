//! Finding conversations by words.

use model::{Found, MessageId, UserId};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::library::{SUMMARY, summary};

/// More than anybody reads through; whoever looks for something else adds a word.
const MOST: i64 = 40;
/// So many messages with the words are looked at; the newest, if there are more.
const LOOKED_AT: i64 = 400;
/// Around what was found in an extract. Nobody types these.
const BEGIN: char = '\u{2}';
const END: char = '\u{3}';

/// Words to look for: of each its beginning is enough.
pub struct Words {
    /// As they were written, for titles.
    text: String,
    patterns: Vec<String>,
    /// In the language of `tsquery`; absent when there is no letter or digit in them.
    query: Option<String>,
}

impl Words {
    /// `None` when there are none in `text`.
    pub fn parse(text: &str) -> Option<Self> {
        const WORDS_MAX: usize = 12;
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let escaped = |word: &str| word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let patterns = text.split_whitespace().take(WORDS_MAX).map(|word| format!("%{}%", escaped(word))).collect();
        // Letters and digits alone, so nothing in them is an operator.
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORDS_MAX);
        let query: Vec<_> = words.map(|word| format!("{}:*", word.to_lowercase())).collect();
        let query = (!query.is_empty()).then(|| query.join(" & "));
        Some(Self { text: text.to_owned(), patterns, query })
    }
}

/// The conversations of `owner` that have the words in their title, or else all of them in one message; in both groups
/// the one used last comes first. Temporary ones are not found.
pub async fn search(pool: &PgPool, owner: UserId, words: &Words) -> Result<Vec<Found>, sqlx::Error> {
    let sql = format!(
        "WITH titled AS (
            SELECT id FROM conversations
            WHERE owner_id = $1 AND deleted_at IS NULL AND session_id IS NULL
                AND (title ILIKE ALL ($2) OR resembles($3, title))
            ORDER BY updated_at DESC LIMIT $4
         ),
         said AS (
            SELECT id, conversation_id, created_at FROM messages
            WHERE owner_id = $1 AND $5::text IS NOT NULL
                AND message_words(content, owner_id) @@ ($5::tsquery && $6::tsquery)
            ORDER BY created_at DESC LIMIT $7
         ),
         newest AS (
            SELECT DISTINCT ON (conversation_id) conversation_id, id FROM said ORDER BY conversation_id, created_at DESC
         ),
         found AS (
            SELECT {SUMMARY}, newest.id AS message_id, titled.id IS NOT NULL AS is_titled
            FROM conversations c LEFT JOIN titled ON titled.id = c.id LEFT JOIN newest ON newest.conversation_id = c.id
            WHERE c.owner_id = $1 AND c.deleted_at IS NULL AND c.session_id IS NULL
                AND c.id IN (SELECT id FROM titled UNION SELECT conversation_id FROM newest)
            ORDER BY is_titled DESC, c.updated_at DESC LIMIT $4
         )
         SELECT found.*, ts_headline('simple', left(m.content, 250000), $5::tsquery, $8) AS extract
         FROM found LEFT JOIN messages m ON m.id = found.message_id ORDER BY is_titled DESC, found.updated_at DESC"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(owner.0)
        .bind(&words.patterns)
        .bind(&words.text)
        .bind(MOST)
        .bind(&words.query)
        .bind(format!("'owner {}'", owner.0))
        .bind(LOOKED_AT)
        .bind(format!("StartSel={BEGIN}, StopSel={END}, MaxFragments=1, MaxWords=24, MinWords=12"))
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| {
            let extract: Option<String> = row.try_get("extract")?;
            let conversation = summary(row)?;
            Ok(Found {
                title: marked(&conversation.title, &words.text),
                conversation,
                message: row.try_get::<Option<Uuid>, _>("message_id")?.map(MessageId),
                extract: extract.map(|extract| parts(&extract)).unwrap_or_default(),
            })
        })
        .collect()
}

/// An extract's parts: between the words that were found, and they themselves, in turns.
fn parts(extract: &str) -> Vec<String> {
    // Without what only says in Markdown how the words are set: it is set in one line of its own.
    let bare = extract.replace("**", "").replace('`', "");
    let words = bare.lines().flat_map(|line| line.split_whitespace().skip_while(|word| begins_block(word)));
    let line = words.filter(|word| !rules_table(word)).collect::<Vec<_>>().join(" ");
    line.split([BEGIN, END]).map(str::to_owned).collect()
}

/// The parts of `title`: between those of `words` that are in it, in capitals or not, and they themselves, in turns.
fn marked(title: &str, words: &str) -> Vec<String> {
    let same = |one: char, other: char| one == other || one.to_lowercase().eq(other.to_lowercase());
    let begins_with = |text: &str, word: &str| {
        let mut rest = text.chars();
        word.chars().all(|c| rest.next().is_some_and(|found| same(found, c))).then(|| text.len() - rest.as_str().len())
    };
    let (mut parts, mut rest) = (vec![String::new()], title);
    while let Some(first) = rest.chars().next() {
        let longest = words.split_whitespace().filter_map(|word| begins_with(rest, word)).max();
        let (piece, behind) = rest.split_at(longest.unwrap_or(first.len_utf8()));
        match parts.last_mut() {
            Some(part) if longest.is_none() => part.push_str(piece),
            _ => parts.extend([piece.to_owned(), String::new()]),
        }
        rest = behind;
    }
    parts
}

/// Whether `word` at the beginning of a line makes a heading, a quotation, an item, a rule or a table's row of it. In the
/// middle it is a dash or an operator.
fn begins_block(word: &str) -> bool {
    word.chars().all(|c| matches!(c, '#' | '>' | '*' | '+' | '-' | '=' | '|'))
}

/// Whether `word` stands between cells of a table, or under its head.
fn rules_table(word: &str) -> bool {
    word == "|" || (word.len() >= 3 && word.chars().all(|c| matches!(c, '-' | ':')))
}
