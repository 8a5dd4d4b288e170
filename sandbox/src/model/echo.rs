//! `echo: …` gives back exactly what follows.

pub fn requested(question: &str) -> Option<&str> {
    let start = question.trim_start();
    let prefix = start.get(..5)?;
    if !prefix.eq_ignore_ascii_case("echo:") {
        return None;
    }
    let rest = &start[5..];
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}
