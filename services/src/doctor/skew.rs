//! How far this machine's clock is from another's, by the `Date` header of an answer (RFC 9110 §6.6.1).

use reqwest::{Response, header};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::Outcome;
use crate::clock;

/// Sign-ins still work, and will not for long.
const NOTICEABLE_SECS: i64 = 60;
/// What the verification of tokens allows, here and at Microsoft.
const TOO_MUCH_SECS: i64 = 300;

/// Compares now, the moment in which `response` came, with what it says.
pub(super) fn of(response: &Response, whose: &str) -> Outcome {
    let date = response.headers().get(header::DATE).and_then(|date| date.to_str().ok());
    let Some(theirs) = date.and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok()) else {
        return Outcome::skipped(format!("{whose} does not say what time it is"));
    };
    let off = (clock::now() - theirs).whole_seconds();
    let direction = if off > 0 { "ahead of" } else { "behind" };
    let cause = format!("This machine's clock is {} s {direction} {whose}'s.", off.abs());
    let remedy = "Let this machine take its time from the network (chrony or systemd-timesyncd).";
    if off.abs() > TOO_MUCH_SECS {
        Outcome::wrong(format!("{cause} Tokens are taken for expired or not yet valid."), remedy)
    } else if off.abs() > NOTICEABLE_SECS {
        Outcome::warning(cause, remedy)
    } else {
        Outcome::ok(format!("{} s apart", off.abs()))
    }
}
