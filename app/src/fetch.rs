//! Calling the server's functions from the browser: the same addresses and forms that plain HTML would use.

use futures::future::LocalBoxFuture;
use js_sys::{Reflect, SyntaxError, Uint8Array};
use model::FaultKind;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, RequestInit, Response, UrlSearchParams};

use crate::{AppError, browser::window, read::Read};

/// Arguments by name; those without a value are left out.
pub type Arguments<'a> = &'a [(&'a str, Option<&'a str>)];

/// How a function is called: those that change something by POST, with a form.
#[derive(Clone, Copy, PartialEq)]
pub enum Method {
    Get,
    Post,
}

/// Asks the function `name` for something.
pub async fn get<T: Read>(name: &str, arguments: Arguments<'_>) -> Result<T, AppError> {
    read(&value(Method::Get, name, arguments).await?)
}

/// Has the function `name` do something.
pub async fn post<T: Read>(name: &str, arguments: Arguments<'_>) -> Result<T, AppError> {
    read(&value(Method::Post, name, arguments).await?)
}

/// A response of lines, as they arrive. Dropping it ends it.
pub struct Lines {
    reader: ReadableStreamDefaultReader,
    buffer: Buffer,
    ended: bool,
}

/// Calls the function `name`, which takes its time for the response.
pub async fn stream(method: Method, name: &str, arguments: Arguments<'_>) -> Result<Lines, AppError> {
    let body = call(method, name, arguments).await?.body().ok_or_else(unreachable)?;
    Ok(Lines { reader: body.get_reader().unchecked_into(), buffer: Buffer::default(), ended: false })
}

impl Lines {
    /// The next whole line with its end; `None` behind the last.
    pub fn next_line(&mut self) -> LocalBoxFuture<'_, Result<Option<Vec<u8>>, AppError>> {
        Box::pin(self.read_line())
    }

    async fn read_line(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        loop {
            if let Some(line) = self.buffer.line() {
                return Ok(Some(line));
            }
            let chunk = JsFuture::from(self.reader.read()).await;
            let bytes = chunk.and_then(|chunk| Reflect::get(&chunk, &JsValue::from_str("value")));
            self.ended = !bytes.as_ref().is_ok_and(JsValue::is_truthy);
            let bytes = bytes.map_err(|_| unreachable())?;
            if self.ended {
                return Ok(None);
            }
            self.buffer.add(&bytes.unchecked_ref::<Uint8Array>().to_vec());
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.ended {
            // Nobody waits for its end.
            _ = self.reader.cancel();
        }
    }
}

/// Bytes as they come, which end anywhere.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    /// How many of them were read.
    read: usize,
}

impl Buffer {
    fn add(&mut self, bytes: &[u8]) {
        let rest = self.bytes.get(self.read..).unwrap_or_default();
        self.bytes = [rest, bytes].concat();
        self.read = 0;
    }

    /// The next line, if all of it is there.
    fn line(&mut self) -> Option<Vec<u8>> {
        let line = self.bytes.get(self.read..)?.split_inclusive(|byte| *byte == b'\n').next()?;
        if !line.ends_with(b"\n") {
            return None;
        }
        self.read += line.len();
        Some(line.to_vec())
    }
}

async fn value(method: Method, name: &str, arguments: Arguments<'_>) -> Result<JsValue, AppError> {
    json(call(method, name, arguments).await?).await
}

async fn call(method: Method, name: &str, arguments: Arguments<'_>) -> Result<Response, AppError> {
    let init = RequestInit::new();
    let (mut address, form) = (format!("/fn/{name}"), form(arguments));
    if method == Method::Post {
        init.set_method("POST");
        init.set_body(&form);
    } else if !arguments.is_empty() {
        address = format!("{address}?{}", String::from(form.to_string()));
    }
    let response =
        JsFuture::from(window().fetch_with_str_and_init(&address, &init)).await.map_err(|_| unreachable())?;
    let response: Response = response.unchecked_into();
    if response.ok() {
        return Ok(response);
    }
    Err(read(&json(response).await?)?)
}

/// The browser reads JSON by itself: a long text would be copied into this memory and out again for it.
async fn json(response: Response) -> Result<JsValue, AppError> {
    let json = response.json().map_err(|_| unreachable())?;
    JsFuture::from(json)
        .await
        .map_err(|error| if error.is_instance_of::<SyntaxError>() { incomprehensible() } else { unreachable() })
}

fn read<T: Read>(value: &JsValue) -> Result<T, AppError> {
    T::read(value).ok_or_else(incomprehensible)
}

/// A line as a value.
pub fn of_line<T: Read>(line: Option<Vec<u8>>) -> Result<T, AppError> {
    let line = line.ok_or_else(unreachable)?;
    std::str::from_utf8(&line).ok().and_then(crate::read::json).ok_or_else(incomprehensible)
}

fn form(arguments: Arguments<'_>) -> UrlSearchParams {
    // Making an empty one cannot fail.
    let form = UrlSearchParams::new().unwrap_or_else(|empty| empty.unchecked_into());
    for (name, value) in arguments {
        if let Some(value) = value {
            form.append(name, value);
        }
    }
    form
}

fn unreachable() -> AppError {
    AppError::new(FaultKind::Unavailable, texts::SERVER_UNREACHABLE)
}

fn incomprehensible() -> AppError {
    AppError::new(FaultKind::Internal, texts::WENT_WRONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_wherever_the_network_cuts() {
        let text = "{\"n\":1,\"d\":\"é\"}\n{\"n\":2,\"d\":\"日本\"}\n".as_bytes();
        for cut in 0..text.len() {
            let mut buffer = Buffer::default();
            let mut whole = Vec::new();
            for part in [&text[..cut], &text[cut..]] {
                buffer.add(part);
                whole.extend(std::iter::from_fn(|| buffer.line()));
            }
            assert_eq!(whole.len(), 2, "cut at {cut}");
            assert_eq!(whole.concat(), text);
        }
    }
}
