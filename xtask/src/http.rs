//! Plain HTTP/1.1 to our own processes on this machine: one request, one connection.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::outcome::{Context, Failure, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const READ_TIMEOUT: Duration = Duration::from_secs(10);

pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// As sent: still compressed if the request allowed that.
    pub body: Vec<u8>,
}

impl Response {
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }
}

pub fn get(url: &str) -> Result<Response> {
    request("GET", url, &[], None)
}

/// `form` is an already encoded body.
pub fn request(method: &str, url: &str, headers: &[(&str, &str)], form: Option<&str>) -> Result<Response> {
    let (authority, path) = split(url)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(form) = form {
        head.push_str("content-type: application/x-www-form-urlencoded\r\n");
        head.push_str(&format!("content-length: {}\r\n", form.len()));
    }
    head.push_str("\r\n");
    head.push_str(form.unwrap_or_default());
    let mut stream = connect(authority)?;
    stream.write_all(head.as_bytes()).context(url)?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).context(url)?;
    parse(&raw).ok_or_else(|| Failure::new(format!("{url}: not an HTTP answer")))
}

/// `http://host:port` of a URL.
pub fn origin(url: &str) -> Result<String> {
    let (authority, _) = split(url)?;
    Ok(format!("http://{authority}"))
}

/// A link found on the page at `base`.
pub fn resolve(base: &str, link: &str) -> Result<String> {
    if link.contains("://") {
        return Ok(link.to_owned());
    }
    if link.starts_with('/') {
        return Ok(format!("{}{link}", origin(base)?));
    }
    let page = base.split(['?', '#']).next().unwrap_or(base);
    if link.is_empty() {
        return Ok(base.to_owned());
    }
    if link.starts_with('?') {
        return Ok(format!("{page}{link}"));
    }
    let folder = page.rfind('/').map_or(page, |slash| &page[..=slash]);
    Ok(format!("{folder}{}", link.trim_start_matches("./")))
}

fn split(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("http://").ok_or_else(|| Failure::new(format!("{url} is not a plain http address")))?;
    let rest = rest.split('#').next().unwrap_or(rest);
    Ok(match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, "/"),
    })
}

fn connect(authority: &str) -> Result<TcpStream> {
    let mut last = None;
    for address in authority.to_socket_addrs().context(authority)? {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(READ_TIMEOUT)).context(authority)?;
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    let reason = last.map_or_else(|| "no address".to_owned(), |error| error.to_string());
    Err(Failure::new(format!("connecting to {authority}: {reason}")))
}

fn parse(raw: &[u8]) -> Option<Response> {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&raw[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut response = Response { status, headers, body: raw[end + 4..].to_vec() };
    if response.header("transfer-encoding") == Some("chunked") {
        response.body = unchunk(&response.body)?;
    }
    Some(response)
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let start = end + 2;
        body.extend_from_slice(rest.get(start..start + size)?);
        rest = rest.get(start + size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        let raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        let response = parse(raw).expect("an answer");
        assert_eq!((response.status, response.body.as_slice()), (200, &b"abcde"[..]));
        assert!(parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc").is_none());
    }

    #[test]
    fn links_resolve_as_in_a_browser() {
        let resolve = |base, link| resolve(base, link).expect("plain http");
        assert_eq!(resolve("http://h:1/a/b?c", "/d"), "http://h:1/d");
        assert_eq!(resolve("http://h:1/a/b?c", "d"), "http://h:1/a/d");
        assert_eq!(resolve("http://h:1/a/b?c", "?e"), "http://h:1/a/b?e");
        assert_eq!(resolve("http://h:1/a/b?c", ""), "http://h:1/a/b?c");
        assert_eq!(resolve("http://h:1/a", "http://other/x"), "http://other/x");
    }
}
