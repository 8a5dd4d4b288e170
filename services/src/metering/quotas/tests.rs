//! Who has which quota, when it is used up, and when it renews.

use time::macros::datetime;

use super::*;

fn spent() -> Spent {
    Spent {
        now: datetime!(2026-12-31 22:15:30 UTC),
        roles: vec!["user".to_owned(), "trader".to_owned()],
        department: Some("Markets".to_owned()),
        username: Some("alice@linden-bank.example".to_owned()),
        object_ids: vec!["A11CE".to_owned()],
        recent: Vec::new(),
        tokens_today: 900,
        months: vec![("EUR".to_owned(), 4_000_000), ("USD".to_owned(), 1)],
    }
}

fn euros(micros: i64) -> QuotaConfig {
    QuotaConfig { money_per_month: Some(Cost { micros, currency: "EUR".to_owned() }), ..QuotaConfig::default() }
}

fn tokens(limit: u64) -> QuotaConfig {
    QuotaConfig { tokens_per_day: Some(limit), ..QuotaConfig::default() }
}

fn message(quotas: Vec<QuotaConfig>, spent: &Spent) -> Option<String> {
    Quotas(quotas).exhausted(spent).map(|exhausted| exhausted.message())
}

#[test]
fn a_quota_holds_those_whom_it_names_and_everybody_if_it_names_nobody() {
    let names = |name: &str| vec![name.to_owned()];
    let mine = [
        tokens(1),
        QuotaConfig { roles: names("trader"), ..tokens(1) },
        QuotaConfig { departments: names("markets"), ..tokens(1) },
        QuotaConfig { users: names("Alice@Linden-Bank.example"), ..tokens(1) },
        QuotaConfig { users: names("a11ce"), roles: names("nobody"), ..tokens(1) },
    ];
    assert!(mine.iter().all(|quota| quota.is_for(&spent())));
    let others = [
        QuotaConfig { roles: names("admin"), ..tokens(1) },
        QuotaConfig { departments: names("Risk"), users: names("bob"), ..tokens(1) },
    ];
    assert!(!others.iter().any(|quota| quota.is_for(&spent())));
}

#[test]
fn the_strictest_counts_and_a_quota_is_used_up_when_it_is_reached() {
    assert_eq!(message(vec![tokens(1000), tokens(901)], &spent()), None);
    assert!(message(vec![tokens(1000), tokens(900), tokens(5000)], &spent()).is_some());
    assert_eq!(message(vec![euros(4_000_001)], &spent()), None);
    assert!(message(vec![euros(9_000_000), euros(4_000_000)], &spent()).is_some());
    assert_eq!(message(Vec::new(), &spent()), None);
}

#[test]
fn the_message_says_what_is_used_up_and_when_it_renews() {
    let tokens_message = message(vec![tokens(800)], &spent()).unwrap();
    assert_eq!(tokens_message, "Your 800 tokens for today are used up. They renew at 00:00 UTC, in 1 h 45 min.");
    let exhausted = Quotas(vec![tokens(1), euros(1_500_000)]).exhausted(&spent()).unwrap();
    assert_eq!(exhausted.message(), "Your 1.50 EUR for this month are used up. They renew on 1 January at 00:00 UTC.");
    assert_eq!(exhausted.retry_after_secs, 6270, "the month ends with the day");
    let earlier = Spent { now: datetime!(2026-12-30 22:15:30 UTC), ..spent() };
    let exhausted = Quotas(vec![euros(1), tokens(1)]).exhausted(&earlier).unwrap();
    assert!(exhausted.message().contains("month"), "what renews last is what to wait for: {}", exhausted.message());
}

#[test]
fn requests_renew_one_by_one() {
    let now = spent().now;
    let recent = [50, 30, 20].map(|secs| now - Duration::seconds(secs)).to_vec();
    let spent = Spent { recent, ..spent() };
    let requests = |limit| QuotaConfig { requests_per_minute: Some(limit), ..QuotaConfig::default() };
    let wait = |limit| Quotas(vec![requests(limit)]).exhausted(&spent).map(|exhausted| exhausted.retry_after_secs);
    assert_eq!([wait(4), wait(3), wait(2), wait(1)], [None, Some(10), Some(30), Some(40)]);
    let message = message(vec![requests(1)], &spent).unwrap();
    assert_eq!(message, "Too many requests: you may ask once within a minute. Try again in 40 s.");
}
