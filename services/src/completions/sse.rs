//! Server-sent events, as far as chat completions use them: one `data:` line each.
//!
//! Written here because every ready-made parser decodes per network chunk or hides the bytes; this keeps bytes until a
//! line is whole, so that a character split between two chunks stays one.

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

    /// What follows `data:` on the next whole line that has it.
    pub(super) fn next_data(&mut self) -> Option<Vec<u8>> {
        loop {
            let Some(length) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                return None;
            };
            let end = self.searched + length;
            let line = self.buffer[self.start..end].trim_ascii();
            let data = line.strip_prefix(b"data:").map(|data| data.trim_ascii_start().to_vec());
            self.start = end + 1;
            self.searched = self.start;
            if data.is_some() {
                return data;
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
                    data.push(String::from_utf8(one).unwrap());
                }
            }
            assert_eq!(data, ["{\"a\":\"é🙂\"}", "[DONE]"], "cut every {size} bytes");
        }
    }
}
