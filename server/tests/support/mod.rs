//! What makes a test about one behaviour five lines long.

mod api;
mod browser;
mod database;
mod dice;
mod doctor;
mod keys;
mod models;
mod old;
mod provider;
mod usage;
mod wire;

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

pub use api::{Api, Event, header, sse};
pub use browser::{Asked, Browser, parse_events, text};
pub use database::create as empty_database;
pub use dice::Dice;
pub use keys::Key;
pub use models::TwoEndpoints;
pub use provider::{Provider, SUBJECT, Shape};
use sandbox::constants;
use serde_json::Value;
use services::{Services, config::Config};
use tokio::net::TcpListener;
pub use wire::Wire;

pub const ALICE: &str = "Alice Archer";
pub const BOB: &str = "Bob Baker";
pub const CAROL: &str = "Carol Chen";
pub const DAVE: &str = "Dave Dubois";
pub const ERIN: &str = "Erin Eriksen";
pub const FRANK: &str = "Frank Fuchs";

/// One server with a sandbox and a database of its own. Everything ends with the test.
pub struct TestApp {
    pub url: String,
    pub sandbox: sandbox::Running,
    pub database_url: String,
    site: Arc<tempfile::TempDir>,
    task: tokio::task::JoinHandle<()>,
}

/// What a test wants to be different: variables to set, or to unset with an empty value.
#[derive(Default)]
pub struct Setup {
    pub variables: HashMap<&'static str, String>,
    pub sandbox: sandbox::Options,
    /// Instead of a new database of the shared server.
    pub database_url: Option<String>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub async fn start_with(setup: Setup) -> Self {
        let sandbox = sandbox::start(setup.sandbox).await.unwrap();
        let database_url = match setup.database_url {
            Some(url) => url,
            None => database::create().await,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let variables = variables(&sandbox, &database_url, addr, setup.variables);
        let site = Arc::new(site());
        let (services, task) = serve(listener, &variables, &site).await;
        services.migrate().await.ok();
        let running = Arc::clone(&services);
        tokio::spawn(async move { running.run().await });
        Self { url: format!("http://{addr}"), sandbox, database_url, site, task }
    }

    /// Another server on the same database, as a second replica would be.
    pub async fn replica(&self) -> Self {
        self.replica_with(&[]).await
    }

    /// The same, configured differently.
    pub async fn replica_with(&self, changes: &[(&'static str, &str)]) -> Self {
        let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        // The same provider: both are the same app.
        let changes = changes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let variables = variables(&self.sandbox, &self.database_url, addr, changes);
        let (services, task) = serve(listener, &variables, &self.site).await;
        let running = Arc::clone(&services);
        tokio::spawn(async move { running.run().await });
        let (url, site) = (format!("http://{addr}"), Arc::clone(&self.site));
        Self { url, sandbox, database_url: self.database_url.clone(), site, task }
    }

    /// A browser that has been nowhere yet.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A browser in which `persona` is signed in.
    pub async fn signed_in(&self, persona: &str) -> Browser {
        let browser = self.browser();
        let page = browser.sign_in(persona).await;
        assert_eq!(page.status(), 200, "{persona} is let in");
        browser
    }

    /// Orders trouble: see the sandbox's README.
    pub async fn fault(&self, fault: Value) {
        let url = format!("{}/_sandbox/faults", self.sandbox.base_url);
        let response = reqwest::Client::new().post(url).json(&fault).send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    }

    /// Changes a person in the directory.
    pub async fn change(&self, oid: &str, changes: Value) {
        let url = format!("{}/_sandbox/personas/{oid}", self.sandbox.base_url);
        let response = reqwest::Client::new().patch(url).json(&changes).send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    }

    /// What a service of the sandbox was asked so far.
    pub async fn requests(&self, service: &str) -> Vec<Value> {
        let url = format!("{}/_sandbox/requests?service={service}", self.sandbox.base_url);
        let list: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        list.as_array().or_else(|| list.get("requests").and_then(Value::as_array)).unwrap().clone()
    }

    /// Every request that the sandbox got, of whatever service.
    pub async fn all_requests(&self) -> Vec<Value> {
        let url = format!("{}/_sandbox/requests", self.sandbox.base_url);
        let list: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        list["requests"].as_array().unwrap().clone()
    }

    /// The refresh tokens that were used, in order.
    pub async fn refresh_tokens_used(&self) -> Vec<String> {
        let bodies = self.requests("entra").await.into_iter().filter_map(|request| {
            let body = request["body"].as_str()?.to_owned();
            body.contains("grant_type=refresh_token").then_some(body)
        });
        let token = |body: String| {
            let mut pairs = url::form_urlencoded::parse(body.as_bytes());
            pairs.find(|(name, _)| name == "refresh_token").map(|(_, value)| value.into_owned())
        };
        bodies.filter_map(token).collect()
    }

    pub async fn refreshes(&self) -> usize {
        self.refresh_tokens_used().await.len()
    }

    pub async fn no_more_faults(&self) {
        let url = format!("{}/_sandbox/faults", self.sandbox.base_url);
        assert!(reqwest::Client::new().delete(url).send().await.unwrap().status().is_success());
    }

    /// As when so much time has passed that every session's access has to be checked.
    pub async fn make_checks_due(&self) {
        self.sql("UPDATE sessions SET access_checked_at = 'epoch', check_not_before = NULL").await;
    }

    /// Signs in a browser that shows redirects instead of following them, and keeps its session's cookie.
    pub async fn sign_in_unmoved(&self, browser: &Browser, persona: &str) {
        let begun = browser.get("/api/auth/signin/entra-id").await;
        let provider = begun.headers()["location"].to_str().unwrap().to_owned();
        let answer = Browser::unmoved(&self.sandbox.base_url).sign_in_at(&provider, persona).await;
        let callback = answer.headers()["location"].to_str().unwrap().to_owned();
        let arrived = browser.get(&callback).await;
        assert_eq!(arrived.status(), 303);
        browser.keep_cookie(&arrived);
    }

    pub async fn sql(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&self.database().await).await.unwrap();
    }

    pub async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&self.database().await).await.unwrap()
    }

    pub async fn text(&self, sql: &str) -> String {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&self.database().await).await.unwrap()
    }

    /// Waits until `holds`, which takes a moment but not long.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        self.until_within(5, what, holds).await;
    }

    /// The same for what takes up to `secs`.
    pub async fn until_within(&self, secs: u64, what: &str, holds: impl AsyncFn() -> bool) {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(secs);
        while !holds().await {
            assert!(tokio::time::Instant::now() < deadline, "{what}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    pub async fn database(&self) -> sqlx::PgPool {
        sqlx::PgPool::connect(&self.database_url).await.unwrap()
    }
}

/// The built program as a process of its own, for what only a process can show.
pub struct Program {
    pub child: std::process::Child,
    pub browser: Browser,
    _app: TestApp,
}

impl Program {
    /// Beside a [`TestApp`], with the same sandbox and database.
    pub async fn start(app: TestApp) -> Self {
        Self::start_with(app, &[], std::process::Stdio::inherit()).await
    }

    /// The same, configured differently, with its log going to `log`.
    pub async fn start_with(app: TestApp, changes: &[(&'static str, &str)], log: std::process::Stdio) -> Self {
        let changes = changes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let addr = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let child = std::process::Command::new(env!("CARGO_BIN_EXE_banter"))
            .env_clear()
            .envs(variables(&app.sandbox, &app.database_url, addr, changes))
            .env("BIND_ADDR", addr.to_string())
            .env("LEPTOS_SITE_ROOT", app.site.path())
            .stderr(log)
            .spawn()
            .unwrap();
        let browser = Browser::new(&format!("http://{addr}"));
        app.until("the program serves", async || browser.try_get("/readyz").await == Some(200)).await;
        Self { child, browser, _app: app }
    }

    /// Sends a signal by name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let kill = std::process::Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    listener: TcpListener,
    variables: &HashMap<&'static str, String>,
    site: &tempfile::TempDir,
) -> (Arc<Services>, tokio::task::JoinHandle<()>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config::from_lookup(|name| variables.get(name).cloned()).unwrap();
    let services = Arc::new(Services::build(config).unwrap());
    let app = server::build(Arc::clone(&services), server::Site::open(site.path()).unwrap());
    let task = tokio::spawn(async move {
        axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap()
    });
    (services, task)
}

pub fn variables(
    sandbox: &sandbox::Running,
    database_url: &str,
    addr: SocketAddr,
    changes: HashMap<&'static str, String>,
) -> HashMap<&'static str, String> {
    let mut variables = HashMap::from([
        ("AUTH_URL", format!("http://{addr}")),
        ("AUTH_SECRET", "a secret that is only used by these tests".to_owned()),
        ("DATABASE_URL", database_url.to_owned()),
        ("AUTH_MICROSOFT_ENTRA_ID_ISSUER", sandbox.issuer()),
        ("AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID", constants::CLIENT_ID.to_owned()),
        ("AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET", constants::CLIENT_SECRET.to_owned()),
        ("ALLOWED_GROUP_IDS", constants::ALLOWED_GROUP_ID.to_owned()),
        ("ADMIN_GROUP_IDS", constants::ADMIN_GROUP_ID.to_owned()),
        ("API_AUDIENCE", constants::API_AUDIENCE.to_owned()),
        ("GRAPH_BASE_URL", sandbox.graph_base_url()),
        ("AZURE_OPENAI_BASE_URL", sandbox.base_url.clone()),
        ("AZURE_OPENAI_API_KEY", constants::AZURE_OPENAI_API_KEY.to_owned()),
        ("AZURE_OPENAI_DEPLOYMENTS", constants::DEPLOYMENTS.join(",")),
    ]);
    // Addresses of the sandbox are known only now.
    variables.extend(changes.into_iter().map(|(name, value)| (name, value.replace("{sandbox}", &sandbox.base_url))));
    variables
}

/// A folder as a build leaves it.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("pkg")).unwrap();
    for name in ["pkg/banter.aaaa.css", "pkg/banter.bbbb.js", "pkg/banter.cccc.wasm", "favicon.svg"] {
        std::fs::write(folder.path().join(name), format!("/* {name} */").repeat(100)).unwrap();
    }
    folder
}
