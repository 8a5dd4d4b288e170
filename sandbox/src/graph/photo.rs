//! Profile photos: binary with an ETag, or a JSON 404.

use std::collections::HashMap;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::auth::About;
use super::portrait;
use crate::http::{header_str, with_headers};

/// Pictures exist up to the size that was uploaded.
const SIZES: &[u32] = &[48, 64, 96, 120, 240];
const LARGEST: u32 = 240;

/// `GET /me/photo/$value` and `/me/photos/{size}/$value`
pub async fn value(about: About, Path(path): Path<HashMap<String, String>>, headers: HeaderMap) -> Response {
    let size = match size(&about, &path) {
        Ok(size) => size,
        Err(response) => return *response,
    };
    let etag = etag(&about, size);
    if header_str(&headers, "if-none-match").is_some_and(|known| known.contains(&etag)) {
        let response = StatusCode::NOT_MODIFIED.into_response();
        return about.ids.stamp(with_headers(response, &[("etag", &etag)]));
    }
    let picture = portrait::png(&about.person, size);
    let response = ([(header::CONTENT_TYPE, "image/png")], picture).into_response();
    about.ids.stamp(with_headers(response, &[("etag", &etag)]))
}

/// `GET /me/photo` and `/me/photos/{size}`
pub async fn metadata(about: About, Path(path): Path<HashMap<String, String>>) -> Response {
    let size = match size(&about, &path) {
        Ok(size) => size,
        Err(response) => return *response,
    };
    about.ids.ok(json!({
        "@odata.context": format!("{}/graph/v1.0/$metadata#{}/photo/$entity", about.origin.0, about.segment),
        "@odata.mediaContentType": "image/png",
        "@odata.mediaEtag": etag(&about, size),
        "id": format!("{size}X{size}"),
        "width": size,
        "height": size,
    }))
}

/// `GET /me/photos`
pub async fn list(about: About) -> Response {
    let sizes: &[u32] = if about.person.has_photo { SIZES } else { &[] };
    let value: Vec<_> = sizes
        .iter()
        .map(|size| {
            json!({
                "@odata.mediaContentType": "image/png",
                "id": format!("{size}x{size}"), "width": size, "height": size,
            })
        })
        .collect();
    about.ids.ok(json!({
        "@odata.context": format!("{}/graph/v1.0/$metadata#{}/photos", about.origin.0, about.segment),
        "value": value,
    }))
}

fn size(about: &About, path: &HashMap<String, String>) -> Result<u32, Box<Response>> {
    if !about.person.has_photo {
        return Err(Box::new(about.ids.error(
            StatusCode::NOT_FOUND,
            "ImageNotFound",
            "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
        )));
    }
    let Some(asked) = path.get("size") else {
        return Ok(LARGEST);
    };
    let wanted = asked
        .to_ascii_lowercase()
        .split_once('x')
        .and_then(|(width, height)| (width == height).then(|| width.parse::<u32>().ok())?);
    match wanted {
        Some(size) if SIZES.contains(&size) => Ok(size),
        Some(360 | 432 | 504 | 648) => {
            Err(Box::new(about.ids.error(StatusCode::NOT_FOUND, "ErrorItemNotFound", "The photo wasn't found.")))
        }
        _ => Err(Box::new(about.ids.error(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            &format!("The photo size '{asked}' is not supported."),
        ))),
    }
}

fn etag(about: &About, size: u32) -> String {
    let seed = format!("{}|{}|{size}", about.person.oid, about.person.photo_version);
    let digest = Sha256::digest(seed);
    let hex: String = digest.iter().take(4).map(|byte| format!("{byte:02X}")).collect();
    format!("\"{hex}\"")
}
