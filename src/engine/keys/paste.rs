//! A bracketed paste: text between `ESC [ 200 ~` and `ESC [ 201 ~`.

use crate::app::key::Key;

/// What ends a paste.
const END: &[u8] = b"\x1b[201~";
/// The longest paste that is kept, in bytes. No field of ours takes a hundredth of it.
const LONGEST: usize = 64 * 1024;

/// The bytes of a paste so far.
#[derive(Debug, Default)]
pub(super) struct Paste {
    bytes: Vec<u8>,
    /// The last bytes, as many as they are alike with the start of [`END`].
    matched: usize,
}

impl Paste {
    /// Takes the next byte; true when the paste is complete.
    pub(super) fn push(&mut self, byte: u8) -> bool {
        if END.get(self.matched) == Some(&byte) {
            self.matched += 1;
            return self.matched == END.len();
        }
        // Only the first byte of the end can start it anew: Escape occurs in it once.
        let held = END.iter().take(std::mem::take(&mut self.matched)).copied();
        self.bytes.extend(held);
        if byte == 0x1b {
            self.matched = 1;
        } else {
            self.bytes.push(byte);
        }
        // The end is still looked for: what is beyond the limit must not be taken for keys that
        // somebody pressed.
        self.bytes.truncate(LONGEST);
        false
    }

    /// The paste as a key: line breaks and tabs become spaces, other control characters and damaged UTF-8 are left
    /// out. Nothing if nothing is left.
    pub(super) fn finish(self) -> Option<Key> {
        let text: String = self.bytes.utf8_chunks().map(|chunk| chunk.valid()).collect();
        let plain: String = text
            .replace("\r\n", "\n")
            .chars()
            // A space and not nothing: names on two lines are two words. Terminals send a line
            // break as a carriage return.
            .map(|character| if matches!(character, '\r' | '\n' | '\t') { ' ' } else { character })
            .filter(|character| !character.is_control())
            .collect();
        let trimmed = plain.trim();
        (!trimmed.is_empty()).then(|| Key::Paste(trimmed.to_owned()))
    }
}
