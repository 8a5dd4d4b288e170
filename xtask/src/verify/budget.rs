//! The first load of the chat page in bytes on the wire: HTML, CSS, JavaScript and wasm as a browser gets them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::scratch::Scratch;
use super::sign_in::Visitor;
use super::{Context, Outcome, checks, page};
use crate::http;
use crate::outcome::{Failure, Result};
use crate::ports::Ports;
use crate::stack::{self, Sandbox};

const MOST_BYTES: usize = 200_000;
const READY_PATIENCE: Duration = Duration::from_secs(60);
const AS_A_BROWSER: [(&str, &str); 1] = [("accept-encoding", "br")];

pub fn run(context: &Context) -> Result<Outcome> {
    checks::ensure_built(context)?;
    stack::build_sandbox(context.paths)?;
    let scratch = Scratch::new()?;
    let logs = context.paths.target.join("verify");
    let sandbox = Sandbox {
        ports: Ports::free()?,
        data_dir: Some(scratch.path().join("sandbox")),
        fresh: true,
        log: Some(logs.join("budget-sandbox.log")),
        hurried: false,
    };
    let mut running = sandbox.start(context.paths)?;
    let variables = sandbox.variables(context.paths)?;
    let log = logs.join("budget-app.log");
    let mut app = stack::start_release_app(context.paths, &variables, Some(&log))?;
    stack::await_ready(sandbox.ports.app, &mut [&mut running, &mut app], Some(READY_PATIENCE))?;
    let mut parts = measure(&format!("http://localhost:{}/chat", sandbox.ports.app))?;
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    judge(&parts)
}

struct Part {
    what: String,
    encoding: String,
    bytes: usize,
}

fn measure(chat: &str) -> Result<Vec<Part>> {
    let mut visitor = Visitor::default();
    visitor.sign_in(chat, "Alice Archer")?;
    let html = visitor.get(chat, &[])?;
    let html = String::from_utf8_lossy(&html.body).into_owned();
    let mut parts = vec![fetch(&mut visitor, chat, "the page")?];
    for link in files_of(&html) {
        parts.push(fetch(&mut visitor, &http::resolve(chat, &link)?, &link)?);
    }
    if !parts.iter().any(|part| part.what.ends_with(".wasm")) {
        return Err(Failure::new("The chat page names no wasm file: nothing to measure"));
    }
    Ok(parts)
}

fn fetch(visitor: &mut Visitor, url: &str, what: &str) -> Result<Part> {
    let response = visitor.get(url, &AS_A_BROWSER)?;
    if response.status != 200 {
        return Err(Failure::new(format!("{url} answers {}", response.status)));
    }
    Ok(Part {
        what: what.to_owned(),
        encoding: response.header("content-encoding").unwrap_or("not compressed").to_owned(),
        bytes: response.body.len(),
    })
}

/// Scripts, style sheets and what the page asks the browser to load early; each once.
fn files_of(html: &str) -> BTreeSet<String> {
    let scripts = page::tags(html, "script");
    let scripts = scripts.iter().filter_map(|tag| tag.attribute("src"));
    let links = page::tags(html, "link");
    let links = links.iter().filter(|tag| {
        let rel = tag.attribute("rel").unwrap_or_default();
        rel.split(' ').any(|kind| ["stylesheet", "preload", "modulepreload"].contains(&kind))
    });
    links.filter_map(|tag| tag.attribute("href")).chain(scripts).map(str::to_owned).collect()
}

fn judge(parts: &[Part]) -> Result<Outcome> {
    for part in parts {
        println!("    {:>8} bytes  {} ({})", part.bytes, part.what, part.encoding);
    }
    let total: usize = parts.iter().map(|part| part.bytes).sum();
    println!("    {total:>8} bytes  in all, of {MOST_BYTES}");
    if total <= MOST_BYTES {
        Ok(Outcome::Passed)
    } else {
        Err(Failure::new(format!(
            "The first load of the chat page is {total} bytes, {} too many; the biggest part is {}",
            total - MOST_BYTES,
            parts.first().map_or("unknown", |part| part.what.as_str())
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_counts_once() {
        let html = r#"<link rel="modulepreload" href="/pkg/a.js"><link rel="icon" href="/i.svg">
            <link rel="preload" as="fetch" href="/pkg/a.wasm"><link rel="stylesheet" href="/pkg/a.css">
            <script type="module" src="/pkg/a.js"></script><script>inline()</script>"#;
        let files: Vec<String> = files_of(html).into_iter().collect();
        assert_eq!(files, ["/pkg/a.css", "/pkg/a.js", "/pkg/a.wasm"]);
    }

    #[test]
    fn the_limit_is_a_limit() {
        let part = |bytes| Part { what: "x".to_owned(), encoding: "br".to_owned(), bytes };
        assert!(judge(&[part(MOST_BYTES)]).is_ok());
        assert!(judge(&[part(MOST_BYTES), part(1)]).is_err());
    }
}
