//! Counting tokens, for when the service does not: whether a prompt fits, and what a stopped answer used.
//!
//! By `o200k_base`, which the models since gpt-4o use; for others it is near enough.

use std::sync::LazyLock;

use tiktoken_rs::CoreBPE;
use tokio::sync::Semaphore;

use crate::{
    completions::{INSTRUCTIONS, Turn},
    error::Error,
};

/// What a message costs beside its text, and what every prompt costs beside its messages (OpenAI's cookbook, "How to
/// count tokens with tiktoken").
const PER_MESSAGE: u32 = 4;
const PER_PROMPT: u32 = 3;

/// 3.6 MB in the binary; 45 MB of memory and a tenth of a second from its first use on.
static ENCODING: LazyLock<CoreBPE> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the table is part of the binary, and the tests of this file read it")]
    tiktoken_rs::o200k_base().expect("the embedded table can be read")
});

/// Of half a million spaces in a row, which a model can say, the expression that finds words panics.
const PIECE_BYTES: usize = 100_000;

/// Two texts at a time. Many answers can end in the same moment, and every thread that counts takes memory of its own.
static TURN: Semaphore = Semaphore::const_new(2);

/// Does work that counts where it keeps nobody waiting who does not need its result.
pub(crate) async fn counting<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    // It is never closed.
    let _turn = TURN.acquire().await.ok();
    Ok(tokio::task::spawn_blocking(work).await?)
}

/// The tokens of `text`. Blocks: 6 ms for 100 kB of prose, 20 ms at worst. The first call of a process also loads the
/// table. Where a text is cut to be counted, that may make a token more.
pub(crate) fn of_text(text: &str) -> u32 {
    let (mut rest, mut sum) = (text, 0_usize);
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
        sum += ENCODING.encode_ordinary(piece).len();
        rest = more;
    }
    u32::try_from(sum).unwrap_or(u32::MAX)
}

/// The tokens of a message in a prompt. Blocks.
pub(crate) fn of_turn(turn: &Turn) -> u32 {
    of_text(&turn.text).saturating_add(PER_MESSAGE)
}

/// The tokens of a prompt before its first message. Blocks.
pub(crate) fn of_beginning() -> u32 {
    of_text(INSTRUCTIONS) + PER_MESSAGE + PER_PROMPT
}

/// What a question costs beside its text when nothing was said before. Blocks.
pub(crate) fn around_question() -> u32 {
    of_beginning() + PER_MESSAGE
}

/// The tokens of a prompt. Blocks.
pub(crate) fn of_prompt(turns: &[Turn]) -> u32 {
    turns.iter().fold(of_beginning(), |sum, turn| sum.saturating_add(of_turn(turn)))
}

/// More tokens than this a prompt with these texts cannot have: none is shorter than a byte. Counts nothing.
pub(crate) fn at_most<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    let each = PER_MESSAGE as usize;
    let beginning = INSTRUCTIONS.len() + each + PER_PROMPT as usize;
    texts.into_iter().fold(beginning, |sum, text| sum + text.len() + each)
}

#[cfg(test)]
mod tests {
    use model::Role;

    use super::*;

    #[test]
    fn texts_are_counted_as_the_models_count_them() {
        assert_eq!([of_text(""), of_text("hello world"), of_text("日本語")], [0, 2, 2]);
        assert_eq!(of_text("<|endoftext|>"), 7, "what a reader writes is text, never a mark of the model's");
    }

    #[test]
    fn whatever_a_model_says_can_be_counted() {
        assert_eq!(of_text(&" ".repeat(1_000_000)), 7_820);
        // Three bytes each: where it is cut, there are whole characters on both sides.
        assert_eq!(of_text(&"\u{65e5}".repeat(100_000)), 50_002);
    }

    #[test]
    fn the_bound_is_never_below_the_count() {
        let turns: Vec<Turn> = ["", "a b c d e f", "x\u{1f469}\u{200d}\u{1f4bb}", "\u{0}\u{1}\u{2}"]
            .map(|text| Turn { role: Role::User, text: text.to_owned() })
            .into();
        assert!(at_most(turns.iter().map(|turn| turn.text.as_str())) >= of_prompt(&turns) as usize);
    }
}
