//! Calling the server's functions from the browser: the same addresses and forms that plain HTML would use.

use std::cell::Cell;

use js_sys::{Reflect, SyntaxError, Uint8Array};
use model::FaultKind;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, RequestInit, Response, UrlSearchParams};

use crate::{AppError, browser::window, read::Read};

/// Arguments by name; those without a value are left out.
pub type Arguments<'a> = &'a [(&'a str, Option<&'a str>)];

/// Asks the function `name` for something.
pub async fn get<T: Read>(name: &str, arguments: Arguments<'_>) -> Result<T, AppError> {
    read(&get_json(name, arguments).await?)
}

/// Has the function `name` do something.
pub async fn post<T: Read>(name: &str, arguments: Arguments<'_>) -> Result<T, AppError> {
    read(&post_json(name, arguments).await?)
}

/// A response as it arrives. Dropping it ends it.
pub struct Chunks {
    reader: ReadableStreamDefaultReader,
    ended: Cell<bool>,
}

/// Asks the function `name` for a response that takes its time.
pub async fn stream(name: &str, arguments: Arguments<'_>) -> Result<Chunks, AppError> {
    let response = send(&address(name, arguments), &RequestInit::new()).await?;
    let body = response.body().ok_or_else(unreachable)?;
    Ok(Chunks { reader: body.get_reader().unchecked_into(), ended: Cell::new(false) })
}

impl Chunks {
    /// The next bytes; `None` at the end.
    pub async fn next(&self) -> Result<Option<Vec<u8>>, AppError> {
        let chunk = JsFuture::from(self.reader.read()).await;
        let bytes = chunk.and_then(|chunk| Reflect::get(&chunk, &JsValue::from_str("value")));
        let bytes = bytes.map(|bytes| bytes.is_truthy().then(|| bytes.unchecked_ref::<Uint8Array>().to_vec()));
        self.ended.set(!matches!(bytes, Ok(Some(_))));
        bytes.map_err(|_| unreachable())
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        if !self.ended.get() {
            // Nobody waits for its end.
            _ = self.reader.cancel();
        }
    }
}

async fn get_json(name: &str, arguments: Arguments<'_>) -> Result<JsValue, AppError> {
    json(send(&address(name, arguments), &RequestInit::new()).await?).await
}

async fn post_json(name: &str, arguments: Arguments<'_>) -> Result<JsValue, AppError> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&form(arguments));
    json(send(&address(name, &[]), &init).await?).await
}

async fn send(address: &str, init: &RequestInit) -> Result<Response, AppError> {
    let response = JsFuture::from(window().fetch_with_str_and_init(address, init)).await.map_err(|_| unreachable())?;
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

fn address(name: &str, arguments: Arguments<'_>) -> String {
    let query = String::from(form(arguments).to_string());
    if query.is_empty() { format!("/fn/{name}") } else { format!("/fn/{name}?{query}") }
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
