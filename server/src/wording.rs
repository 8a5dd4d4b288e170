//! What pages say, as files for the browser: one for each language, kept for ever, under names that change with what is
//! in any of them.

use std::sync::LazyLock;

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
    let all = Language::ALL.map(page_table).concat();
    let digest: String = crypto::digest(all.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Language::ALL.map(|language| format!("/texts/{digest}.{}.txt", language.tag()))
}

pub(crate) fn routes() -> Router<Doors> {
    Router::new().route("/texts/{name}", get(file))
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    static PATHS: LazyLock<[String; Language::ALL.len()]> = LazyLock::new(paths);
    static COMPRESSED: LazyLock<[Vec<u8>; Language::ALL.len()]> =
        LazyLock::new(|| Language::ALL.map(|language| compress(page_table(language))));
    let known = Language::ALL.into_iter().find(|language| PATHS[*language as usize].rsplit('/').next() == Some(&*name));
    // Of another build: its page loads itself again.
    let Some(language) = known else {
        return (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response();
    };
    let compressed = COMPRESSED[language as usize].as_slice();
    let is_compressed = !compressed.is_empty() && takes_brotli(&headers);
    let body = if is_compressed { compressed } else { page_table(language).as_bytes() };
    let mut response = body.into_response();
    let mut set = |name, value| {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_TYPE, "text/plain; charset=utf-8");
    set(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    set(header::VARY, "accept-encoding");
    if is_compressed {
        set(header::CONTENT_ENCODING, "br");
    }
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
