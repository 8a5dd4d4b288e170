//! Amounts of money and numbers, for people.

/// Such as `1,234.50 EUR`; small amounts to the tenth of a hundredth, so that they are not nothing.
pub fn money(micros: i64, currency: &str) -> String {
    let cents = (micros + 5_000).div_euclid(10_000);
    if micros > 0 && micros < 100_000 {
        let tenths = (micros + 50).div_euclid(100).max(1);
        return format!("0.{tenths:04} {currency}");
    }
    format!("{}.{:02} {currency}", grouped(cents.div_euclid(100).unsigned_abs()), cents.rem_euclid(100))
}

/// Such as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_to_what_people_pay_and_small_ones_are_not_nothing() {
        let texts = [0, 1, 12_345, 99_999, 100_000, 1_005_000, 1_234_500_000].map(|micros| money(micros, "EUR"));
        let expected = ["0.00", "0.0001", "0.0123", "0.1000", "0.10", "1.01", "1,234.50"];
        assert_eq!(texts, expected.map(|text| format!("{text} EUR")));
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
