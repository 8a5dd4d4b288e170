//! Signing in to the app through the sandbox, as a browser without scripts would.

use crate::http::{self, Response};
use crate::outcome::{Failure, Result};

use super::page::{self, Form};

/// More redirects than this are a loop.
const MOST_HOPS: usize = 20;

/// The cookies of one visitor. Like a browser's they belong to a host, whatever its port.
#[derive(Default)]
pub struct Visitor {
    cookies: Vec<(String, String)>,
}

impl Visitor {
    pub fn get(&mut self, url: &str, headers: &[(&str, &str)]) -> Result<Response> {
        self.send("GET", url, headers, None)
    }

    /// Opens a page of the app, presses the persona's button, and goes where that leads: back to the page.
    pub fn sign_in(&mut self, page: &str, persona: &str) -> Result<()> {
        let mut url = page.to_owned();
        let mut response = self.get(&url, &[])?;
        for _ in 0..MOST_HOPS {
            if let Some(next) = response.header("location").filter(|_| (300..400).contains(&response.status)) {
                url = http::resolve(&url, next)?;
                response = self.get(&url, &[])?;
                continue;
            }
            let html = String::from_utf8_lossy(&response.body).into_owned();
            let form = page::form_with_button(&html, persona).or_else(|| page::form_with_field(&html, "code"));
            match form {
                Some(form) => response = self.submit(&mut url, &form)?,
                None if response.status == 200 && url == page => return Ok(()),
                None => break,
            }
        }
        Err(Failure::new(format!("Signing in as {persona} ended at {url} with status {}", response.status)))
    }

    fn submit(&mut self, url: &mut String, form: &Form) -> Result<Response> {
        let from = http::origin(url)?;
        *url = http::resolve(url, &form.action)?;
        let body = encode(&form.fields);
        if form.method == "POST" {
            return self.send("POST", url, &[("origin", &from)], Some(&body));
        }
        *url = format!("{}?{body}", url.split('?').next().unwrap_or_default());
        self.get(url, &[])
    }

    fn send(&mut self, method: &str, url: &str, headers: &[(&str, &str)], form: Option<&str>) -> Result<Response> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut all = vec![("accept", "text/html,*/*")];
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        all.extend(headers);
        let response = http::request(method, url, &all, form)?;
        response.headers("set-cookie").for_each(|cookie| remember(&mut self.cookies, cookie));
        Ok(response)
    }
}

fn remember(cookies: &mut Vec<(String, String)>, cookie: &str) {
    let mut parts = cookie.split(';');
    let Some((name, value)) = parts.next().and_then(|pair| pair.trim().split_once('=')) else {
        return;
    };
    cookies.retain(|(known, _)| known != name);
    let gone = parts.any(|part| part.trim().eq_ignore_ascii_case("max-age=0"));
    if !gone && !value.is_empty() {
        cookies.push((name.to_owned(), value.to_owned()));
    }
}

fn encode(fields: &[(String, String)]) -> String {
    let encoded = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_come_and_go() {
        let mut cookies = Vec::new();
        remember(&mut cookies, "a=1; Path=/; HttpOnly");
        remember(&mut cookies, "b=2");
        remember(&mut cookies, "a=; Max-Age=0");
        assert_eq!(cookies, [("b".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn fields_are_encoded() {
        let fields = [("na me".to_owned(), "Gómez&".to_owned())];
        assert_eq!(encode(&fields), "na%20me=G%C3%B3mez%26");
    }
}
