//! Which credential is taken, and what is said of those that cannot be.

use std::{path::Path, sync::OnceLock};

use pem::{EncodeConfig, LineEnding, Pem};
use pkcs8::{PrivateKeyInfo, pkcs5::pbes2};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey as _, rand_core::OsRng};
use tempfile::TempDir;

use super::{CertificateFile, CertificateProblem, CredentialSource};
use crate::config::{Config, ConfigFaults, faults::tests::complete};

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
const PASSWORD: &str = "the password of the key";

/// A complete configuration without a credential, and `variables`.
fn config(variables: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    Config::from_lookup(|name| match variables.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => Some((*value).to_owned()),
        None if name == "AZURE_CLIENT_SECRET" => None,
        None => complete(name),
    })
}

/// The fault that `variables` make, as the variable that is named and the whole message.
fn fault(variables: &[(&str, &str)]) -> (String, String) {
    let faults = config(variables).unwrap_err();
    assert_eq!(faults.0.len(), 1, "{faults}");
    (faults.0[0].variable.clone(), faults.to_string())
}

/// An RSA key in PKCS#8; made once, because that takes a while.
fn key(which: usize) -> &'static [u8] {
    static KEYS: [OnceLock<Vec<u8>>; 2] = [OnceLock::new(), OnceLock::new()];
    let make = || RsaPrivateKey::new(&mut OsRng, 2048).unwrap().to_pkcs8_der().unwrap().as_bytes().to_vec();
    KEYS[which].get_or_init(make)
}

fn section(tag: &str, content: &[u8]) -> String {
    pem::encode_config(&Pem::new(tag, content), EncodeConfig::new().set_line_ending(LineEnding::LF))
}

/// A certificate of `key`, valid until the year `until`.
fn certificate(key: &[u8], until: i32) -> String {
    let pair = KeyPair::from_pkcs8_pem_and_sign_algo(&section("PRIVATE KEY", key), &PKCS_RSA_SHA256).unwrap();
    let mut params = CertificateParams::default();
    params.not_before = rcgen::date_time_ymd(2001, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    params.self_signed(&pair).unwrap().pem()
}

fn pkcs8(which: usize) -> String {
    section("PRIVATE KEY", key(which))
}

fn pkcs1() -> String {
    section("RSA PRIVATE KEY", PrivateKeyInfo::try_from(key(0)).unwrap().private_key)
}

fn encrypted() -> String {
    // As openssl does it.
    let parameters = pbes2::Parameters::pbkdf2_sha256_aes256cbc(2048, b"salt salt", &[7; 16]).unwrap();
    let encrypted = PrivateKeyInfo::try_from(key(0)).unwrap().encrypt_with_params(parameters, PASSWORD).unwrap();
    section("ENCRYPTED PRIVATE KEY", encrypted.as_bytes())
}

fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_best_credential_is_used_and_the_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (token, pem) = (file(&folder, "token", JWT), file(&folder, "pem", certificate(key(0), 2999) + &pkcs8(0)));
    let all = [
        ("AZURE_FEDERATED_TOKEN_FILE", token.as_str()),
        ("AZURE_CLIENT_CERTIFICATE_PATH", pem.as_str()),
        ("AZURE_CLIENT_SECRET", "a secret"),
        ("AZURE_MANAGED_IDENTITY_CLIENT_ID", "identity"),
    ];
    let kinds = ["federated client assertion", "client certificate", "client secret", "managed identity"];
    for best in 0..all.len() {
        let credential = config(&all[best..]).unwrap().identity.credential;
        assert_eq!(credential.kind(), kinds[best]);
        assert_eq!(credential.passed_over().unwrap_or_default(), kinds[best + 1..].join(", "));
    }
    // What the platform announces by itself is enough for the last one.
    let platform = [("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token"), ("IDENTITY_HEADER", "a-header")];
    assert_eq!(config(&platform).unwrap().identity.credential.kind(), "managed identity");
}

#[test]
fn a_worse_credential_does_not_step_in_for_one_with_a_fault() {
    for variable in ["AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH"] {
        let (named, message) = fault(&[(variable, "/nowhere/at-all"), ("AZURE_CLIENT_SECRET", "a secret")]);
        assert_eq!(named, variable);
        assert!(message.contains("cannot be read") && !message.contains("a secret"), "{message}");
    }
}

#[test]
fn without_any_credential_the_fault_names_all_of_them() {
    let (_, message) = fault(&[]);
    for name in [
        "AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET",
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_CLIENT_CERTIFICATE_PATH",
        "AZURE_MANAGED_IDENTITY_CLIENT_ID",
    ] {
        assert!(message.contains(name), "{name} in {message}");
    }
}

#[test]
fn a_certificate_is_read_in_each_form_and_signs_the_same_way() {
    let (own, issuer) = (certificate(key(0), 2999), certificate(key(1), 2999));
    let thumbprint = parse(&(own.clone() + &pkcs8(0)), None).unwrap().thumbprint().to_owned();
    assert_eq!(thumbprint.len(), 43, "SHA-256, base64url: {thumbprint}");
    for (content, password) in [
        (own.clone() + &pkcs1(), None),
        (pkcs8(0) + &own + &issuer, None),
        (format!("Bag Attributes\n    localKeyID: 01\n{issuer}{own}{}", pkcs8(0)), None),
        (own.clone() + &encrypted(), Some(PASSWORD)),
        (own.replace('\n', "\r\n") + &pkcs8(0).replace('\n', "\r\n"), None),
    ] {
        let certificate = parse(&content, password).unwrap();
        assert_eq!(certificate.thumbprint(), thumbprint);
        assert_eq!(certificate.sign_ps256(b"message").unwrap().len(), 256);
    }
}

#[test]
fn what_is_wrong_with_a_certificate_is_said_of_its_variable_and_shows_no_secret() {
    const PATH: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
    const PASSWORD_VARIABLE: &str = "AZURE_CLIENT_CERTIFICATE_PASSWORD";
    let own = certificate(key(0), 2999);
    let mut old = Pem::new("RSA PRIVATE KEY", "old");
    old.headers_mut().add("Proc-Type", "4,ENCRYPTED").unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (content, password, variable, words) in [
        (b"\x30\x82\x01\x02\x02\x01\x03".to_vec(), "", PATH, "openssl pkcs12"),
        (b"nothing like it".to_vec(), "", PATH, "without a PEM section"),
        (pkcs8(0).into(), "", PATH, "without a certificate"),
        (own.clone().into(), "", PATH, "without a private key"),
        ((section("CERTIFICATE", b"nonsense") + &pkcs8(0)).into(), "", PATH, "certificate that cannot be read"),
        ((own.clone() + &section("EC PRIVATE KEY", b"x")).into(), "", PATH, "has to be RSA"),
        ((own.clone() + &section("PRIVATE KEY", b"nonsense")).into(), "", PATH, "has to be RSA"),
        ((own.clone() + &pem::encode(&old)).into(), PASSWORD, PATH, "openssl pkcs8"),
        ((own.clone() + &encrypted()).into(), "", PASSWORD_VARIABLE, "is missing"),
        ((own.clone() + &encrypted()).into(), "another password", PASSWORD_VARIABLE, "does not open"),
        ((own.clone() + &pkcs8(1)).into(), "", PATH, "do not belong together"),
        ((certificate(key(0), 2002) + &pkcs8(0)).into(), "", PATH, "to 2002-01-01T00:00:00Z only"),
    ] {
        let path = file(&folder, "certificate.pem", &content);
        let (named, message) = fault(&[(PATH, &path), (PASSWORD_VARIABLE, password)]);
        assert_eq!(named, variable, "{words}");
        assert!(message.contains(words), "{words} in {message}");
        assert!(!message.contains("another password") && !message.contains("MII"), "{message}");
    }
}

#[test]
fn a_token_file_without_a_token_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    for (content, words) in [("", "is empty"), ("half.of", "holds no token"), ("not a token", "holds no token")] {
        let path = file(&folder, "token", content);
        let (named, message) = fault(&[("AZURE_FEDERATED_TOKEN_FILE", &path)]);
        assert_eq!(named, "AZURE_FEDERATED_TOKEN_FILE");
        assert!(message.contains(words), "{words} in {message}");
    }
    let path = file(&folder, "token", format!("{JWT}\n"));
    let source = config(&[("AZURE_FEDERATED_TOKEN_FILE", &path)]).unwrap().identity.credential.source;
    assert!(matches!(source, CredentialSource::FederatedTokenFile(found) if found == Path::new(&path)));
}

#[test]
fn an_identity_endpoint_has_to_be_near_and_to_come_with_its_header() {
    let header = ("IDENTITY_HEADER", "a-header");
    for near in ["http://localhost:42356/msi/token", "http://169.254.130.2:8081/msi/token", "https://host/msi/token"] {
        assert!(config(&[("IDENTITY_ENDPOINT", near), header]).is_ok(), "{near}");
    }
    for far in ["http://evil.example/msi/token", "http://93.184.216.34/msi/token", "file:///etc/passwd", "nonsense"] {
        assert_eq!(fault(&[("IDENTITY_ENDPOINT", far), header]).0, "IDENTITY_ENDPOINT", "{far}");
    }
    let near = ("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token");
    assert_eq!(fault(&[near]).0, "IDENTITY_HEADER");
    assert_eq!(fault(&[near, ("IDENTITY_HEADER", "with\na line end")]).0, "IDENTITY_HEADER");
}

fn parse(content: &str, password: Option<&str>) -> Result<super::ClientCertificate, CertificateProblem> {
    CertificateFile { path: "unused".into(), password: password.map(Into::into) }.parse(content.as_bytes())
}
