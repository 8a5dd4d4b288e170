//! What is done to the text before it is read as Markdown: which dollars are formulas and which are money, `\(…\)` and
//! `\[…\]`. While the text is still arriving, its last line is mended (see `mend`).
//!
//! Every byte keeps its place, so that places in the prepared text are places in the text itself; only behind its end
//! something may be added, and from there something may be missing.

use std::borrow::Cow;

use super::mend::mended;

/// Stand for a dollar that begins no formula, and for a bar inside one, until the text is read. Control characters do
/// not come this far (see `harmless`).
const DOLLAR: u8 = 1;
const BAR: u8 = 2;

/// `source` with formulas between `$` or `$$` only. `is_open`: more of it is to come.
pub(super) fn prepare(source: &str, is_open: bool) -> Cow<'_, str> {
    if !is_open && !source.contains(['$', '\\']) {
        return Cow::Borrowed(source);
    }
    let bytes = source.as_bytes();
    let mut scan = Scan { bytes, out: bytes.to_vec(), is_open, none_before: [0; 4], paragraph_end: 0 };
    if scan.run() == End::Text && is_open {
        scan.mend_last_line();
    }
    // Only whole characters are replaced or cut.
    String::from_utf8(scan.out).map_or(Cow::Borrowed(source), Cow::Owned)
}

/// `text` of a prepared source as it was written.
pub(super) fn restored(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| matches!(byte, DOLLAR | BAR)) {
        Cow::Owned(text.replace(char::from(DOLLAR), "$").replace(char::from(BAR), "|"))
    } else {
        Cow::Borrowed(text)
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
    is_open: bool,
    /// For each kind of end: there is none from where it was looked for up to here.
    none_before: [usize; 4],
    /// Where the paragraph ends that is being read.
    paragraph_end: usize,
}

/// What the text ends in.
#[derive(PartialEq)]
enum End {
    Text,
    /// Where nothing is emphasis.
    Code,
    Formula,
}

impl Scan<'_> {
    fn run(&mut self) -> End {
        let mut at = 0;
        let mut fence: Option<(u8, usize)> = None;
        while at < self.bytes.len() {
            let end = self.find(b"\n", at, self.bytes.len()).unwrap_or(self.bytes.len());
            let (mark, length) = fence_of(&self.bytes[at..end]);
            match fence {
                Some((open, least)) => {
                    if open == mark && length >= least {
                        fence = None;
                    }
                    at = end + 1;
                }
                None if length >= 3 => {
                    fence = Some((mark, length));
                    at = end + 1;
                }
                None => match self.line(at) {
                    Some(next) => at = next,
                    None => return End::Formula,
                },
            }
        }
        if fence.is_some() { End::Code } else { End::Text }
    }

    /// Reads from `at` to the end of a line, and says where the next one starts; `None` inside an open formula.
    fn line(&mut self, mut at: usize) -> Option<usize> {
        let in_table = self.bytes[at..].iter().find(|byte| !b" \t".contains(byte)) == Some(&b'|');
        if at >= self.paragraph_end {
            self.paragraph_end = self.end_of_paragraph(at);
        }
        while at < self.bytes.len() {
            at = match self.bytes[at] {
                b'\n' => return Some(at + 1),
                b'`' => self.code(at),
                b'\\' => match self.bytes.get(at + 1) {
                    Some(b'(') => self.formula(at, b"\\)", 0, in_table)?,
                    Some(b'[') => self.formula(at, b"\\]", 1, in_table)?,
                    Some(b'\n') | None => at + 1,
                    Some(_) => at + 2,
                },
                b'$' if self.bytes.get(at + 1) == Some(&b'$') => self.formula(at, b"$$", 2, in_table)?,
                b'$' => self.dollar(at, in_table),
                _ => at + 1,
            };
        }
        Some(at)
    }

    /// Behind the code that starts at `at`.
    fn code(&self, at: usize) -> usize {
        let length = run_of(self.bytes, at);
        let mut from = at + length;
        // Longer runs are as good as none.
        for _ in 0..64 {
            let Some(close) = self.find(b"`", from, self.paragraph_end) else { break };
            let found = run_of(self.bytes, close);
            if found == length {
                return close + length;
            }
            from = close + found;
        }
        at + length
    }

    /// Behind the formula between two bytes at `at` and `close`; `None` if its end is still to come.
    fn formula(&mut self, at: usize, close: &[u8; 2], kind: usize, in_table: bool) -> Option<usize> {
        let inside = at + 2;
        let end = if self.none_before[kind] > inside { None } else { self.find(close, inside, self.paragraph_end) };
        if let Some(end) = end.filter(|end| !blank(&self.bytes[inside..*end])) {
            self.out[at..inside].copy_from_slice(b"$$");
            self.out[end..end + 2].copy_from_slice(b"$$");
            self.settle(inside, end, in_table);
            return Some(end + 2);
        }
        if end.is_none() {
            self.none_before[kind] = self.paragraph_end;
        }
        if self.is_open && end.is_none() && self.paragraph_end == self.bytes.len() {
            self.open_formula(at, in_table);
            return None;
        }
        if close == b"$$" {
            self.out[at..inside].fill(DOLLAR);
        }
        Some(inside)
    }

    /// Ends the formula that starts at `at` where the text ends.
    fn open_formula(&mut self, at: usize, in_table: bool) {
        let inside = at + 2;
        // A formula with a brace that is not closed would be none.
        let mut braces = 0_usize;
        // Half of its end may be there: a dollar, or a backslash with nothing behind it.
        let mut half = false;
        let mut from = inside;
        while let Some(byte) = self.out.get(from) {
            half = *byte == b'$';
            match byte {
                b'\\' => {
                    from += 1;
                    half = from == self.out.len();
                }
                b'{' => braces += 1,
                b'}' => braces = braces.saturating_sub(1),
                _ => {}
            }
            from += 1;
        }
        self.out.truncate(self.out.len() - usize::from(half));
        if blank(&self.out[inside..]) {
            self.out.truncate(at);
            return;
        }
        self.out[at..inside].copy_from_slice(b"$$");
        self.settle(inside, self.out.len(), in_table);
        self.out.extend(std::iter::repeat_n(b'}', braces));
        self.out.extend(b"$$");
    }

    /// Makes sure that nothing between `from` and `to` ends the formula or begins a block.
    fn settle(&mut self, from: usize, to: usize, in_table: bool) {
        for at in from..to {
            match self.out[at] {
                b'$' => self.out[at] = DOLLAR,
                b'|' if in_table => self.out[at] = BAR,
                b'\n' if !quoted(&self.bytes[at + 1..]) => self.out[at] = b' ',
                _ => {}
            }
        }
    }

    /// Behind a single dollar at `at`, or behind the formula that it begins.
    fn dollar(&mut self, at: usize, in_table: bool) -> usize {
        const KIND: usize = 3;
        let joins_word = at > 0 && self.bytes[at - 1].is_ascii_alphanumeric();
        let inside = at + 1;
        let may_open = !joins_word && self.bytes.get(inside).is_some_and(|next| !next.is_ascii_whitespace());
        if may_open && self.none_before[KIND] <= inside {
            match self.find(b"$", inside, self.paragraph_end) {
                Some(end) if self.closes(inside, end) => {
                    self.settle(inside, end, in_table);
                    return end + 1;
                }
                Some(_) => {}
                None => self.none_before[KIND] = self.paragraph_end,
            }
        }
        self.out[at] = DOLLAR;
        inside
    }

    /// Whether the dollar at `end` ends a formula from `inside` on, and does not name another amount.
    fn closes(&self, inside: usize, end: usize) -> bool {
        let content = &self.bytes[inside..end];
        let after = self.bytes.get(end + 1);
        let at_edges = content.last().is_some_and(|last| !last.is_ascii_whitespace())
            && !after.is_some_and(|next| next.is_ascii_digit() || *next == b'$');
        // An amount, words, and another currency's dollar.
        let is_prose = content.first().is_some_and(u8::is_ascii_digit)
            && content.contains(&b' ')
            && !content.iter().any(|byte| b"\\^_=+{<>*/".contains(byte));
        at_edges && !is_prose
    }

    /// The next `wanted` that is not escaped.
    fn find(&self, wanted: &[u8], mut from: usize, to: usize) -> Option<usize> {
        while from + wanted.len() <= to {
            if self.bytes[from..].starts_with(wanted) {
                return Some(from);
            }
            let is_escape = self.bytes[from] == b'\\' && wanted != b"\n" && wanted != b"`";
            from += if is_escape { 2 } else { 1 };
        }
        None
    }

    fn end_of_paragraph(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(end) = self.find(b"\n", at, self.bytes.len()) {
            let next = self.find(b"\n", end + 1, self.bytes.len()).unwrap_or(self.bytes.len());
            if end + 1 < self.bytes.len() && self.bytes[end + 1..next].iter().all(|byte| b" \t>".contains(byte)) {
                return end;
            }
            at = end + 1;
        }
        self.bytes.len()
    }

    /// Ends what the last line has begun, and leaves out what it has only half of.
    fn mend_last_line(&mut self) {
        let start = self.out.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if let Some(mended) = mended(&self.out[start..]) {
            self.out.truncate(start);
            self.out.extend(mended);
        }
    }
}

/// The mark and the length of the fence that a line consists of or begins with; a length of 0 if it is none.
fn fence_of(line: &[u8]) -> (u8, usize) {
    let mut at = skip(line, 0, |byte| b" \t>".contains(&byte));
    // Behind the number or the mark of a list.
    let digits = skip(line, at, |byte| byte.is_ascii_digit());
    if line.get(digits).is_some_and(|byte| b"-*+.)".contains(byte)) && line.get(digits + 1) == Some(&b' ') {
        at = skip(line, digits + 1, |byte| byte == b' ');
    }
    match line.get(at) {
        Some(mark @ (b'`' | b'~')) => {
            let length = run_of(line, at);
            // Three marks around a word in a line are no fence.
            if *mark == b'`' && line[at + length..].contains(&b'`') { (*mark, 0) } else { (*mark, length) }
        }
        _ => (0, 0),
    }
}

fn skip(line: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    line[from..].iter().position(|byte| !wanted(*byte)).map_or(line.len(), |more| from + more)
}

/// How often the mark at `at` is repeated there.
pub(super) fn run_of(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|byte| **byte == bytes[at]).count()
}

fn blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// Whether a line goes on a quotation.
fn quoted(line: &[u8]) -> bool {
    line.iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b'>')
}
