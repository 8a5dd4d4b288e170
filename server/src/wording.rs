//! What pages say, as files for the browser: one for each language, and the script that changes from one to another. Kept
//! for ever, under names that change with what is in any of them.

use std::sync::LazyLock;

use app::language::change_script;
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use services::crypto;
use texts::{Language, page_table};

use crate::Doors;

/// The files' paths, in the order of the languages.
pub(crate) fn paths() -> [String; Language::ALL.len()] {
    Language::ALL.map(|language| format!("/texts/{}.{}.txt", *DIGEST, language.tag()))
}

/// The path of the script that changes the language of an open page.
pub(crate) fn change_path() -> String {
    format!("/texts/{}.js", *DIGEST)
}

/// Of all of them.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let all = [Language::ALL.map(page_table).concat(), change_script()].concat();
    crypto::digest(all.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
});

pub(crate) fn routes() -> Router<Doors> {
    Router::new().route("/texts/{name}", get(file))
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    static COMPRESSED: LazyLock<[Vec<u8>; Language::ALL.len()]> =
        LazyLock::new(|| Language::ALL.map(|language| compress(page_table(language))));
    let path = format!("/texts/{name}");
    if path == change_path() {
        return kept("text/javascript; charset=utf-8", change_script().into_response());
    }
    let Some(language) = Language::ALL.into_iter().find(|language| paths()[*language as usize] == path) else {
        // Of another build: its page loads itself again.
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response();
    };
    let compressed = COMPRESSED[language as usize].as_slice();
    let is_compressed = !compressed.is_empty() && takes_brotli(&headers);
    let body = if is_compressed { compressed } else { page_table(language).as_bytes() };
    let mut response = kept("text/plain; charset=utf-8", body.into_response());
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn kept(content_type: &'static str, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

/// Empty if that does not work.
fn compress(text: &str) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 16, ..Default::default() };
    let mut out = Vec::new();
    match brotli::BrotliCompress(&mut text.as_bytes(), &mut out, &params) {
        Ok(_) => out,
        Err(_) => Vec::new(),
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    let mut codings = lines.flat_map(|line| line.split(','));
    codings.any(|coding| coding.split(';').map(str::trim).eq(["br"]) || coding.trim().starts_with("br;q=1"))
}
