//! `banter ask`, as a program at a terminal.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Output, Stdio},
};

use sandbox::constants::{CLIENT_ID, TENANT_ID};
use serde_json::{Value, json};

use crate::support::{ALICE, DAVE, TestApp};

fn program(app: &TestApp, token: Option<&str>) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_banter"));
    program.arg("ask").env_clear().env("BANTER_URL", &app.url).env("PATH", "/nowhere");
    program.envs(token.map(|token| ("BANTER_TOKEN", token)));
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

/// Runs beside the server, which needs this thread.
async fn output(mut program: Command) -> Output {
    tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_question_is_answered_on_standard_output() {
    let app = TestApp::start().await;
    let token = app.calling(ALICE).await.token;
    let mut asking = program(&app, Some(&token));
    asking.args(["--model", "gpt-5", "echo: hello", "terminal"]);
    let answered = output(asking).await;
    assert_eq!(
        (answered.status.code(), text(&answered.stdout)),
        (Some(0), "hello terminal\n"),
        "{}",
        text(&answered.stderr)
    );
    let mut asking = program(&app, Some(&token));
    asking.args(["--json", "echo: hello"]);
    let answered: Value = serde_json::from_slice(&output(asking).await.stdout).unwrap();
    assert_eq!((&answered["text"], &answered["status"]), (&json!("hello"), &json!("complete")));
    assert!(answered["usage"]["completion_tokens"].as_u64().unwrap() > 0);
    let mut asking = program(&app, Some(&token));
    asking.args(["--json", "--conversation", answered["conversation"].as_str().unwrap(), "echo: more"]);
    let more: Value = serde_json::from_slice(&output(asking).await.stdout).unwrap();
    assert_eq!(more["conversation"], answered["conversation"]);
}

#[tokio::test]
async fn what_an_answer_says_to_the_terminal_is_not_obeyed() {
    let app = TestApp::start().await;
    let mut asking = program(&app, Some(&app.calling(ALICE).await.token));
    asking.arg("hostile");
    let answered = output(asking).await;
    assert_eq!(answered.status.code(), Some(0));
    assert!(!text(&answered.stdout).contains('\u{1b}'), "no escape sequences");
}

#[tokio::test]
async fn each_failure_has_its_exit_code_and_words() {
    let app = TestApp::start().await;
    let token = app.calling(ALICE).await.token;
    let run = async |token: Option<&str>, arguments: &[&str], variables: &[(&str, &str)]| {
        let mut asking = program(&app, token);
        asking.args(arguments).envs(variables.iter().copied());
        let output = output(asking).await;
        (output.status.code().unwrap(), text(&output.stderr).to_owned())
    };
    let fails = |(code, said): (i32, String), expected: i32, words: &str| {
        assert!(code == expected && said.contains(words), "{code} {said}");
    };
    fails(run(Some(&token), &[], &[]).await, 2, "no question");
    fails(run(Some(&token), &["--modle", "x"], &[]).await, 2, "no option --modle");
    fails(run(None, &["x"], &[]).await, 3, "BANTER_TOKEN");
    fails(run(Some("nonsense"), &["x"], &[]).await, 3, "not accepted");
    fails(run(Some(&app.calling(DAVE).await.token), &["x"], &[]).await, 3, "no group");
    fails(run(Some(&token), &["x"], &[("BANTER_URL", "http://127.0.0.1:9")]).await, 4, "cannot be reached");
    fails(run(Some(&token), &["--model", "none", "x"], &[]).await, 1, "no such model");
    fails(run(Some(&token), &["--conversation", "none", "x"], &[]).await, 1, "does not exist");
    app.fault(json!({ "service": "openai", "kind": "cut", "after_chunks": 3 })).await;
    fails(run(Some(&token), &["long"], &[]).await, 6, "broke off");
    let failed = output({
        let mut asking = program(&app, Some("nonsense"));
        asking.args(["--json", "x"]);
        asking
    });
    let failed: Value = serde_json::from_slice(&failed.await.stdout).unwrap();
    assert_eq!(failed["error"]["exit_code"], 3);
}

#[tokio::test]
async fn somebody_without_a_token_signs_in_by_code() {
    let app = TestApp::start().await;
    for (persona, code) in [(ALICE, Some(0)), ("", Some(3))] {
        let mut asking = program(&app, None);
        asking.env("AUTH_MICROSOFT_ENTRA_ID_ISSUER", app.sandbox.issuer()).env("BANTER_CLIENT_ID", CLIENT_ID);
        let mut child = asking.arg("echo: signed in").spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let (line, said) = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            said.read_line(&mut line).unwrap();
            (line, said)
        })
        .await
        .unwrap();
        let user_code = line.split("enter the code ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        let form = [("code", user_code.as_str()), ("persona", persona)];
        let page = format!("{}/{TENANT_ID}/device", app.sandbox.base_url);
        assert!(reqwest::Client::new().post(page).form(&form).send().await.unwrap().status().is_success());
        let (ended, answer) = tokio::task::spawn_blocking(move || {
            let (mut answer, _said) = (String::new(), said);
            child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
            (child.wait().unwrap(), answer)
        })
        .await
        .unwrap();
        assert_eq!(ended.code(), code);
        assert_eq!(answer, if persona == ALICE { "signed in\n" } else { "" });
    }
}
