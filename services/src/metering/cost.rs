//! What tokens cost.

use model::Usage;

use crate::{config::Prices, store::usage::Cost};

/// The cost of `usage`. Prices are per million tokens, so that a token costs as many millionths as its price says.
/// Cached tokens are part of the prompt's, reasoning is part of the answer's.
pub(super) fn of(usage: &Usage, prices: &Prices) -> Cost {
    let cached = usage.cached_tokens.min(usage.prompt_tokens);
    let micros = f64::from(usage.prompt_tokens - cached) * prices.prompt
        + f64::from(cached) * prices.cached
        + f64::from(usage.completion_tokens) * prices.completion;
    Cost { micros: micros.round() as i64, currency: prices.currency.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(prompt_tokens: u32, cached_tokens: u32, completion_tokens: u32) -> i64 {
        let prices = Prices { prompt: 1.25, cached: 0.125, completion: 10.0, currency: "EUR".to_owned() };
        let usage = Usage { prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens: 7, counted: false };
        let cost = of(&usage, &prices);
        assert_eq!(cost.currency, "EUR");
        cost.micros
    }

    #[test]
    fn a_million_tokens_cost_their_price_and_cached_ones_are_not_paid_twice() {
        assert_eq!(micros(1_000_000, 0, 0), 1_250_000);
        assert_eq!(micros(1_000_000, 1_000_000, 0), 125_000);
        assert_eq!(micros(1_000, 800, 0), 250 + 100);
        assert_eq!(micros(0, 0, 1_000), 10_000, "reasoning is in it already");
        assert_eq!(micros(1, 0, 0), 1, "rounded");
        assert_eq!(micros(10, 4_000_000_000, 0), 1, "more cached than sent is a mistake of the service's");
    }
}
