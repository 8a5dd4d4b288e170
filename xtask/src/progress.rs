//! One installation step as a person sees it: what and why, how far, how long it took, or what went wrong.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::outcome::{Context, Failure, Result};
use crate::process::{self, Running};

/// Lines of a failed tool's output that are worth showing.
const TAIL_LINES: usize = 25;

pub struct Step<'a> {
    pub what: &'a str,
    pub why: &'a str,
    pub expected: &'a str,
    /// What a person can do when it fails twice.
    pub remedy: &'a str,
}

impl Step<'_> {
    /// Runs the command, once more if it fails: most failures here are the network's.
    pub fn run(&self, command: impl Fn() -> Command) -> Result<()> {
        self.announce();
        let start = Instant::now();
        let mut first = true;
        loop {
            match follow(command(), self.what)? {
                None => break,
                Some(_) if first => eprintln!("    failed; trying once more"),
                Some(tail) => return Err(self.failure(&tail)),
            }
            first = false;
        }
        eprintln!("    done in {}", duration(start.elapsed()));
        Ok(())
    }

    fn announce(&self) {
        eprintln!("==> {}: {} ({})", self.what, self.why, self.expected);
    }

    fn failure(&self, tail: &str) -> Failure {
        Failure::new(format!("{} failed. Its last lines:\n\n{tail}\n\n{}", self.what, self.remedy))
    }
}

/// `3 min 12 s`, `4.2 s`.
pub fn duration(elapsed: Duration) -> String {
    let secs = elapsed.as_secs();
    if secs < 10 {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else if secs < 60 {
        format!("{secs} s")
    } else {
        format!("{} min {} s", secs / 60, secs % 60)
    }
}

/// Runs a command and shows how far it is; returns its last lines if it failed.
fn follow(mut command: Command, what: &str) -> Result<Option<String>> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context(format!("{what}: could not start {command:?}"))?;
    let (sender, lines) = channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    let mut running = Running::new(what, child);
    let tail = watch(&lines)?;
    loop {
        match running.exited()? {
            Some(status) if status.success() => return Ok(None),
            Some(_) => return Ok(Some(tail)),
            None => process::pause(Duration::from_millis(50))?,
        }
    }
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: Sender<String>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(|line| line.ok()) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}

/// Reads until both streams end. On a terminal one line is rewritten in place, elsewhere one comes every 30 s.
fn watch(lines: &Receiver<String>) -> Result<String> {
    let terminal = std::io::stderr().is_terminal();
    let interval = Duration::from_secs(if terminal { 1 } else { 30 });
    let start = Instant::now();
    let mut shown = start;
    let mut tail = VecDeque::new();
    let mut crates = 0_usize;
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                crates += usize::from(line.trim_start().starts_with("Compiling "));
                if tail.len() == TAIL_LINES {
                    tail.pop_front();
                }
                tail.push_back(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if process::is_interrupted() {
            return Err(Failure::interrupted());
        }
        if shown.elapsed() >= interval {
            shown = Instant::now();
            report(terminal, crates, start.elapsed());
        }
    }
    if terminal {
        eprint!("\r\x1b[2K");
    }
    Ok(Vec::from(tail).join("\n"))
}

fn report(terminal: bool, crates: usize, elapsed: Duration) {
    let so_far = match crates {
        0 => "working".to_owned(),
        count => format!("{count} crates compiled"),
    };
    let text = format!("    {so_far}, {}", duration(elapsed));
    if terminal {
        eprint!("\r\x1b[2K{text}");
        std::io::stderr().flush().ok();
    } else {
        eprintln!("{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(4_230)), "4.2 s");
        assert_eq!(duration(Duration::from_secs(59)), "59 s");
        assert_eq!(duration(Duration::from_secs(192)), "3 min 12 s");
    }
}
