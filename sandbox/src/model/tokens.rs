//! Cuts text into pieces about as long as a model's tokens.

/// The longest piece of a word, in characters.
const LONGEST_WORD_PIECE: usize = 6;

/// Pieces whose concatenation is the text; a space goes with the word behind it.
pub fn split(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut len = 0;
    for c in text.chars() {
        let starts_new = match (piece.chars().last(), c) {
            (None, _) => false,
            (Some(last), ' ') => last != ' ',
            (Some(last), '\n') => last != '\n',
            (Some('\n'), _) => true,
            (Some(last), c) if c.is_ascii_alphanumeric() => {
                !(last.is_ascii_alphanumeric() || last == ' ') || len >= LONGEST_WORD_PIECE
            }
            // Marks and joiners belong to the character before them, most of the time.
            (Some(_), c) if is_joining(c) => false,
            (Some(last), c) if c.is_alphanumeric() => last.is_ascii_punctuation() || len >= letters_per_piece(c),
            (Some(last), _) => last.is_alphanumeric() || len >= 3,
        };
        if starts_new {
            pieces.push(std::mem::take(&mut piece));
            len = 0;
        }
        piece.push(c);
        len += 1;
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

fn letters_per_piece(c: char) -> usize {
    if ('\u{2E80}'..='\u{D7FF}').contains(&c) { 1 } else { 4 }
}

fn is_joining(c: char) -> bool {
    matches!(c, '\u{200D}' | '\u{FE0F}' | '\u{0300}'..='\u{036F}' | '\u{1F3FB}'..='\u{1F3FF}')
}
