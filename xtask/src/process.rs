//! Child processes: started, watched, and stopped by their own id; nothing outlives us.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::outcome::{Context, Failure, Result};

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// How long a child may take to end after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(10);

/// From here on Ctrl-C, `kill` and a closed terminal only set a flag, so that children are stopped in order.
pub fn listen_for_interrupts() -> Result<()> {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&INTERRUPTED)).context("listening for Ctrl-C")?;
    }
    Ok(())
}

pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Waits; an interrupt is an error, so that callers leave by `?`.
pub fn pause(duration: Duration) -> Result<()> {
    if !is_interrupted() {
        std::thread::sleep(duration);
    }
    if is_interrupted() { Err(Failure::interrupted()) } else { Ok(()) }
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command without the variables `cargo run` adds for its child, and without standard input.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs to the end and returns standard output; standard error is shown.
pub fn capture(mut command: Command, what: &str) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().context(format!("{what} could not be started"))?;
    if !output.status.success() {
        return Err(failed(what, output.status));
    }
    String::from_utf8(output.stdout).context(format!("output of {what}"))
}

/// Runs to the end with its output shown as it comes.
pub fn show(command: Command, what: &str) -> Result<()> {
    let status = wait(command, what, None)?;
    if status.success() { Ok(()) } else { Err(failed(what, status)) }
}

/// Runs to the end, or fails when the time is up.
pub fn wait(mut command: Command, what: &str, limit: Option<Duration>) -> Result<ExitStatus> {
    let child = command.spawn().context(format!("{what} could not be started"))?;
    let mut running = Running::new(what, child);
    let start = Instant::now();
    loop {
        if let Some(status) = running.exited()? {
            return Ok(status);
        }
        if limit.is_some_and(|limit| start.elapsed() > limit) {
            return Err(Failure::new(format!("{what} took too long")));
        }
        pause(Duration::from_millis(50))?;
    }
}

fn failed(what: &str, status: ExitStatus) -> Failure {
    if is_interrupted() {
        return Failure::interrupted();
    }
    Failure::new(format!("{what} failed ({status})")).with_code(status.code())
}

/// A child that ends with us: dropping this stops it.
pub struct Running {
    pub name: String,
    child: Child,
    /// Where its output goes, if not to the screen.
    log: Option<PathBuf>,
}

impl Running {
    pub fn new(name: &str, child: Child) -> Self {
        Self { name: name.to_owned(), child, log: None }
    }

    pub fn with_log(mut self, log: Option<&Path>) -> Self {
        self.log = log.map(Path::to_owned);
        self
    }

    /// The end of its log, to be shown when it failed; empty when its output was on the screen.
    pub fn last_words(&self) -> String {
        let Some(path) = &self.log else { return String::new() };
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = &lines[lines.len().saturating_sub(20)..];
        format!("\n\nThe end of {}:\n{}", path.display(), tail.join("\n"))
    }

    pub fn exited(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().context(format!("waiting for {}", self.name))
    }

    fn stop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        terminate(self.child.id());
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        eprintln!("{} did not stop in {PATIENCE:?}; ending it", self.name);
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// SIGTERM through the shell's own `kill`: the standard library can only send SIGKILL.
fn terminate(id: u32) {
    Command::new("sh")
        .args(["-c", "kill -TERM \"$1\" 2>/dev/null", "sh", &id.to_string()])
        .stdin(Stdio::null())
        .status()
        .ok();
}
