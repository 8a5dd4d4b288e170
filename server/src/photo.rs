//! Pictures of people: from the directory, or generated initials.

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use model::{FaultKind, UserId, UserRole, initials};
use services::Photo;

use crate::{Doors, fault, request::CorrelationId, routes::Routes, session::SignedIn};

pub(crate) fn routes() -> Routes {
    Routes::default().get("/api/photo/{user_id}", photo)
}

/// One's own picture; administrators see everyone's. Anybody else's looks like one that does not exist.
async fn photo(
    signed_in: SignedIn,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    user_id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let not_found = || fault::problem(FaultKind::NotFound, "There is no such picture.", &correlation_id);
    let viewer = signed_in.viewer;
    let Some(user_id) = user_id.ok().and_then(|Path(id)| id.parse::<UserId>().ok()) else { return not_found() };
    if user_id != viewer.id && !viewer.is(&UserRole::Admin) {
        return not_found();
    }
    let people = &doors.services.people;
    let found = async { Ok((people.contact(user_id).await?, people.photo(user_id).await?)) };
    match found.await {
        Ok((None, _)) => not_found(),
        Ok((Some(_), Some(photo))) => picture(photo, &headers),
        Ok((Some((name, _)), None)) => generated(&name, &user_id),
        Err(error) => {
            let error: services::Error = error;
            let failure = error.into_fault(&correlation_id.0);
            fault::problem(failure.kind, &failure.message, &correlation_id)
        }
    }
}

// Kept by the browser for a while: it is on every page, and changes once in years.
const CACHING: HeaderValue = HeaderValue::from_static("private, max-age=600");

fn picture(photo: Photo, headers: &HeaderMap) -> Response {
    let etag = photo.etag.and_then(|etag| HeaderValue::from_str(&etag).ok());
    let known = headers.get(header::IF_NONE_MATCH);
    let mut response = if etag.is_some() && known == etag.as_ref() {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, photo.content_type)], photo.bytes).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, CACHING);
    if let Some(etag) = etag {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// Initials on a colour of the person's own, the same every time. Light on dark enough for both themes.
fn generated(name: &str, id: &UserId) -> Response {
    let hue = u16::from_be_bytes([id.0.as_bytes()[14], id.0.as_bytes()[15]]) % 360;
    // Letters only, but a name can hold any character.
    let letters = initials(name).replace('&', "&amp;").replace('<', "&lt;");
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 96 96\"><rect width=\"96\" height=\"96\" \
         fill=\"hsl({hue} 45% 36%)\"/><text x=\"48\" y=\"49\" fill=\"#fff\" font-family=\"system-ui,sans-serif\" \
         font-size=\"38\" font-weight=\"600\" text-anchor=\"middle\" dominant-baseline=\"central\">{letters}</text></svg>"
    );
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")), (header::CACHE_CONTROL, CACHING)];
    (headers, svg).into_response()
}
