//! When to stop: a signal, or the parent going away.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use sandbox::{Error, Result};

/// Returns when the program should stop.
pub async fn until_stopped(exit_with_parent: bool) -> Result<()> {
    let failed = |error: std::io::Error| Error::Other(format!("cannot wait for signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(failed)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hang_up.recv() => {}
        () = parent_gone(exit_with_parent) => {}
    }
    Ok(())
}

/// The parent holds the other end of our standard input; it closes even if the parent is killed.
async fn parent_gone(watched: bool) {
    if !watched {
        return std::future::pending().await;
    }
    let (gone, notice) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = gone.send(());
    });
    let _ = notice.await;
}
