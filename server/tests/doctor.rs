//! `banter doctor`: what it finds right, and for each thing that can be wrong the line, the cause and the remedy.

use sandbox::{
    constants,
    postgres::{PgOptions, Server},
};
use serde_json::json;
use sqlx::Executor as _;

use crate::support::{Setup, TestApp, TwoEndpoints, empty_database};

fn tls() -> sandbox::Options {
    sandbox::Options { https_addr: Some(([127, 0, 0, 1], 0).into()), ..sandbox::Options::default() }
}

#[tokio::test]
async fn a_deployment_in_which_all_is_well_passes() {
    let app = TestApp::start().await;
    app.change_client(json!({ "graph_roles": ["GroupMember.Read.All", "Directory.Read.All"] })).await;
    let report = app.doctor(&[]).await;
    assert_eq!((report.code, report.not_ok()), (Some(0), vec![]), "{}", report.text);
    for (subject, seen) in [
        ("database schema", "migrations applied"),
        ("redirect URI", "http://127.0.0.1:3000/api/auth/callback/entra-id"),
        ("credential", "client secret"),
        ("permission GroupMember.Read.All", "granted for everybody"),
        ("ALLOWED_GROUP_IDS", "\"Chat users\""),
        ("ADMIN_GROUP_IDS", "\"Chat administrators\""),
        ("model gpt-4o", "answers after"),
        ("model gpt-5", "answers after"),
    ] {
        assert!(report.about(subject)[0].1.contains(seen), "{subject}: {seen} in {}", report.text);
    }
    assert!(report.text.ends_with("ok. Nothing is wrong.\n"), "{}", report.text);
}

#[tokio::test]
async fn what_only_a_person_could_show_is_skipped_and_not_wrong() {
    let app = TestApp::start().await;
    let report = app.doctor(&[]).await;
    assert_eq!(report.code, Some(0));
    let skipped = ["delegated permissions", "ALLOWED_GROUP_IDS", "ADMIN_GROUP_IDS"];
    assert_eq!(report.not_ok(), skipped.map(|subject| ("skipped".to_owned(), subject.to_owned())));
    assert!(report.about("delegated permissions")[0].1.contains("cannot be told without a person"), "{}", report.text);
    assert!(report.about("ALLOWED_GROUP_IDS")[0].1.contains("GroupMember.Read.All"), "{}", report.text);
}

#[tokio::test]
async fn a_permission_that_nobody_granted_is_named() {
    let app = TestApp::start().await;
    app.change_client(json!({ "graph_roles": ["Directory.Read.All"], "graph_scopes": ["User.Read"] })).await;
    let report = app.doctor(&[]).await;
    report.assert_wrong("permission GroupMember.Read.All", &["Need admin approval", "Grant admin consent"]);
    assert_eq!(report.about("permission User.Read")[0].0, "ok");
}

#[tokio::test]
async fn a_provider_that_is_away_is_one_wrong_line_and_the_rest_goes_on() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "down" })).await;
    let report = app.doctor(&[]).await;
    report.assert_wrong("provider", &["status 503", "try again"]);
    for subject in ["signing keys", "redirect URI", "delegated permissions", "ALLOWED_GROUP_IDS"] {
        assert_eq!(report.about(subject)[0].0, "skipped", "{subject} in {}", report.text);
    }
    for subject in ["database", "database schema", "Microsoft Graph", "model gpt-5"] {
        assert_eq!(report.about(subject)[0].0, "ok", "{subject} in {}", report.text);
    }
    let nobody = app.doctor(&[("AUTH_MICROSOFT_ENTRA_ID_ISSUER", "http://localhost:1/x/v2.0")]).await;
    nobody.assert_wrong("provider", &["localhost cannot be reached: Connection refused", "HTTPS_PROXY"]);
}

#[tokio::test]
async fn an_issuer_that_is_another_tenants_or_calls_itself_otherwise_is_wrong() {
    let app = TestApp::start().await;
    let issuer = |tenant: &str| format!("{}/{tenant}/v2.0", app.sandbox.base_url);
    let report = app.doctor(&[("AUTH_MICROSOFT_ENTRA_ID_ISSUER", &issuer(constants::TENANT_DOMAIN))]).await;
    report.assert_wrong("provider", &["It calls itself", &issuer(constants::TENANT_ID)]);
    let unknown = issuer("99999999-1111-4111-8111-111111111111");
    let report = app.doctor(&[("AUTH_MICROSOFT_ENTRA_ID_ISSUER", &unknown)]).await;
    report.assert_wrong("provider", &["AADSTS90002", "There is no such tenant"]);
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_wrong() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "jwks_down" })).await;
    let report = app.doctor(&[]).await;
    report.assert_wrong("signing keys", &["discovery/v2.0/keys answers without keys (status 503"]);
    assert_eq!(report.about("provider")[0].0, "ok");
}

#[tokio::test]
async fn a_wrong_secret_is_told_by_its_number_and_never_shown() {
    let app = TestApp::start().await;
    let wrong = [("AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET", "not the right one"), ("AZURE_OPENAI_API_KEY", "")];
    let report = app.doctor(&wrong).await;
    report.assert_wrong("credential", &["The client secret gets no token", "AADSTS7000215", "not its \"Secret ID\""]);
    report.assert_wrong("token for the models", &["AADSTS7000215"]);
    assert_eq!(report.about("model gpt-5")[0].0, "skipped");
}

#[tokio::test]
async fn refusals_of_the_token_endpoint_come_with_their_remedies() {
    let app = TestApp::start().await;
    for (error, code, remedy) in [
        ("invalid_client", 7_000_222, "Make a new secret"),
        ("unauthorized_client", 700_016, "Application (client) ID"),
        ("invalid_client", 700_027, "Upload the certificate"),
        ("invalid_client", 700_213, "issuer, subject and audience"),
        ("invalid_client", 999_999, "https://login.microsoftonline.com/error?code=999999"),
    ] {
        // Both runs ask once for the directory's token.
        app.fault(json!({ "service": "entra", "kind": "token_error", "error": error, "code": code, "times": 2 })).await;
        app.doctor(&[]).await.assert_wrong("credential", &[&format!("AADSTS{code}"), remedy]);
    }
}

#[tokio::test]
async fn an_address_that_is_not_registered_is_told_with_what_to_register() {
    let app = TestApp::start().await;
    let variables = [("AUTH_URL", "https://chat.example.com")];
    let uris = ["https://chat.example.com/api/auth/callback/entra-id", "https://chat.example.com/signed-out"];
    let report = app.doctor(&variables).await;
    report.assert_wrong("redirect URI", &[uris[0], "AADSTS50011", "\"Authentication\""]);
    report.assert_wrong("sign-out address", &[uris[1]]);
    app.change_client(json!({ "redirect_uris": [uris[0]] })).await;
    let report = app.doctor(&variables).await;
    assert_eq!(report.about("redirect URI"), [("ok".to_owned(), uris[0].to_owned())]);
    report.assert_wrong("sign-out address", &[uris[1]]);
}

#[tokio::test]
async fn an_application_that_the_tenant_does_not_know_is_wrong_at_both_endpoints() {
    let app = TestApp::start().await;
    let report = app.doctor(&[("AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID", "99999999-2222-4222-8222-222222222222")]).await;
    report.assert_wrong("redirect URI", &["AADSTS700016"]);
    report.assert_wrong("credential", &["AADSTS700016", "AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID"]);
}

#[tokio::test]
async fn groups_that_are_not_there_are_wrong_with_their_variable() {
    let app = TestApp::start().await;
    app.change_client(json!({ "graph_roles": ["GroupMember.Read.All"] })).await;
    let unknown = "33333333-0000-4000-8000-333333333333";
    let ids = format!("{},{unknown}", constants::ALLOWED_GROUP_ID);
    let report = app.doctor(&[("ALLOWED_GROUP_IDS", &ids), ("ADMIN_GROUP_IDS", "Administrators")]).await;
    assert_eq!(report.about("ALLOWED_GROUP_IDS")[0].0, "ok");
    report.assert_wrong("ALLOWED_GROUP_IDS", &[unknown, "no group with the id", "Correct ALLOWED_GROUP_IDS"]);
    report.assert_wrong("ADMIN_GROUP_IDS", &["Administrators is no object id"]);
}

#[tokio::test]
async fn a_directory_in_trouble_is_wrong_and_groups_wait_for_it() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "graph", "kind": "unavailable", "times": 2 })).await;
    let report = app.doctor(&[]).await;
    report.assert_wrong("Microsoft Graph", &["status 503", "serviceNotAvailable", "try again"]);
    assert_eq!(report.about("ALLOWED_GROUP_IDS")[0].0, "skipped");
    app.fault(json!({ "service": "graph", "kind": "throttled", "retry_after": 7, "times": 2 })).await;
    app.doctor(&[]).await.assert_wrong("Microsoft Graph", &["429", "in 7 s"]);
    app.fault(json!({ "service": "graph", "kind": "unauthorized", "times": 2 })).await;
    app.doctor(&[]).await.assert_wrong("Microsoft Graph", &["does not accept the app's token", "GRAPH_BASE_URL"]);
    let elsewhere = app.sandbox.graph_base_url().replace("/v1.0", "");
    app.doctor(&[("GRAPH_BASE_URL", &elsewhere)]).await.assert_wrong("Microsoft Graph", &["with the version"]);
}

#[tokio::test]
async fn a_clock_that_is_off_is_noticed_before_it_hurts() {
    let app = TestApp::start().await;
    let skewed = |secs: i64| {
        json!({ "service": "graph", "kind": "status", "status": 400, "code": "BadRequest", "clock_ahead_secs": secs,
            "match": { "path": "/me" }, "times": 2 })
    };
    app.fault(skewed(120)).await;
    let report = app.doctor(&[]).await;
    let (verdict, said) = report.about("Microsoft Graph's clock").remove(0);
    assert_eq!((verdict.as_str(), report.code), ("warning", Some(0)), "{said}");
    assert!(said.contains("s behind Microsoft Graph's") && said.contains("chrony"), "{said}");
    app.fault(skewed(-400)).await;
    let report = app.doctor(&[]).await;
    report.assert_wrong("Microsoft Graph's clock", &["s ahead of Microsoft Graph's", "expired or not yet valid"]);
}

#[tokio::test]
async fn each_refusal_of_a_model_has_its_own_remedy() {
    let app = TestApp::start().await;
    for (kind, status, remedy) in [
        ("unauthorized_key", "status 401", "KEY 1"),
        ("permission_denied", "lacks the required data action", "Cognitive Services OpenAI User"),
        ("forbidden", "status 403", "\"Networking\""),
        ("not_found", "Resource not found", "AZURE_OPENAI_API_VERSION"),
        ("rate_limit", "status 429", "tokens per minute"),
        ("gateway_html", "status 502", "status page"),
        ("in_stream_error", "The server had an error", "status page"),
    ] {
        let only = json!({ "deployment": "gpt-4o" });
        app.fault(json!({ "service": "openai", "kind": kind, "times": 2, "after_chunks": 0, "match": only })).await;
        let report = app.doctor(&[]).await;
        report.assert_wrong("model gpt-4o", &[status, remedy]);
        assert_eq!(report.about("model gpt-5")[0].0, "ok", "the others are examined by themselves");
    }
}

#[tokio::test]
async fn a_deployment_that_is_missing_and_a_key_that_is_wrong_are_told_apart() {
    let app = TestApp::start().await;
    let report = app.doctor(&[("AZURE_OPENAI_DEPLOYMENTS", "gpt-5,gpt-6")]).await;
    report.assert_wrong("model gpt-6", &["does not exist", "status 404", "under the name gpt-6"]);
    let report = app.doctor(&[("AZURE_OPENAI_API_KEY", "not-the-right-key")]).await;
    report.assert_wrong("model gpt-5", &["invalid subscription key", "AZURE_OPENAI_API_KEY"]);
}

#[tokio::test]
async fn a_principal_without_a_role_is_told_which_role() {
    let app = TestApp::start().await;
    app.change_client(json!({ "openai_user": false })).await;
    let report = app.doctor(&[("AZURE_OPENAI_API_KEY", "")]).await;
    assert_eq!(report.about("token for the models")[0].0, "ok");
    report.assert_wrong("model gpt-5", &["Cognitive Services OpenAI User", constants::CLIENT_ID]);
}

#[tokio::test]
async fn each_endpoint_of_a_model_is_examined_by_itself_with_its_own_settings() {
    let models = TwoEndpoints::start().await;
    models.one.fault("unauthorized_key", None, json!({})).await;
    models.two.fault("not_found", None, json!({})).await;
    let file = models.config.path().to_str().unwrap();
    let variables = [("BANTER_CONFIG", file), ("KEY_OF_THE_ENDPOINTS", constants::AZURE_OPENAI_API_KEY)];
    let report = models.app.doctor(&variables).await;
    let (one, two) = ("model gpt-5, endpoint 1 (127.0.0.1)", "model gpt-5, endpoint 2 (127.0.0.1)");
    report.assert_wrong(one, &["status 401", "KEY 1", "base_url in BANTER_CONFIG", "into KEY_OF_THE_ENDPOINTS"]);
    report.assert_wrong(two, &["Resource not found", "its api_version in BANTER_CONFIG"]);
    models.one.no_more_faults().await;
    assert_eq!(models.app.doctor(&variables).await.about(one)[0].0, "ok");
}

#[tokio::test]
async fn old_interfaces_that_do_not_know_the_limit_are_asked_without_it() {
    let app = TestApp::start().await;
    let fault = json!({ "service": "openai", "kind": "unsupported_parameter", "param": "max_completion_tokens",
        "match": { "deployment": "gpt-4o" }, "times": 1 });
    app.fault(fault).await;
    let report = app.doctor(&[]).await;
    assert_eq!(report.about("model gpt-4o")[0].0, "ok", "{}", report.text);
    let asked = app.requests("openai").await;
    let with_limit = asked.iter().filter(|request| request["json"]["max_completion_tokens"] == 16).count();
    assert_eq!(asked.len() - with_limit, 1, "one request went without");
}

#[tokio::test]
async fn a_database_that_is_away_or_refuses_is_wrong() {
    let app = TestApp::start().await;
    let away = "postgres://banter:not-the-right-password@127.0.0.1:1/banter";
    let report = app.doctor(&[("DATABASE_URL", away)]).await;
    report.assert_wrong("database", &["127.0.0.1:1/banter", "Connection refused", "Start the database"]);
    assert_eq!(report.about("database schema")[0].0, "skipped");
    assert_eq!(report.about("model gpt-5")[0].0, "ok");
    let missing = format!("{}_nowhere", app.database_url);
    app.doctor(&[("DATABASE_URL", &missing)])
        .await
        .assert_wrong("database", &["does not exist", "Create the database"]);
}

#[tokio::test]
async fn tables_that_are_missing_old_or_new_are_told_apart() {
    let app = TestApp::start().await;
    let empty = empty_database().await;
    let report = app.doctor(&[("DATABASE_URL", &empty)]).await;
    report.assert_wrong("database schema", &["The database is empty", "`banter migrate`"]);
    let pool = app.database().await;
    pool.execute("UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = 1").await.unwrap();
    app.doctor(&[]).await.assert_wrong("database schema", &["Migration 1 is not the one of this build"]);
    pool.execute("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await.unwrap();
    app.doctor(&[]).await.assert_wrong("database schema", &["newer build"]);
}

#[tokio::test]
async fn a_user_who_may_not_make_tables_is_told_so() {
    let (app, server) = (TestApp::start().await, Server::start(PgOptions::default()).await.unwrap());
    let pool = sqlx::PgPool::connect(&server.url()).await.unwrap();
    pool.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE weak LOGIN PASSWORD 'weak'").await.unwrap();
    let url = server.url();
    let (_, place) = url.split_once('@').unwrap();
    let report = app.doctor(&[("DATABASE_URL", &format!("postgres://weak:weak@{place}"))]).await;
    report.assert_wrong("database schema", &["The database is empty", "GRANT CREATE ON SCHEMA public"]);
    let report = app.doctor(&[("DATABASE_URL", &format!("postgres://weak:not-the-right-password@{place}"))]).await;
    report.assert_wrong("database", &["password authentication failed", "Correct user and password"]);
}

#[tokio::test]
async fn a_service_that_keeps_one_waiting_is_given_up_and_the_rest_goes_on() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "graph", "kind": "hang" })).await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after_chunks": 0, "match": { "deployment": "gpt-5" } }))
        .await;
    let report = app.doctor(&[]).await;
    report.assert_wrong("Microsoft Graph", &["No answer from 127.0.0.1 within 10 s"]);
    report.assert_wrong("model gpt-5", &["within 10 s", "firewall"]);
    assert_eq!(report.about("model gpt-4o")[0].0, "ok");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_told_with_where_to_put_its_authority() {
    let app = TestApp::start_with(Setup { sandbox: tls(), ..Setup::default() }).await;
    let issuer = format!("{}/{}/v2.0", app.sandbox.https_url.as_ref().unwrap(), constants::TENANT_ID);
    let report = app.doctor(&[("AUTH_MICROSOFT_ENTRA_ID_ISSUER", &issuer)]).await;
    report.assert_wrong("provider", &["invalid peer certificate: UnknownIssuer", "EXTRA_CA_CERTS"]);
    let authority = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&authority, app.sandbox.ca_pem.as_ref().unwrap()).unwrap();
    let path = authority.path().to_str().unwrap();
    let report = app.doctor(&[("AUTH_MICROSOFT_ENTRA_ID_ISSUER", &issuer), ("EXTRA_CA_CERTS", path)]).await;
    assert_eq!(report.about("provider"), [("ok".to_owned(), issuer.clone())], "{}", report.text);
    assert!(report.about("extra certificates")[0].1.starts_with("1 in"), "{}", report.text);
    std::fs::write(&authority, "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n").unwrap();
    let report = app.doctor(&[("EXTRA_CA_CERTS", path)]).await;
    report.assert_wrong("extra certificates", &["no certificate that can be used"]);
    assert_eq!(report.about("provider")[0].0, "ok", "the rest is examined without them");
}

#[tokio::test]
async fn an_assertion_of_another_subject_is_told_with_what_was_presented() {
    let app = TestApp::start().await;
    let (issuer, client) = ("https://cluster.example/", format!("clients/{}/federated", constants::CLIENT_ID));
    app.control(&client, json!({ "issuer": issuer, "subject": "system:serviceaccount:banter:web" })).await;
    let other = json!({ "issuer": issuer, "subject": "system:serviceaccount:default:web" });
    let token = app.control("federated-token", other).await["token"].as_str().unwrap().to_owned();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, token).unwrap();
    let report = app.doctor(&[("AZURE_FEDERATED_TOKEN_FILE", file.path().to_str().unwrap())]).await;
    report.assert_wrong("credential", &["The federated client assertion gets no token", "AADSTS700213", "default:web"]);
}

#[tokio::test]
async fn a_folder_without_the_built_files_is_wrong() {
    let app = TestApp::start().await;
    let empty = tempfile::tempdir().unwrap();
    let report = app.doctor(&[("LEPTOS_SITE_ROOT", empty.path().to_str().unwrap())]).await;
    report.assert_wrong("static files", &["LEPTOS_SITE_ROOT", "target/site"]);
}

#[test]
fn a_faulty_configuration_is_listed_whole() {
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_banter"));
        command.arg("doctor").args(arguments).env_clear().env("AUTH_SECRET", "short-secret").output().unwrap()
    };
    let text = run(&[]);
    assert_eq!(text.status.code(), Some(2));
    let message = String::from_utf8(text.stderr).unwrap();
    assert!(message.contains("AUTH_URL") && message.contains("DATABASE_URL") && !message.contains("short-secret"));
    let json: serde_json::Value = serde_json::from_slice(&run(&["--json"]).stdout).unwrap();
    let variables: Vec<_> = json["faults"].as_array().unwrap().iter().map(|fault| &fault["variable"]).collect();
    assert!(json["ok"] == false && variables.iter().any(|name| **name == "AUTH_SECRET"), "{json}");
}
