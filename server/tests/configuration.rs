//! The release binary's own start.

use std::process::Command;

#[test]
fn a_faulty_configuration_stops_the_start_with_every_fault_named_and_no_secret_shown() {
    let output = Command::new(env!("CARGO_BIN_EXE_banter"))
        .env_clear()
        .env("AUTH_SECRET", "short-secret")
        .env("DATABASE_URL", "mysql://u:hunter2@h/d")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    for variable in
        ["AUTH_URL", "AUTH_SECRET", "DATABASE_URL", "AUTH_MICROSOFT_ENTRA_ID_ISSUER", "AZURE_OPENAI_BASE_URL"]
    {
        assert!(message.contains(variable), "{variable} in {message}");
    }
    assert!(!message.contains("short-secret") && !message.contains("hunter2"), "{message}");
}

#[test]
fn an_unknown_command_is_explained() {
    let output = Command::new(env!("CARGO_BIN_EXE_banter")).arg("dance").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("usage: banter"));
}
