//! The time, in the formats the three services write it.

use time::OffsetDateTime;
use time::macros::format_description;

pub fn unix_secs() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// `2026-01-31 12:00:00Z`, as in Entra's error bodies.
pub fn entra_timestamp() -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
    OffsetDateTime::now_utc().format(format).unwrap_or_default()
}

/// `2026-01-31T12:00:00`, as in Graph's `innerError`.
pub fn graph_timestamp() -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    OffsetDateTime::now_utc().format(format).unwrap_or_default()
}

/// RFC 3339 with milliseconds, for recorded requests.
pub fn rfc3339() -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::now_utc().format(format).unwrap_or_default()
}
