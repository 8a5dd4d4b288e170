//! What verifying a bearer token costs once its key is known: no I/O, and a hundred microseconds at most.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench that cannot go on should say so at once")]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use criterion::{Criterion, criterion_group, criterion_main};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::{pkcs8::EncodePrivateKey as _, traits::PublicKeyParts as _};
use serde_json::{Value, json};
use services::{Services, config::Config, identity::Bearer};

const TENANT: &str = "11111111-1111-4111-8111-111111111111";
const CLIENT: &str = "22222222-2222-4222-8222-222222222222";

/// A provider that publishes one RSA key of 2048 bits, as Entra does, and signs with it.
struct Provider {
    origin: String,
    key: RsaKeyPair,
}

impl Provider {
    fn start() -> Self {
        // With the system's randomness; any key does.
        let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        let encode = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let jwk =
            json!({ "kty": "RSA", "use": "sig", "kid": "key", "n": encode(private.n()), "e": encode(private.e()) });
        let key = RsaKeyPair::from_pkcs8(private.to_pkcs8_der().unwrap().as_bytes()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let document = json!({
            "issuer": format!("{origin}/{TENANT}/v2.0"), "jwks_uri": format!("{origin}/keys"),
            "authorization_endpoint": format!("{origin}/authorize"), "token_endpoint": format!("{origin}/token"),
            "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let keys = json!({ "keys": [jwk] });
        std::thread::spawn(move || {
            listener.incoming().flatten().for_each(|stream| answer(stream, &document, &keys));
        });
        Self { origin, key }
    }

    /// A person's token with `groups` groups.
    fn token(&self, groups: usize) -> String {
        let now = now();
        let group = |n: usize| format!("33333333-3333-4333-8333-{n:012}");
        let claims = json!({
            "iss": format!("{}/{TENANT}/v2.0", self.origin), "aud": CLIENT, "tid": TENANT, "ver": "2.0",
            "oid": "a11ce000-0000-4000-8000-000000000001", "sub": "pairwise", "azp": CLIENT, "azpacr": "1",
            "scp": "access_as_user", "name": "Alice Archer", "preferred_username": "alice@linden-bank.example",
            "iat": now, "nbf": now, "exp": now + 3600, "uti": "x".repeat(22), "rh": "x".repeat(40), "aio": "x".repeat(60),
            "groups": (0..groups).map(group).collect::<Vec<_>>(),
        });
        let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(json!({ "typ": "JWT", "alg": "RS256", "kid": "key" })), encode(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        self.key.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn answer(mut stream: TcpStream, document: &Value, keys: &Value) {
    let mut request = [0; 4096];
    let read = stream.read(&mut request).unwrap_or_default();
    let wants_keys = String::from_utf8_lossy(&request[..read]).starts_with("GET /keys");
    let body = if wants_keys { keys.to_string() } else { document.to_string() };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

fn bearer(provider: &Provider) -> Services {
    let issuer = format!("{}/{TENANT}/v2.0", provider.origin);
    let lookup = |name: &str| {
        let value = match name {
            "AUTH_URL" => "http://localhost:3000",
            "AUTH_SECRET" => "a secret that is only used by this bench",
            "DATABASE_URL" => "postgres://nobody@127.0.0.1:9/none",
            "AUTH_MICROSOFT_ENTRA_ID_ISSUER" => &issuer,
            "AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID" => CLIENT,
            "AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET" => "secret",
            "AZURE_OPENAI_BASE_URL" => "http://127.0.0.1:9",
            "AZURE_OPENAI_API_KEY" => "key",
            "AZURE_OPENAI_DEPLOYMENTS" => "model",
            "API_AUDIENCE" => "api://banter",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Services::build(Config::from_lookup(lookup).unwrap()).unwrap()
}

fn verification(criterion: &mut Criterion) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let provider = Provider::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let services = runtime.block_on(async { bearer(&provider) });
    let bearer: &Bearer = services.bearer.as_ref().unwrap();
    let ours = bearer.own().issue("018f4e3a-0000-7000-8000-000000000000".parse().unwrap(), CLIENT, 600);
    let tokens =
        [("Entra, 5 groups", provider.token(5)), ("Entra, 200 groups", provider.token(200)), ("our own", ours)];
    for (name, token) in tokens {
        // The first one reads the provider's keys.
        runtime.block_on(bearer.verify(&token, now())).unwrap();
        criterion.bench_function(&format!("a warm token: {name}"), |bencher| {
            bencher.iter(|| runtime.block_on(bearer.verify(&token, now())).unwrap());
        });
    }
}

criterion_group!(benches, verification);
criterion_main!(benches);
