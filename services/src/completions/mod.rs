//! Azure OpenAI: a question goes out, a stream of chunks comes back, from whichever endpoint of a model is well.

mod asking;
mod breaker;
mod endpoint;
mod failure;
mod patience;
mod probe;
mod relay;
mod routing;
mod sse;
mod wire;

use std::{sync::Arc, time::Duration};

use futures::Stream;
use model::{Role, Usage};
use serde_json::json;

pub(crate) use failure::in_categories;
pub use failure::{Failure, FailureKind};
pub(crate) use relay::Answer;
pub(crate) use wire::usage_of;

use crate::{config::ModelConfig, identity::ServiceTokens};
use routing::Model;

/// What every conversation begins with.
pub(crate) const INSTRUCTIONS: &str = "You are Banter, the assistant inside a company. Answer precisely and calmly, in the \
    language of the question. Use Markdown where structure helps: headings, lists, tables, and code blocks with their \
    language. Say so when you do not know.";
/// One message of what is sent to the model.
#[derive(Clone, Debug)]
pub struct Turn {
    pub role: Role,
    pub text: String,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// The model cannot be asked yet; it is asked again after that. Comes before the waiting begins, and only before
    /// the first piece of text.
    Waiting(Duration),
    /// The deployment that answers; before the first piece of its answer.
    Answering(String),
    Text(String),
    /// All text so far has to be withdrawn: the asynchronous content filter objected, to these categories, after it
    /// was sent. A finish follows.
    Retracted(Vec<String>),
    Usage(Usage),
    /// Why the model stopped. An answer that ends without one broke off.
    Finish(Finish),
}

/// Why the model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    Stop,
    Length,
    /// The content filter's categories that stepped in.
    Filtered(Vec<String>),
}

/// The models.
pub struct Completions {
    /// The first is the default.
    models: Vec<Model>,
    http: reqwest::Client,
    tokens: Arc<ServiceTokens>,
}

impl Completions {
    pub(crate) fn new(models: Vec<ModelConfig>, http: reqwest::Client, tokens: Arc<ServiceTokens>) -> Self {
        Self { models: models.into_iter().map(Model::new).collect(), http, tokens }
    }

    /// Asks `model`: its best endpoint, the next one if that does not answer, and again after a while. Whoever reads
    /// the stream hears of that only when there is a wait. Dropping the stream aborts the request, or the wait.
    /// `user` is a pseudonym for abuse monitoring; `correlation_id` goes along so that both sides' logs can be matched.
    pub fn stream(
        &self,
        model: &str,
        turns: &[Turn],
        user: &str,
        correlation_id: &str,
    ) -> impl Stream<Item = Result<Chunk, Failure>> + Send + use<'_> {
        asking::ask(self, self.model(model), body(turns, user), correlation_id.to_owned())
    }

    fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }
}

/// Turns that begin with instructions of their own need no others.
fn body(turns: &[Turn], user: &str) -> serde_json::Value {
    let is_instructed = turns.first().is_some_and(|first| first.role == Role::System);
    let system = (!is_instructed).then(|| json!({ "role": "system", "content": INSTRUCTIONS }));
    let turns = turns.iter().map(|turn| {
        let role = match turn.role {
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::System => "system",
        };
        json!({ "role": role, "content": turn.text })
    });
    // The endpoint adds its deployment as model. Nothing that a reasoning model rejects: no temperature, no max_tokens.
    json!({
        "messages": system.into_iter().chain(turns).collect::<Vec<_>>(),
        "stream": true,
        "stream_options": { "include_usage": true },
        "user": user,
    })
}
