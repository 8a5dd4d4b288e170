//! Whether the configuration works with the services it names: one check after the other, each with its remedy.

mod credential;
mod database;
mod delegated;
mod directory;
mod groups;
mod models;
mod provider;
mod reach;
mod redirects;
mod skew;
mod surroundings;

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, Stream, StreamExt as _, future::BoxFuture, stream};
use serde::Serialize;
use tokio::sync::OnceCell;

use crate::{BuildError, Services, config::Config, http};

use credential::Token;
use directory::Graph;
use provider::Discovery;

/// What each check gets to find out; somebody is waiting in front of a terminal.
const PATIENCE: Duration = Duration::from_secs(10);
/// Checks under way at once: enough for one slow service not to hold up the others.
const AT_ONCE: usize = 8;

/// One line of the examination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was examined, such as `signing keys`.
    pub subject: String,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came out. The texts are for people; what a service said is quoted in them, secrets never.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Outcome {
    /// It works; with what was seen.
    Ok { seen: String },
    /// It works, but not for everybody or not for long.
    Warning { cause: String, remedy: String },
    /// It does not work.
    Wrong { cause: String, remedy: String },
    /// It could not be found out, because of something else or at all.
    Skipped { reason: String },
}

impl Outcome {
    pub fn ok(seen: impl Into<String>) -> Self {
        Self::Ok { seen: seen.into() }
    }

    pub fn warning(cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Warning { cause: cause.into(), remedy: remedy.into() }
    }

    pub fn wrong(cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Wrong { cause: cause.into(), remedy: remedy.into() }
    }

    pub fn skipped(reason: impl Into<String>) -> Self {
        Self::Skipped { reason: reason.into() }
    }

    /// Its name, as in JSON.
    pub fn verdict(&self) -> &'static str {
        match self {
            Self::Ok { .. } => "ok",
            Self::Warning { .. } => "warning",
            Self::Wrong { .. } => "wrong",
            Self::Skipped { .. } => "skipped",
        }
    }

    /// The outcome as the line about `subject`.
    pub fn of(self, subject: impl Into<String>) -> Check {
        Check { subject: subject.into(), outcome: self }
    }
}

/// See [`Doctor::examine`].
pub struct Doctor {
    services: Services,
    http: reqwest::Client,
    surroundings: Vec<Check>,
    discovery: OnceCell<Discovery>,
    graph_token: OnceCell<Token>,
    /// For each scope that the models' endpoints want.
    model_tokens: Vec<(String, OnceCell<Token>)>,
    graph: OnceCell<Graph>,
}

impl Doctor {
    /// Connects to nothing yet. Certificates that cannot be used are reported and left out, so that the rest can be
    /// examined all the same.
    pub fn new(mut config: Config) -> Result<Self, BuildError> {
        let mut surroundings = vec![surroundings::public_address(&config)];
        if let Some((check, usable)) = surroundings::certificates(&config) {
            surroundings.push(check);
            config.extra_ca_certs = config.extra_ca_certs.filter(|_| usable);
        }
        let model_tokens = credential::model_tokens(&config);
        let http = http::client(&config)?;
        let services = Services::build(config)?;
        Ok(Self {
            services,
            http,
            surroundings,
            discovery: OnceCell::new(),
            graph_token: OnceCell::new(),
            model_tokens,
            graph: OnceCell::new(),
        })
    }

    /// All checks. They run side by side and come in the same order each time.
    pub fn examine(self: Arc<Self>) -> impl Stream<Item = Check> + Send {
        let surroundings = self.surroundings.clone();
        let mut subjects: Vec<BoxFuture<'static, Vec<Check>>> = vec![
            async { surroundings }.boxed(),
            database::examine(Arc::clone(&self)).boxed(),
            provider::examine(Arc::clone(&self)).boxed(),
            redirects::examine(Arc::clone(&self)).boxed(),
            credential::examine(Arc::clone(&self)).boxed(),
            directory::examine(Arc::clone(&self)).boxed(),
            delegated::examine(Arc::clone(&self)).boxed(),
            groups::examine(Arc::clone(&self)).boxed(),
        ];
        for (n, model) in self.config().models.iter().enumerate() {
            for endpoint in 0..model.endpoints.len() {
                subjects.push(models::examine(Arc::clone(&self), n, endpoint).boxed());
            }
        }
        stream::iter(subjects).buffered(AT_ONCE).flat_map(stream::iter)
    }

    fn config(&self) -> &Config {
        &self.services.config
    }
}
