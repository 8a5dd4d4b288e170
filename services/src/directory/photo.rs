//! Pictures.

use reqwest::{Response, StatusCode, header};

use super::{Directory, DirectoryError, refused};
use crate::store::photos::Photo;

const LARGEST_BYTES: usize = 4_000_000;

/// What the directory says about a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoAnswer {
    New(Photo),
    /// It still is the one whose ETag was sent.
    Unchanged,
    /// There is none.
    None,
}

pub(super) async fn get(
    directory: &Directory,
    token: &str,
    known_etag: Option<&str>,
) -> Result<PhotoAnswer, DirectoryError> {
    // A size that there is not may be a 404 although there is a picture: then ask for whatever there is.
    for path in [&["me", "photos", "240x240", "$value"][..], &["me", "photo", "$value"]] {
        let url = directory.url(path);
        let request = || {
            let request = directory.get(url.clone(), token);
            match known_etag {
                Some(etag) => request.header(header::IF_NONE_MATCH, etag),
                None => request,
            }
        };
        let response = directory.send(request).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED => return Ok(PhotoAnswer::Unchanged),
            status if status.is_success() => return read(response).await,
            StatusCode::NOT_FOUND => {}
            StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => return Err(refused(response).await),
            // No mailbox, no licence, no picture: the directory has many codes for it.
            status if status.is_client_error() => return Ok(PhotoAnswer::None),
            _ => return Err(refused(response).await),
        }
    }
    Ok(PhotoAnswer::None)
}

async fn read(response: Response) -> Result<PhotoAnswer, DirectoryError> {
    let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let bytes = response.bytes().await?.to_vec();
    match picture_type(&bytes).filter(|_| bytes.len() <= LARGEST_BYTES) {
        Some(content_type) => Ok(PhotoAnswer::New(Photo { etag, content_type: content_type.to_owned(), bytes })),
        None => Ok(PhotoAnswer::None),
    }
}

/// By what the bytes are, never by what they are called: we serve them from our own origin.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
