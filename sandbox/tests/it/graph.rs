//! Graph: tokens, profile, photo, groups, throttling.

use reqwest::StatusCode;
use sandbox::constants::{ALLOWED_GROUP_ID, CLIENT_ID, GRAPH_CLIENT_ID};
use sandbox::personas::{ALICE, BOB, CAROL, ERIN};
use serde_json::{Value, json};

use crate::helper::{Sandbox, text};

const GROUPS: &str = "/me/transitiveMemberOf/microsoft.graph.group?$select=id,displayName&$top=999";

async fn error_of(response: reqwest::Response) -> (StatusCode, Value) {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    (status, body["error"].clone())
}

#[tokio::test]
async fn only_tokens_for_graph_are_accepted() {
    let sandbox = Sandbox::start().await;
    let own = sandbox.mint(json!({"persona": ALICE})).await;
    let expired = sandbox.mint(json!({"persona": ALICE, "kind": "graph", "claims": {"exp": 1}})).await;
    for (token, message) in [
        (own.as_str(), "Invalid audience"),
        (expired.as_str(), "expired"),
        ("garbage", "80049217"),
        ("", "Access token is empty."),
    ] {
        let response = sandbox.graph(token, "/me").send().await.unwrap();
        assert!(response.headers().contains_key("www-authenticate"));
        let (status, error) = error_of(response).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(error["code"], "InvalidAuthenticationToken");
        assert!(text(&error, "message").contains(message), "{error}");
    }
}

#[tokio::test]
async fn profile_has_explicit_nulls_and_echoes_the_request_id() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(CAROL).await;
    let response = sandbox.graph(&token, "/me").header("client-request-id", "my-id").send().await.unwrap();
    assert_eq!(response.headers()["client-request-id"], "my-id");
    assert!(response.headers().contains_key("request-id"));
    let me: Value = response.json().await.unwrap();
    assert_eq!(me["displayName"], "Carol Chen");
    assert_eq!(me["mail"], Value::Null);
    assert_eq!(me.get("givenName"), Some(&Value::Null));
    assert_eq!(me["businessPhones"], json!([]));
    assert!(me.get("department").is_none());
}

#[tokio::test]
async fn select_is_honoured_and_checked() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    let response = sandbox.graph(&token, "/me?$select=id,department").send().await;
    let me: Value = response.unwrap().json().await.unwrap();
    assert_eq!(me["department"], "Corporate Lending");
    assert_eq!(me.as_object().unwrap().len(), 3);
    let response = sandbox.graph(&token, "/me?$select=depratment").send().await.unwrap();
    assert_eq!(error_of(response).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn photos_have_an_etag_or_are_missing() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    let photo = sandbox.graph(&token, "/me/photo/$value").send().await.unwrap();
    assert_eq!(photo.headers()["content-type"], "image/png");
    let etag = photo.headers()["etag"].clone();
    let bytes = photo.bytes().await.unwrap();
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() < 40_000, "{}", bytes.len());
    let again = sandbox.graph(&token, "/me/photo/$value").header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let small = sandbox.graph(&token, "/me/photos/96x96/$value").send().await.unwrap();
    assert_eq!(small.status(), StatusCode::OK);
    let large = sandbox.graph(&token, "/me/photos/648x648/$value").send().await.unwrap();
    assert_eq!(large.status(), StatusCode::NOT_FOUND);
    let token = sandbox.graph_token(CAROL).await;
    let missing = sandbox.graph(&token, "/me/photo/$value").send().await.unwrap();
    let (status, error) = error_of(missing).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(error["code"], "ImageNotFound");
}

#[tokio::test]
async fn groups_come_in_pages_one_of_them_empty() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ERIN).await;
    let mut next = Some(sandbox.url(&format!("/graph/v1.0{GROUPS}")));
    let (mut sizes, mut groups) = (Vec::new(), Vec::new());
    while let Some(url) = next {
        assert!(url.starts_with(&sandbox.running.base_url));
        let response = sandbox.http.get(url).bearer_auth(&token).send().await;
        let page: Value = response.unwrap().json().await.unwrap();
        let value = page["value"].as_array().unwrap().clone();
        sizes.push(value.len());
        groups.extend(value);
        next = page["@odata.nextLink"].as_str().map(ToOwned::to_owned);
    }
    assert_eq!(sizes, [100, 0, 100, 60]);
    let position = groups.iter().position(|group| group["id"] == ALLOWED_GROUP_ID);
    assert!(position.unwrap() >= 200);
    assert_eq!(groups[position.unwrap()]["displayName"], "Chat users");
}

#[tokio::test]
async fn names_need_a_permission() {
    let sandbox = Sandbox::start().await;
    let order = json!({"persona": BOB, "kind": "graph", "scopes": ["User.Read"]});
    let token = sandbox.mint(order).await;
    let response = sandbox.graph(&token, GROUPS).send().await.unwrap();
    let page: Value = response.json().await.unwrap();
    for group in page["value"].as_array().unwrap() {
        assert!(group["id"].is_string() && group["displayName"].is_null());
    }
}

#[tokio::test]
async fn without_a_cast_the_listing_is_mixed() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    let response = sandbox.graph(&token, "/me/transitiveMemberOf").send().await;
    let page: Value = response.unwrap().json().await.unwrap();
    let kinds: std::collections::HashSet<&str> =
        page["value"].as_array().unwrap().iter().map(|entry| text(entry, "@odata.type")).collect();
    assert_eq!(kinds.len(), 3);
}

#[tokio::test]
async fn advanced_queries_must_be_asked_for() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    let cast = "/me/transitiveMemberOf/microsoft.graph.group";
    for (query, code) in
        [("$count=true", "Request_BadRequest"), ("$filter=startswith(displayName,'Chat')", "Request_UnsupportedQuery")]
    {
        let path = format!("{cast}?{query}");
        let (status, error) = error_of(sandbox.graph(&token, &path).send().await.unwrap()).await;
        assert_eq!((status, text(&error, "code")), (StatusCode::BAD_REQUEST, code));
        let response = sandbox.graph(&token, &path).header("ConsistencyLevel", "eventual").send().await;
        assert_eq!(response.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn membership_checks_take_twenty_ids() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    let check = async |ids: Vec<String>| {
        sandbox
            .http
            .post(sandbox.url("/graph/v1.0/me/checkMemberGroups"))
            .bearer_auth(&token)
            .json(&json!({"groupIds": ids}))
            .send()
            .await
            .unwrap()
    };
    let held: Value = check(vec![ALLOWED_GROUP_ID.into(), "other".into()]).await.json().await.unwrap();
    assert_eq!(held["value"], json!([ALLOWED_GROUP_ID]));
    let response = check((0..21).map(|n| n.to_string()).collect()).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn app_only_tokens_have_no_me_and_users_cannot_read_others() {
    let sandbox = Sandbox::start().await;
    let app = sandbox.mint(json!({"kind": "graph"})).await;
    let (status, error) = error_of(sandbox.graph(&app, "/me").send().await.unwrap()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&error, "message").contains("delegated authentication flow"));
    let path = format!("/users/{BOB}");
    let response = sandbox.graph(&app, &path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN, "no application permission was granted");
    let granted = sandbox.mint(json!({"kind": "graph", "claims": {"roles": ["User.Read.All"]}})).await;
    let response = sandbox.graph(&granted, &path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let alice = sandbox.graph_token(ALICE).await;
    let response = sandbox.graph(&alice, &path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_group_is_read_with_a_permission_and_only_if_it_exists() {
    let sandbox = Sandbox::start().await;
    let app = sandbox.mint(json!({"kind": "graph"})).await;
    let path = format!("/groups/{ALLOWED_GROUP_ID}?$select=id,displayName");
    let (status, error) = error_of(sandbox.graph(&app, &path).send().await.unwrap()).await;
    assert_eq!((status, text(&error, "code")), (StatusCode::FORBIDDEN, "Authorization_RequestDenied"));
    sandbox.patch_client(CLIENT_ID, json!({"graph_roles": ["GroupMember.Read.All"]})).await;
    let group: Value = sandbox.graph(&app, &path).send().await.unwrap().json().await.unwrap();
    assert_eq!((text(&group, "id"), text(&group, "displayName")), (ALLOWED_GROUP_ID, "Chat users"));
    assert_eq!(group.as_object().unwrap().len(), 3);
    for (id, expected) in [("not-a-guid", 400), ("33333333-0000-4000-8000-333333333333", 404)] {
        let response = sandbox.graph(&app, &format!("/groups/{id}")).send().await.unwrap();
        assert_eq!(response.status().as_u16(), expected);
    }
    let alice = sandbox.graph_token(ALICE).await;
    assert_eq!(sandbox.graph(&alice, &path).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn consented_scopes_are_read_with_a_permission() {
    let sandbox = Sandbox::start().await;
    let app = sandbox.mint(json!({"kind": "graph"})).await;
    let path = format!("/servicePrincipals(appId='{CLIENT_ID}')/oauth2PermissionGrants");
    assert_eq!(sandbox.graph(&app, &path).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    sandbox.patch_client(CLIENT_ID, json!({"graph_roles": ["Directory.Read.All"]})).await;
    let grants: Value = sandbox.graph(&app, &path).send().await.unwrap().json().await.unwrap();
    let grant = &grants["value"][0];
    assert_eq!(text(grant, "consentType"), "AllPrincipals");
    assert!(text(grant, "scope").ends_with("offline_access User.Read GroupMember.Read.All"), "{grant}");
    let graph = format!("/servicePrincipals(appId='{GRAPH_CLIENT_ID}')?$select=id");
    let graph: Value = sandbox.graph(&app, &graph).send().await.unwrap().json().await.unwrap();
    assert_eq!(graph["id"], grant["resourceId"]);
}

#[tokio::test]
async fn a_fault_can_show_another_time() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    let fault = json!({"service": "graph", "kind": "unavailable", "times": 1, "clock_ahead_secs": 86_400});
    sandbox.fault(fault).await;
    let dates = [sandbox.graph(&token, "/me").send().await, sandbox.graph(&token, "/me").send().await]
        .map(|response| response.unwrap().headers()["date"].to_str().unwrap()[..16].to_owned());
    assert_ne!(dates[0], dates[1]);
}

#[tokio::test]
async fn ordered_faults_strike() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    sandbox.fault(json!({"service": "graph", "kind": "throttled", "times": 1, "retry_after": 3})).await;
    let response = sandbox.graph(&token, "/me").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "3");
    sandbox.fault(json!({"service": "graph", "kind": "cae", "times": 1})).await;
    let response = sandbox.graph(&token, "/me").send().await.unwrap();
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(challenge.contains("error=\"insufficient_claims\", claims=\""));
    sandbox
        .fault(json!({"service": "graph", "kind": "photo_error", "times": 1, "code": "MailboxNotEnabledForRESTAPI"}))
        .await;
    let response = sandbox.graph(&token, "/me").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let response = sandbox.graph(&token, "/me/photo/$value").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn user_info_can_be_about_somebody_else_or_down() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    let ask = async || sandbox.http.get(sandbox.url("/graph/oidc/userinfo")).bearer_auth(&token).send().await.unwrap();
    sandbox.fault(json!({"service": "graph", "kind": "unavailable"})).await;
    assert_eq!(ask().await.status(), 200, "that is about the directory");
    let claims = json!({"sub": "somebody", "name": null});
    sandbox.fault(json!({"service": "graph", "kind": "userinfo", "claims": claims, "times": 1})).await;
    let info: Value = ask().await.json().await.unwrap();
    assert_eq!((&info["sub"], info.get("name")), (&json!("somebody"), None));
    sandbox.fault(json!({"service": "graph", "kind": "unavailable", "match": {"path": "userinfo"}})).await;
    assert_eq!(ask().await.status(), 503);
}
