//! Error answers of Azure OpenAI, and the headers of all its answers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::chunks;
use crate::http::{json_response, with_headers};
use crate::random;

pub fn stamp(response: Response, deployment: &str) -> Response {
    let id = random::guid();
    with_headers(
        response,
        &[
            ("apim-request-id", &id),
            ("x-request-id", &id),
            ("x-ms-region", "Sweden Central"),
            ("x-ms-deployment-name", deployment),
            ("azureml-model-session", "d000-20261101000000"),
            ("x-content-type-options", "nosniff"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
            ("x-ratelimit-limit-requests", "250"),
            ("x-ratelimit-limit-tokens", "250000"),
            ("x-ratelimit-remaining-requests", "249"),
            ("x-ratelimit-remaining-tokens", "248750"),
        ],
    )
}

fn coded(status: StatusCode, code: &str, message: &str) -> Response {
    json_response(status, json!({"error": {"code": code, "message": message}}))
}

pub fn wrong_key() -> Response {
    coded(
        StatusCode::UNAUTHORIZED,
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
    )
}

/// Without an `error` object; also the answer to a request without any credential.
pub fn wrong_token(audience: &str) -> Response {
    json_response(
        StatusCode::UNAUTHORIZED,
        json!({
            "statusCode": 401,
            "message": format!("Unauthorized. Access token is missing, invalid, audience is incorrect ({audience}), or have expired."),
        }),
    )
}

pub fn permission_denied(status: StatusCode, principal: &str) -> Response {
    coded(
        status,
        "PermissionDenied",
        &format!(
            "The principal `{principal}` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST /openai/deployments/{{deployment-id}}/chat/completions` operation."
        ),
    )
}

pub fn forbidden() -> Response {
    coded(StatusCode::FORBIDDEN, "403", "Access denied due to Virtual Network/Firewall rules.")
}

pub fn deployment_not_found() -> Response {
    coded(
        StatusCode::NOT_FOUND,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
    )
}

pub fn not_found() -> Response {
    coded(StatusCode::NOT_FOUND, "404", "Resource not found")
}

pub async fn resource_not_found() -> Response {
    not_found()
}

pub fn api_version_refused() -> Response {
    coded(StatusCode::BAD_REQUEST, "BadRequest", "api-version query parameter is not allowed when using /v1 path")
}

/// A 400 about one member of the request.
pub fn invalid(param: Option<&str>, code: Option<&str>, message: &str) -> Response {
    json_response(
        StatusCode::BAD_REQUEST,
        json!({"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}),
    )
}

pub fn unsupported_parameter(param: &str) -> Response {
    let instead = match param {
        "max_tokens" => " Use 'max_completion_tokens' instead.",
        _ => "",
    };
    invalid(
        Some(param),
        Some("unsupported_parameter"),
        &format!("Unsupported parameter: '{param}' is not supported with this model.{instead}"),
    )
}

pub fn unsupported_value(param: &str, value: &Value) -> Response {
    invalid(
        Some(param),
        Some("unsupported_value"),
        &format!(
            "Unsupported value: '{param}' does not support {value} with this model. Only the default (1) value is supported."
        ),
    )
}

pub fn context_length(limit: usize, asked: usize) -> Response {
    invalid(
        Some("messages"),
        Some("context_length_exceeded"),
        &format!(
            "This model's maximum context length is {limit} tokens. However, your messages resulted in {asked} tokens. Please reduce the length of the messages."
        ),
    )
}

/// The wire says `content_filter_result`, singular; `plural` gives the documented form.
pub fn prompt_filtered(plural: bool) -> Response {
    let mut results = chunks::safe_prompt();
    results["jailbreak"] = json!({"filtered": true, "detected": true});
    let key = if plural { "content_filter_results" } else { "content_filter_result" };
    let body = json!({"error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
        "type": null, "param": "prompt", "code": "content_filter", "status": 400,
        "innererror": {"code": "ResponsibleAIPolicyViolation", key: results},
    }});
    with_headers(json_response(StatusCode::BAD_REQUEST, body), &[("x-ms-rai-invoked", "true")])
}

/// How the answer to a throttled request says when to come back.
#[derive(Default)]
pub struct RetryAfter {
    pub secs: Option<String>,
    pub millis: Option<u64>,
}

pub fn rate_limited(code: &str, retry: &RetryAfter) -> Response {
    let wait = retry.secs.as_deref().unwrap_or("60");
    let message = if code == "RateLimitReached" {
        format!("Rate limit of 250000 per 60s exceeded for AverageTokens. Please wait {wait} seconds before retrying.")
    } else {
        format!(
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after {wait} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit."
        )
    };
    let response = coded(StatusCode::TOO_MANY_REQUESTS, code, &message);
    let response = with_headers(
        response,
        &[
            ("policy-id", "DeploymentRatelimit-Token"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", wait),
        ],
    );
    with_retry(response, retry)
}

pub fn with_retry(mut response: Response, retry: &RetryAfter) -> Response {
    if let Some(secs) = &retry.secs {
        response = with_headers(response, &[("retry-after", secs)]);
    }
    if let Some(millis) = retry.millis {
        response = with_headers(response, &[("retry-after-ms", &millis.to_string())]);
    }
    response
}

pub fn gateway_html(status: StatusCode) -> Response {
    let page = format!(
        "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n",
        status
    );
    (status, [("content-type", "text/html")], page).into_response()
}

pub fn server_error(status: StatusCode) -> Response {
    coded(status, "InternalServerError", "The server had an error while processing your request. Sorry about that!")
}
