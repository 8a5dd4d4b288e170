//! The command line: `banter serve` (the default), `banter migrate`, `banter doctor` and `banter ask`.

mod ask;
mod doctor;

use std::{process::ExitCode, sync::Arc, time::Duration};

use axum::serve::ListenerExt as _;
use server::Site;
use services::{
    Services,
    config::{ClientCredential, Config, LogFormat},
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// The configuration cannot be used.
const BAD_CONFIGURATION: u8 = 2;
/// What requests and replies under way get to end once the process was told to.
const GRACE: Duration = Duration::from_secs(20);

const USAGE: &str = "usage: banter [serve | migrate | doctor [--json] | ask \"…\"]

  serve    bring the database up to date and serve (the default)
  migrate  bring the database up to date and stop
  doctor   check the configuration against the live services and say how to mend what does not work
  ask      ask a server a question from the command line; `banter ask --help` says more

Configured by environment variables; the README lists them.";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_else(|| "serve".to_owned());
    let option = std::env::args().nth(2);
    if command == "ask" {
        return ask(option.as_deref());
    }
    let json = command == "doctor" && option.as_deref() == Some("--json");
    if !matches!(command.as_str(), "serve" | "migrate" | "doctor") || (option.is_some() && !json) {
        eprintln!("{USAGE}");
        return if matches!(command.as_str(), "help" | "--help" | "-h") {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(2)
        };
    }
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(faults) => {
            if json {
                doctor::print_faults(&faults);
            }
            eprintln!("{faults}");
            return ExitCode::from(BAD_CONFIGURATION);
        }
    };
    // The examination says itself what it finds; the log would only say it again between its lines.
    start_logging(config.log_format, if command == "doctor" { "off" } else { "info" });
    // Two providers are compiled in by the libraries below us; TLS needs to be told which one.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::warn!("a TLS provider was installed already");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let result = runtime.block_on(async {
        match command.as_str() {
            "migrate" => migrate(config).await,
            "doctor" => Ok(doctor::examine(config, Site::open(site_root()), json).await),
            _ => serve(config).await,
        }
    });
    result.unwrap_or_else(|code| code)
}

/// Needs nothing of the server's configuration.
fn ask(option: Option<&str>) -> ExitCode {
    if matches!(option, Some("--help" | "-h")) {
        println!("{}", ask::USAGE);
        return ExitCode::SUCCESS;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(ask::run(std::env::args().skip(2))),
        Err(error) => fail(&error),
    }
}

fn site_root() -> String {
    std::env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "target/site".to_owned())
}

async fn migrate(config: Config) -> Result<ExitCode, ExitCode> {
    let services = Services::build(config).map_err(|error| fail(&error))?;
    services.migrate().await.map_err(|error| fail(&error))?;
    tracing::info!("the database is up to date");
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config) -> Result<ExitCode, ExitCode> {
    tell_credential(&config.identity.credential);
    let site = Site::open(site_root()).map_err(|error| {
        eprintln!("{error}");
        ExitCode::from(BAD_CONFIGURATION)
    })?;
    let (bind_addr, origin) = (config.bind_addr, config.origin.as_header());
    let services = Arc::new(Services::build(config).map_err(|error| {
        eprintln!("{error}");
        ExitCode::from(BAD_CONFIGURATION)
    })?);
    let listener = TcpListener::bind(bind_addr).await.map_err(|error| {
        eprintln!("BIND_ADDR {bind_addr} cannot be listened on: {error}");
        ExitCode::FAILURE
    })?;
    tokio::spawn(migrate_until_done(Arc::clone(&services)));
    let compressing = site.clone();
    tokio::task::spawn_blocking(move || compressing.precompress());
    tracing::info!(%bind_addr, "serving {origin}");

    let app = server::build(Arc::clone(&services), site).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let stopping = Arc::clone(&services);
    // Answers are small pieces, and each is waited for: collecting them until the reader has confirmed the last one
    // (Nagle) would hold them back by up to 40 ms.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(error = %error, "a connection sends its pieces late");
        }
    });
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        told_to_stop().await;
        tracing::info!("stopping: requests and replies under way come to their end");
        stopping.shut_down().await;
    });
    let outcome = tokio::select! {
        outcome = serving.into_future() => outcome,
        () = async { told_to_stop().await; tokio::time::sleep(GRACE).await } => Ok(()),
    };
    outcome.map(|()| ExitCode::SUCCESS).map_err(|error| fail(&error))
}

fn tell_credential(credential: &ClientCredential) {
    let (used, passed_over) = (credential.kind(), credential.passed_over());
    match &passed_over {
        Some(_) => tracing::info!(
            credential = used,
            passed_over,
            "how the app proves itself at the token endpoint; what is passed over is configured, too, and not needed"
        ),
        None => tracing::info!(credential = used, "how the app proves itself at the token endpoint"),
    }
}

/// The database may come later than the app: until then `/readyz` says so. Then the work beside the requests begins.
async fn migrate_until_done(services: Arc<Services>) {
    while let Err(error) = services.migrate().await {
        tracing::error!(error = %error, "the database cannot be brought up to date; trying again");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    services.run().await;
}

async fn told_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

fn start_logging(format: LogFormat, default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.init(),
        LogFormat::Json => subscriber.json().init(),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}
