//! Names for conversations: a model's few words for the first question, found in the background once it is answered.
//! Until then, and whenever that does not work, a conversation is called by its question's first words.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use model::{ConversationId, MessageId, Role};
use sqlx::PgPool;

use crate::{
    clock,
    completions::{Chunk, Completions, Turn},
    metering::Metering,
    store::{conversations, usage},
};

const INSTRUCTIONS: &str = "Write a title for a conversation that begins with the message below: at most six words, in \
    the language of the message, without quotation marks and without a full stop. Answer with the title alone.";
/// Nobody waits for it, but nobody looks for it after this long either.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a list can show.
const LONGEST: usize = 80;
/// More of the question does not make a better title.
const ENOUGH: usize = 2000;

/// Names conversations, if a model for that is configured.
pub(crate) struct Titles {
    pool: PgPool,
    completions: Arc<Completions>,
    metering: Arc<Metering>,
    model: Option<String>,
}

/// A conversation to name.
pub(crate) struct Unnamed {
    pub(crate) conversation: ConversationId,
    /// What it is called now.
    pub(crate) title: String,
    pub(crate) question: String,
    /// Its first reply, to which the title's tokens are added.
    pub(crate) reply: MessageId,
    /// A pseudonym of the person asking.
    pub(crate) user: String,
}

impl Titles {
    pub(crate) fn new(
        pool: PgPool,
        completions: Arc<Completions>,
        metering: Arc<Metering>,
        model: Option<String>,
    ) -> Self {
        Self { pool, completions, metering, model }
    }

    /// Asks for a title and gives it to the conversation, unless that was named otherwise meanwhile.
    pub(crate) async fn name(&self, unnamed: &Unnamed) {
        let Some(model) = &self.model else { return };
        let told = tokio::time::timeout(PATIENCE, self.ask(model, unnamed)).await.unwrap_or_default();
        let Some(title) = told.as_deref().and_then(tidy) else { return };
        if let Err(error) = conversations::name(&self.pool, unnamed.conversation, &unnamed.title, &title).await {
            tracing::debug!(error = %error, "a conversation cannot be named now");
        }
    }

    /// What the model answers; `None` when it does not.
    async fn ask(&self, model: &str, unnamed: &Unnamed) -> Option<String> {
        let question: String = unnamed.question.chars().take(ENOUGH).collect();
        let turns = [(Role::System, INSTRUCTIONS.to_owned()), (Role::User, question)];
        let turns = turns.map(|(role, text)| Turn { role, text });
        let correlation_id = clock::new_correlation_id();
        let mut stream = std::pin::pin!(self.completions.stream(model, &turns, &unnamed.user, &correlation_id));
        let (mut title, mut deployment) = (String::new(), None);
        while let Some(chunk) = stream.next().await {
            match chunk {
                Ok(Chunk::Text(text)) => title.push_str(&text),
                Ok(Chunk::Answering(by)) => deployment = Some(by),
                Ok(Chunk::Usage(used)) => {
                    let metered = self.metering.reported(model, deployment.clone(), used);
                    let mut connection = self.pool.acquire().await.ok()?;
                    usage::add(&mut connection, unnamed.reply, &metered).await.ok()?;
                }
                // Better no title than one that was objected to.
                Ok(Chunk::Retracted(_)) => return None,
                Ok(Chunk::Finish(_) | Chunk::Waiting(_)) => {}
                Err(failure) => {
                    tracing::debug!(correlation_id, "a conversation gets no title: {failure}");
                    return None;
                }
            }
        }
        Some(title)
    }
}

/// One line without what models like to put around it; `None` when nothing is left.
fn tidy(told: &str) -> Option<String> {
    let line = told.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = line.trim_matches(|c: char| c.is_whitespace() || "\"'“”„«»‘’*#`.".contains(c));
    let title: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_without_ornaments() {
        assert_eq!(tidy("\n \"**Loans in March**.\"\nBecause…"), Some("Loans in March".to_owned()));
        assert_eq!(tidy("„Kredite“"), Some("Kredite".to_owned()));
        assert_eq!(tidy(" \n\"\""), None);
        assert_eq!(tidy(&"x".repeat(300)).map(|title| title.len()), Some(LONGEST));
    }
}
