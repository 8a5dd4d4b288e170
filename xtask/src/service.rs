//! Long-running children: where their output goes, waiting for what they say, and noticing that they ended.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::outcome::{Context, Failure, Result};
use crate::process::{self, Running};

/// A process that ends by itself ends everything.
pub fn fail_if_exited(running: &mut Running) -> Result<()> {
    let Some(status) = running.exited()? else {
        return Ok(());
    };
    if process::is_interrupted() {
        return Err(Failure::interrupted());
    }
    let failure = Failure::new(format!(
        "{} ended unexpectedly ({status}); stopping the rest{}",
        running.name,
        running.last_words()
    ));
    Err(failure.with_code(status.code().filter(|code| *code != 0)))
}

/// Standard output goes to the log or the screen and, line by line, to the receiver.
pub fn start_listening(mut command: Command, name: &str, log: Option<&Path>) -> Result<(Running, Receiver<String>)> {
    command.stdout(Stdio::piped());
    // Held open for as long as we live: a child may take its end as ours.
    command.stdin(Stdio::piped());
    let mut file = log.map(create).transpose()?;
    match &file {
        Some(file) => command.stderr(file.try_clone().context("copying a log's handle")?),
        None => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().context(format!("starting {:?}", command.get_program()))?;
    let (sender, lines) = channel();
    let shown_name = name.to_owned();
    read_lines(child.stdout.take(), move |line| {
        match &mut file {
            Some(file) => drop(writeln!(file, "{line}")),
            None => eprintln!("{shown_name} | {line}"),
        }
        sender.send(line).ok();
    });
    let prefix = name.to_owned();
    read_lines(child.stderr.take(), move |line| eprintln!("{prefix} | {line}"));
    Ok((Running::new(name, child).with_log(log), lines))
}

fn read_lines(stream: Option<impl Read + Send + 'static>, with: impl FnMut(String) + Send + 'static) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(|line| line.ok()).for_each(with);
    });
}

/// Waits for a line that begins so; the process ending first is an error.
pub fn await_line(running: &mut Running, lines: &Receiver<String>, prefix: &str, patience: Duration) -> Result<String> {
    let start = Instant::now();
    while start.elapsed() < patience {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) if line.starts_with(prefix) => return Ok(line),
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => process::pause(Duration::ZERO)?,
            Err(RecvTimeoutError::Disconnected) => {
                process::pause(Duration::from_millis(100))?;
            }
        }
        fail_if_exited(running)?;
    }
    Err(Failure::new(format!("{} did not say {prefix} within {patience:?}{}", running.name, running.last_words())))
}

/// Both streams go to the log, if there is one.
pub fn redirect(command: &mut Command, log: Option<&Path>) -> Result<()> {
    if let Some(path) = log {
        let file = create(path)?;
        let copy = file.try_clone().context(path.display())?;
        command.stdout(file).stderr(copy);
    }
    Ok(())
}

fn create(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).context(format!("creating {}", folder.display()))?;
    }
    File::create(path).context(format!("creating {}", path.display()))
}
