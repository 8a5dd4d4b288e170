//! Randomness and identifiers, all from the operating system.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Fails only where the operating system has no randomness at all, and then nothing else would work either.
fn fill(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        eprintln!("sandbox: no randomness from the operating system: {error}");
        std::process::abort();
    }
}

pub fn guid() -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// `len` random bytes in base64url.
pub fn token(len: usize) -> String {
    let mut bytes = vec![0; len];
    fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn number_below(limit: u64) -> u64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    u64::from_le_bytes(bytes) % limit.max(1)
}
