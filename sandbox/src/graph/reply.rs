//! Headers and error bodies of Graph.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::http::{header_str, json_response, with_headers};
use crate::{clock, random};

const ODATA_JSON: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The ids Graph puts into every answer.
#[derive(Clone, Debug)]
pub struct Ids {
    request: String,
    client: String,
}

impl Ids {
    /// The client's own id comes back; without one it equals Graph's.
    pub fn of(headers: &HeaderMap) -> Self {
        let request = random::guid();
        let client = header_str(headers, "client-request-id").map_or_else(|| request.clone(), ToOwned::to_owned);
        Self { request, client }
    }

    pub fn ok(&self, body: Value) -> Response {
        let response = json_response(StatusCode::OK, body);
        self.stamp(with_headers(response, &[("content-type", ODATA_JSON), ("odata-version", "4.0")]))
    }

    pub fn error(&self, status: StatusCode, code: &str, message: &str) -> Response {
        let body = json!({"error": {
            "code": code,
            "message": message,
            "innerError": {
                "date": clock::graph_timestamp(),
                "request-id": self.request,
                "client-request-id": self.client,
            },
        }});
        self.stamp(json_response(status, body))
    }

    /// A permission is missing.
    pub fn denied(&self) -> Box<Response> {
        Box::new(self.error(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ))
    }

    /// There is no such object.
    pub fn missing(&self, id: &str) -> Box<Response> {
        Box::new(self.error(
            StatusCode::NOT_FOUND,
            "Request_ResourceNotFound",
            &format!(
                "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
            ),
        ))
    }

    pub fn stamp(&self, response: Response) -> Response {
        with_headers(
            response,
            &[
                ("request-id", &self.request),
                ("client-request-id", &self.client),
                (
                    "x-ms-ags-diagnostic",
                    r#"{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SANDBOX0000001"}}"#,
                ),
                ("strict-transport-security", "max-age=31536000"),
                ("x-ms-resource-unit", "1"),
            ],
        )
    }
}

pub fn bad_request(ids: &Ids, message: &str) -> Box<Response> {
    Box::new(ids.error(StatusCode::BAD_REQUEST, "Request_BadRequest", message))
}

/// Paths Graph knows and the sandbox does not.
pub async fn not_found(request: Request) -> Response {
    let segment = request.uri().path().rsplit('/').next().unwrap_or_default();
    Ids::of(request.headers())
        .error(StatusCode::BAD_REQUEST, "BadRequest", &format!("Resource not found for the segment '{segment}'."))
        .into_response()
}
