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

/// `Sun, 06 Nov 1994 08:49:37 GMT`, as in `Date` headers (RFC 9110, 5.6.7), of a clock that is `ahead_secs` fast.
pub fn http_date(ahead_secs: i64) -> String {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    (OffsetDateTime::now_utc() + time::Duration::seconds(ahead_secs)).format(format).unwrap_or_default()
}

/// RFC 3339 with milliseconds, for recorded requests.
pub fn rfc3339() -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::now_utc().format(format).unwrap_or_default()
}
