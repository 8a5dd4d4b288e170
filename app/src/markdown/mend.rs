//! The last line of a text that is still arriving: emphasis, code and links that it has begun are ended, so that it is
//! shown as it will be, and what it has only half of is left out.

use super::prepare::run_of;

/// The end of a longer line stays as it is: looking for what is open in it takes the square of its length.
const MENDED_MAX_BYTES: usize = 2_000;

/// `line` with what it has begun ended; `None` if it is whole, too long, code, or HTML.
pub(super) fn mended(line: &[u8]) -> Option<Vec<u8>> {
    let is_text = !line.starts_with(b"    ") && !line.starts_with(b"\t") && line.first() != Some(&b'<');
    if line.len() > MENDED_MAX_BYTES || !is_text {
        return None;
    }
    let mut out = Vec::with_capacity(line.len() + 4);
    // What is open, by mark and number.
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut at = 0;
    let mut changed = false;
    while let Some(&byte) = line.get(at) {
        let length = run_of(line, at);
        let next = line.get(at + length).copied();
        match byte {
            b'\\' => {
                out.extend(line[at..].iter().take(2));
                at += 2;
                continue;
            }
            b'`' => {
                let close = (at + length..line.len())
                    .find(|from| line[*from] == b'`' && line[from - 1] != b'`' && run_of(line, *from) == length);
                match (close, next) {
                    (Some(close), _) => {
                        out.extend(&line[at..close + length]);
                        at = close + length;
                        continue;
                    }
                    (None, None) => changed = true,
                    (None, Some(_)) => {
                        // Half of its end may be there.
                        let rest = line[at..].strip_suffix(b"`").filter(|_| length > 1).unwrap_or(&line[at..]);
                        out.extend(rest);
                        out.extend(std::iter::repeat_n(b'`', length));
                        changed = true;
                        at = line.len();
                        break;
                    }
                }
                at += length;
                continue;
            }
            b'$' => {
                let close = (at + length..line.len()).find(|from| line[*from] == b'$');
                let end = close.map_or(at + length, |close| close + run_of(line, close));
                out.extend(&line[at..end]);
                at = end;
                continue;
            }
            b'*' | b'_' | b'~' if byte != b'~' || length == 2 => {
                let before = at.checked_sub(1).map(|before| line[before]);
                let opens =
                    before.is_none_or(|before| before.is_ascii_whitespace() || b"([{\"'|*_~>".contains(&before));
                let closes = before.is_some_and(|before| !before.is_ascii_whitespace());
                if closes && let Some((mark, wanted)) = open.last_mut().filter(|(mark, _)| *mark == byte) {
                    debug_assert_eq!(*mark, byte);
                    *wanted = wanted.saturating_sub(length);
                    if *wanted == 0 {
                        open.pop();
                    }
                } else if opens && next.is_none() {
                    // Nothing to stress yet; or the beginning of a list or a rule.
                    changed = true;
                    at += length;
                    continue;
                } else if opens && next.is_some_and(|next| !next.is_ascii_whitespace()) && length <= 3 {
                    open.push((byte, length));
                }
            }
            b'[' | b'!' => {
                let is_image = byte == b'!' && next == Some(b'[') && length == 1;
                if byte == b'[' && length == 1 || is_image {
                    let inside = at + 1 + usize::from(is_image);
                    match unfinished_link(&line[inside..]) {
                        Unfinished::Label => {
                            changed = true;
                            at = inside;
                            continue;
                        }
                        Unfinished::Target(label) => {
                            out.extend(&line[inside..inside + label]);
                            changed = true;
                            at = line.len();
                            break;
                        }
                        Unfinished::Nothing => {}
                    }
                }
            }
            _ => {
                out.push(byte);
                at += 1;
                continue;
            }
        }
        out.extend(&line[at..at + length]);
        at += length;
    }
    debug_assert!(at >= line.len());
    if !open.is_empty() {
        while out.last().is_some_and(u8::is_ascii_whitespace) {
            out.pop();
        }
        for (mark, count) in open.into_iter().rev() {
            out.extend(std::iter::repeat_n(mark, count));
        }
        changed = true;
    }
    changed.then_some(out)
}

/// What a link lacks.
enum Unfinished {
    Nothing,
    /// The end of its label.
    Label,
    /// The end of its target; the label has that many bytes.
    Target(usize),
}

/// Looks at a link behind its opening bracket.
fn unfinished_link(rest: &[u8]) -> Unfinished {
    // A box to tick, a footnote, or nothing yet.
    if rest.is_empty() || matches!(rest, [b' ' | b'^' | b'x' | b'X', ..] if rest.len() < 3) || rest[0] == b'^' {
        return Unfinished::Nothing;
    }
    let Some(label) = rest.iter().position(|byte| *byte == b']') else {
        return if rest.contains(&b'[') { Unfinished::Nothing } else { Unfinished::Label };
    };
    match rest.get(label + 1) {
        Some(b'(') if !rest[label..].contains(&b')') => Unfinished::Target(label),
        _ => Unfinished::Nothing,
    }
}
