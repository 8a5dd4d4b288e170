//! Server-sent events, as far as chat completions use them: one `data:` line each.
//!
//! Written here because every ready-made parser decodes per network chunk or hides the bytes; this keeps bytes until a
//! line is whole, so that a character split between two chunks stays one.

use memchr::memchr;

/// A longer line is no event of a chat completion.
const MOST_LINE_BYTES: usize = 1 << 20;

/// A body cut into lines.
#[derive(Default)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Up to here the buffer has been given out.
    start: usize,
    /// Up to here it holds no line end.
    searched: usize,
}

impl Lines {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether the line that has begun is longer than any. Known once [`Lines::next_data`] found no end of it.
    pub(super) fn is_endless(&self) -> bool {
        self.searched - self.start > MOST_LINE_BYTES
    }

    /// What follows `data:` on the next whole line that has it.
    pub(super) fn next_data(&mut self) -> Option<&[u8]> {
        loop {
            let Some(length) = memchr(b'\n', &self.buffer[self.searched..]) else {
                self.searched = self.buffer.len();
                return None;
            };
            let (start, end) = (self.start, self.searched + length);
            (self.start, self.searched) = (end + 1, end + 1);
            if self.buffer[start..end].trim_ascii().starts_with(b"data:") {
                return self.buffer[start..end].trim_ascii().strip_prefix(b"data:").map(<[u8]>::trim_ascii_start);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn a_body_gives_the_same_data_however_it_is_cut() {
        let body = "data: {\"a\":\"é🙂\"}\r\n\r\n: comment\n\ndata:[DONE]\n\n".as_bytes();
        for size in 1..=body.len() {
            let (mut lines, mut data) = (Lines::default(), Vec::new());
            for bytes in body.chunks(size) {
                lines.push(bytes);
                while let Some(one) = lines.next_data() {
                    data.push(String::from_utf8(one.to_vec()).unwrap());
                }
            }
            assert_eq!(data, ["{\"a\":\"é🙂\"}", "[DONE]"], "cut every {size} bytes");
        }
    }
}
