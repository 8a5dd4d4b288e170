//! Making a conversation fit into what a model can read: its oldest turns go, question and answer together.

use std::ops::Range;

use model::Role;

use super::tokens;
use crate::completions::Turn;

/// What is sent of a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Fitted {
    pub(crate) turns: Vec<Turn>,
    /// Whether anything was left out.
    pub(crate) trimmed: bool,
}

impl Fitted {
    /// All of it.
    pub(crate) fn whole(turns: Vec<Turn>) -> Self {
        Self { turns, trimmed: false }
    }

    /// What fits into `limit` tokens. The newest question, what follows it, and what the system says stay in any case.
    /// Blocks.
    pub(crate) fn within(turns: Vec<Turn>, limit: u32) -> Self {
        let room = limit.saturating_sub(tokens::of_beginning());
        let first = newest_that_fit(&turns, room, tokens::of_turn);
        Self::from(turns, first)
    }

    /// The newer half of it; `None` when there is nothing but the newest question.
    pub(crate) fn half(&self) -> Option<Self> {
        let exchanges = exchanges(&self.turns);
        let first = exchanges.get(exchanges.len().div_ceil(2).min(exchanges.len().checked_sub(1)?))?.start;
        let half = Self::from(self.turns.clone(), first);
        (half.turns.len() < self.turns.len()).then_some(half)
    }

    /// The turns from number `first` on.
    fn from(turns: Vec<Turn>, first: usize) -> Self {
        let before = turns.len();
        let turns: Vec<Turn> = turns
            .into_iter()
            .enumerate()
            .filter(|(n, turn)| *n >= first || turn.role == Role::System)
            .map(|(_, turn)| turn)
            .collect();
        Self { trimmed: turns.len() < before, turns }
    }

    /// What to tell the reader about what was left out, in the language being spoken.
    pub(crate) fn notice(&self) -> String {
        texts::notice_trimmed(self.turns.iter().filter(|turn| turn.role != Role::System).count() as u64)
    }
}

/// The number of the first turn that is sent, when all of them may have `room` tokens.
fn newest_that_fit(turns: &[Turn], room: u32, count: impl Fn(&Turn) -> u32) -> usize {
    let exchanges = exchanges(turns);
    let said_by_system = turns.iter().filter(|turn| turn.role == Role::System);
    let mut used = said_by_system.fold(0_u32, |sum, turn| sum.saturating_add(count(turn)));
    let mut first = turns.len();
    for (age, exchange) in exchanges.into_iter().rev().enumerate() {
        let others = turns[exchange.clone()].iter().filter(|turn| turn.role != Role::System);
        used = others.fold(used, |sum, turn| sum.saturating_add(count(turn)));
        if used > room && age > 0 {
            break;
        }
        first = exchange.start;
    }
    first
}

/// Each question with what follows it.
fn exchanges(turns: &[Turn]) -> Vec<Range<usize>> {
    let mut starts: Vec<usize> = (0..turns.len()).filter(|n| turns[*n].role == Role::User).collect();
    // What comes before the first question belongs to it.
    if let Some(first) = starts.first_mut() {
        *first = 0;
    }
    let ends = starts.iter().skip(1).copied().chain([turns.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `s`, `q` and `a` are turns of system, user and assistant.
    fn turns(roles: &str) -> Vec<Turn> {
        let turn = |(n, role): (usize, char)| Turn {
            role: match role {
                's' => Role::System,
                'q' => Role::User,
                _ => Role::Assistant,
            },
            text: n.to_string(),
        };
        roles.chars().enumerate().map(turn).collect()
    }

    fn kept(turns: &[Turn]) -> String {
        turns.iter().map(|turn| turn.text.as_str()).collect()
    }

    /// What is sent when each turn costs 10.
    fn fitted(roles: &str, room: u32) -> String {
        let turns = turns(roles);
        let first = newest_that_fit(&turns, room, |_| 10);
        kept(&Fitted::from(turns, first).turns)
    }

    #[test]
    fn the_oldest_exchanges_go_first_and_whole() {
        assert_eq!(fitted("qaqaq", 50), "01234");
        assert_eq!(fitted("qaqaq", 49), "234");
        assert_eq!(fitted("qaqaq", 30), "234");
        assert_eq!(fitted("qaqaq", 29), "4", "no answer without its question");
        assert_eq!(fitted("qqaqq", 40), "1234", "a question without an answer goes alone");
    }

    #[test]
    fn the_newest_question_and_what_the_system_says_stay_in_any_case() {
        assert_eq!(fitted("qaq", 1), "2");
        assert_eq!(fitted("sqaqaq", 40), "0345");
        assert_eq!(fitted("sqaqaqas", 10), "0567", "an answer that goes on stays with its question");
    }

    #[test]
    fn half_of_it_is_the_newer_half_and_always_less() {
        let half = |roles: &str| Fitted::whole(turns(roles)).half().map(|half| kept(&half.turns));
        assert_eq!(half("qaqaqaq"), Some("456".to_owned()));
        assert_eq!(half("qaqaq"), Some("4".to_owned()));
        assert_eq!(half("sqaq"), Some("03".to_owned()));
        assert_eq!([half("q"), half("sq"), half("")], [None, None, None]);
    }

    #[test]
    fn what_fits_stays_and_else_the_oldest_goes_until_the_rest_fits_by_count() {
        assert!(!Fitted::within(turns("qaq"), 10_000).trimmed);
        let long = |role| Turn { role, text: "one two three ".repeat(50) };
        let turns = vec![long(Role::User), long(Role::Assistant), long(Role::User)];
        let limit = tokens::of_prompt(&turns);
        assert!(!Fitted::within(turns.clone(), limit).trimmed);
        let fitted = Fitted::within(turns, limit - 1);
        assert!(fitted.trimmed && fitted.turns.len() == 1 && tokens::of_prompt(&fitted.turns) < limit);
        assert!(fitted.notice().ends_with("Only the last message was sent."));
    }
}
