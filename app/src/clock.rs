//! Times on pages: UTC where the server writes them, the reader's own time once the page's code runs.

use texts::{Language, Text};
use wasm_bindgen::JsValue;

const DAY_SECS: i64 = 86_400;

/// Seconds since 1970.
#[cfg(feature = "ssr")]
pub fn now_secs() -> i64 {
    services::clock::now().unix_timestamp()
}

/// Seconds since 1970.
#[cfg(not(feature = "ssr"))]
pub fn now_secs() -> i64 {
    (now_millis() / 1000.0) as i64
}

/// Milliseconds since 1970. Only in the browser.
pub fn now_millis() -> f64 {
    js_sys::Date::now()
}

/// Whose days count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    #[default]
    Utc,
    /// The browser's. Only there.
    Local,
}

/// How long ago something was, in the groups the conversation list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recency {
    Today,
    Yesterday,
    Week,
    Month,
    Older,
}

impl Recency {
    pub const ALL: [Self; 5] = [Self::Today, Self::Yesterday, Self::Week, Self::Month, Self::Older];

    /// The group of `time` (RFC 3339, UTC) at `now_secs`.
    pub fn of(time: &str, now_secs: i64, zone: Zone) -> Self {
        let Some(secs) = parse(time) else { return Self::Older };
        match day(now_secs, zone) - day(secs, zone) {
            ..=0 => Self::Today,
            1 => Self::Yesterday,
            2..=7 => Self::Week,
            8..=30 => Self::Month,
            _ => Self::Older,
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Today => texts::TODAY,
            Self::Yesterday => texts::YESTERDAY,
            Self::Week => texts::LAST_WEEK,
            Self::Month => texts::LAST_MONTH,
            Self::Older => texts::OLDER,
        }
    }
}

fn day(secs: i64, zone: Zone) -> i64 {
    let offset_secs = match zone {
        Zone::Utc => 0,
        Zone::Local => -60 * js_date(secs).get_timezone_offset() as i64,
    };
    (secs + offset_secs).div_euclid(DAY_SECS)
}

fn js_date(secs: i64) -> js_sys::Date {
    js_sys::Date::new(&(secs as f64 * 1000.0).into())
}

/// `2026-03-09T10:42:07Z`, with or without fractions, as seconds since 1970.
pub fn parse(time: &str) -> Option<i64> {
    let number = |from: usize, to: usize| time.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    // Days of the proleptic Gregorian calendar, counted in years that begin in March.
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468;
    Some(days * DAY_SECS + hour * 3600 + minute * 60 + second)
}

/// `10:42` of an RFC 3339 time.
pub fn hour_and_minute(time: &str) -> &str {
    time.get(11..16).unwrap_or_default()
}

/// `9 Mar 2026, 10:42 UTC` of an RFC 3339 time.
#[cfg(feature = "ssr")]
pub fn date_and_time(time: &str) -> String {
    let number = |from: usize, to: usize| time.get(from..to).and_then(|digits| digits.parse().ok()).unwrap_or(1);
    let day = date(number(0, 4), number(5, 7), number(8, 10));
    format!("{} UTC", texts::date_and_time(&day, hour_and_minute(time)))
}

/// Such as `9 Mar 2026` for a day of a report.
#[cfg(feature = "ssr")]
pub fn day_of(day: time::Date) -> String {
    date(day.year().unsigned_abs(), u32::from(u8::from(day.month())), u32::from(day.day()))
}

/// Turns every `<time>` inside `root` into the reader's time: the hour for today's, with the date for others, and all
/// of it on pointing.
pub fn localise(root: &web_sys::Element) {
    localise_those(root, "time");
}

/// The same for those that are not the reader's yet: a long conversation that is come back to has hundreds that are.
pub fn localise_new(root: &web_sys::Element) {
    localise_those(root, "time:not([title])");
}

fn localise_those(root: &web_sys::Element, selector: &str) {
    let today = day(now_secs(), Zone::Local);
    let locale = locale();
    for time in crate::browser::all(root, selector) {
        let Some(secs) = time.get_attribute("datetime").as_deref().and_then(parse) else { continue };
        let date = js_date(secs);
        let full = time.get_attribute("data-full").is_some();
        let text = if full || day(secs, Zone::Local) != today { shown_with_date(&date) } else { shown(&date) };
        time.set_text_content(Some(&text));
        // Fails for names that are none.
        _ = time.set_attribute("title", &String::from(date.to_locale_string(locale, &JsValue::UNDEFINED)));
    }
}

/// English readers have the forms of their own country.
fn locale() -> &'static str {
    match texts::spoken() {
        Language::English => "default",
        other => other.tag(),
    }
}

fn shown(date: &js_sys::Date) -> String {
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

fn shown_with_date(date: &js_sys::Date) -> String {
    let day = self::date(date.get_full_year(), date.get_month() + 1, date.get_date());
    texts::date_and_time(&day, &shown(date))
}

const MONTHS: [Text; 12] = [
    texts::JANUARY,
    texts::FEBRUARY,
    texts::MARCH,
    texts::APRIL,
    texts::MAY,
    texts::JUNE,
    texts::JULY,
    texts::AUGUST,
    texts::SEPTEMBER,
    texts::OCTOBER,
    texts::NOVEMBER,
    texts::DECEMBER,
];

/// Such as `9 Mar 2026`, `9. März 2026`.
fn date(year: u32, month: u32, day: u32) -> String {
    let month = MONTHS.get(month as usize - 1).map_or("", |month| month.text());
    texts::date(&day.to_string(), month, &year.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse("2000-02-29T12:34:56.789Z"), Some(951_827_696));
        assert_eq!(parse("2026-03-09T10:42:07Z"), Some(1_773_052_927));
        assert_eq!(parse("yesterday"), None);
        assert_eq!(hour_and_minute("2026-03-09T10:42:07Z"), "10:42");
    }

    #[test]
    fn groups_count_days_and_not_hours() {
        let now = parse("2026-03-09T00:10:00Z").unwrap();
        let of = |time| Recency::of(time, now, Zone::Utc);
        assert_eq!(of("2026-03-09T00:05:00Z"), Recency::Today);
        assert_eq!(of("2026-03-08T23:59:00Z"), Recency::Yesterday);
        assert_eq!(of("2026-03-07T23:59:00Z"), Recency::Week);
        assert_eq!(of("2026-03-01T00:00:00Z"), Recency::Month);
        assert_eq!(of("2025-03-01T00:00:00Z"), Recency::Older);
        assert_eq!(of("2026-03-10T00:00:00Z"), Recency::Today);
    }
}
