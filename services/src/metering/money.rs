//! Amounts of money, for people.

/// Such as `1,234.50 EUR`, as the language being spoken writes it; small amounts to the tenth of a hundredth, so that they are not nothing.
pub fn money(micros: i64, currency: &str) -> String {
    let cents = (micros + 5_000).div_euclid(10_000);
    if micros > 0 && micros < 100_000 {
        let tenths = (micros + 50).div_euclid(100).max(1);
        return format!("{} {currency}", texts::decimal(0, &format!("{tenths:04}")));
    }
    let whole = cents.div_euclid(100).unsigned_abs();
    format!("{} {currency}", texts::decimal(whole, &format!("{:02}", cents.rem_euclid(100))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_to_what_people_pay_and_small_ones_are_not_nothing() {
        let texts = [0, 1, 12_345, 99_999, 100_000, 1_005_000, 1_234_500_000].map(|micros| money(micros, "EUR"));
        let expected = ["0.00", "0.0001", "0.0123", "0.1000", "0.10", "1.01", "1,234.50"];
        assert_eq!(texts, expected.map(|text| format!("{text} EUR")));
        let german = texts::in_language(texts::Language::German, || money(1_234_500_000, "EUR"));
        assert_eq!(german, "1.234,50 EUR");
    }
}
