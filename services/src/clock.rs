//! The one source of time, randomness and new ids. `clippy.toml` bans the others.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// The present, UTC.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// `N` bytes that nobody can guess.
///
/// # Panics
/// When the operating system has no randomness to give; nothing safe can be done then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "going on without randomness would be worse than stopping")]
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// At least 0 and less than 1.
pub fn random_fraction() -> f64 {
    f64::from(u32::from_le_bytes(random_bytes())) / (f64::from(u32::MAX) + 1.0)
}

/// A new id that sorts by its time of making (UUID version 7), so that indexes grow at their end.
pub fn new_id() -> Uuid {
    let millis = now().unix_timestamp_nanos() / 1_000_000;
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or_default(), &random_bytes()).into_uuid()
}

/// A short reference that a person can read to somebody over the telephone, such as `7f3a-19c2-b604`.
pub fn new_correlation_id() -> String {
    let [a, b, c, d, e, f] = random_bytes();
    format!("{a:02x}{b:02x}-{c:02x}{d:02x}-{e:02x}{f:02x}")
}

/// RFC 3339 to the millisecond, as times cross the wire.
pub fn rfc3339(time: OffsetDateTime) -> String {
    let millis = time.millisecond();
    let time = time.replace_millisecond(millis).unwrap_or(time);
    time.format(&Rfc3339).unwrap_or_default()
}
