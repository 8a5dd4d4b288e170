//! Verbs: the use cases, and what they need of the outside world. No HTTP handlers, no HTML.

pub mod calls;
pub mod clock;
pub mod completions;
pub mod config;
pub mod conversations;
pub mod crypto;
mod directory;
pub mod doctor;
mod error;
mod http;
mod hub;
pub mod identity;
pub mod library;
pub mod metering;
pub mod models;
pub mod once;
pub mod people;
pub mod remote;
mod replies;
mod store;
mod titles;
pub mod typeset;

use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::watch;

pub use error::Error;
pub use store::photos::Photo;

use calls::Calls;
use completions::Completions;
use config::Config;
use conversations::Conversations;
use crypto::Keyring;
use directory::Directory;
use hub::Hub;
use identity::{Bearer, ServiceTokens, SignIn};
use library::Library;
use metering::Metering;
use models::Models;
use once::Once;
use people::People;
use replies::Replies;
use titles::Titles;
use typeset::Typesetter;

/// All use cases, wired up.
pub struct Services {
    pub config: Config,
    pub calls: Calls,
    pub conversations: Conversations,
    pub library: Library,
    pub models: Arc<Models>,
    pub once: Once,
    pub people: Arc<People>,
    pub sign_in: Arc<SignIn>,
    /// Absent: there is no app-to-app API.
    pub bearer: Option<Bearer>,
    pub metering: Arc<Metering>,
    pub typesetter: Typesetter,
    completions: Arc<Completions>,
    tokens: Arc<ServiceTokens>,
    replies: Arc<Replies>,
    hub: Arc<Hub>,
    pool: PgPool,
    shutdown: watch::Sender<bool>,
}

/// The configuration is well-formed but cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{0}")]
    Http(#[from] http::HttpError),
    #[error("AUTH_URL or the issuer make no redirect URI: {0}")]
    Url(#[from] url::ParseError),
}

impl Services {
    /// Wires everything up; connects to nothing yet.
    pub fn build(config: Config) -> Result<Self, BuildError> {
        let http = http::client(&config)?;
        let pool = store::connect(&config.database);
        let keys = Arc::new(Keyring::new(config.auth_secrets.clone()));
        let (sign_in, tokens) = SignIn::new(
            config.identity.clone(),
            &config.origin,
            http.clone(),
            Arc::clone(&keys),
            config.access.domain_hint.clone(),
        )?;
        let bearer = config.api.clone().map(|api| sign_in.bearer(api, &config.origin));
        let sign_in = Arc::new(sign_in);
        let tokens = Arc::new(tokens);
        let completions = Arc::new(Completions::new(config.models.clone(), http.clone(), Arc::clone(&tokens)));
        let shutdown = watch::Sender::new(false);
        let hub = Arc::new(Hub::new());
        let metering = Arc::new(Metering::new(pool.clone(), config.models.clone(), config.quotas.clone()));
        let replies = Replies::new(
            pool.clone(),
            Arc::clone(&completions),
            Arc::clone(&hub),
            Arc::clone(&metering),
            shutdown.subscribe(),
        );
        let replies = Arc::new(replies);
        let titles =
            Titles::new(pool.clone(), Arc::clone(&completions), Arc::clone(&metering), config.title_model.clone());
        let models = Arc::new(Models::new(pool.clone(), config.models.clone()));
        let calls = Calls::new(
            pool.clone(),
            Arc::clone(&models),
            Arc::clone(&completions),
            Arc::clone(&metering),
            Arc::clone(&hub),
            shutdown.subscribe(),
        );
        let once = Once::new(pool.clone(), Arc::clone(&keys));
        let conversations =
            Conversations::new(pool.clone(), Arc::clone(&models), Arc::clone(&replies), Arc::new(titles));
        let library = Library::new(pool.clone(), Arc::clone(&hub), shutdown.subscribe());
        let directory = Directory::new(config.graph_base_url.clone(), http);
        let people = People::new(
            pool.clone(),
            directory,
            Arc::clone(&sign_in),
            Arc::clone(&tokens),
            keys,
            Arc::clone(&hub),
            config.access.clone(),
        );
        let people = Arc::new(people);
        Ok(Self {
            config,
            calls,
            conversations,
            library,
            models,
            once,
            people,
            sign_in,
            bearer,
            metering,
            typesetter: Typesetter::new(),
            completions,
            tokens,
            replies,
            hub,
            pool,
            shutdown,
        })
    }

    /// Brings the database's schema up to date.
    pub async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        store::migrate(&self.pool).await
    }

    /// Whether the database can be used; if not, why.
    pub async fn check_database(&self) -> Result<(), String> {
        store::check(&self.pool).await
    }

    /// Work beside the requests, until [`Services::shut_down`] has ended the last reply.
    pub async fn run(&self) {
        let mut shutdown = self.shutdown.subscribe();
        let over = async {
            // Its sender is in `self`.
            let _ = shutdown.wait_for(|down| *down).await;
            self.replies.drained().await;
        };
        tokio::select! {
            () = over => {}
            () = self.hub.listen(&self.pool) => {}
            () = self.replies.run() => {}
            () = self.people.sweep_sessions() => {}
            () = self.once.sweep() => {}
            () = self.people.watch_streams() => {}
            () = self.people.recheck_access() => {}
        }
    }

    /// Tells replies under way to come to their end, and waits for it. Bounded: each gets a grace period.
    pub async fn shut_down(&self) {
        self.shutdown.send_replace(true);
        self.replies.drained().await;
    }
}
