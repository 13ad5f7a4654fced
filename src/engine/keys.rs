//! Bytes from a terminal to keys: a decoder of our own, one byte at a time.
//!
//! Why not the event reader of crossterm: an unknown reply of a terminal stays in its buffer and swallows the keys
//! after it, and an arrow key that arrives in two packets becomes Escape and text. Here a sequence that is not known
//! is dropped whole, and because every byte moves a small machine, it makes no difference how the bytes were split.
//! The decoder reads no clock: [`Decoder::deadline`] says when it wants to be told that time has passed.
//!
//! Sources of the sequences: ECMA-48 (structure), xterm's `ctlseqs`, `console_codes(4)` for the Linux console, and
//! rxvt's `rxvtRef`. Modifiers are ignored on cursor keys; a function key with a modifier is another key and dropped.

mod bursts;
mod paste;
mod sequences;

use std::time::{Duration, Instant};

pub use bursts::Bursts;
use paste::Paste;
use sequences::{control_sequence, single_shift};

use crate::app::key::Key;

/// How long an Escape byte may be the start of a longer sequence on a local terminal: it sends one in a single write,
/// and a person feels more than this as a key that hesitates.
pub const ESCAPE_WAIT: Duration = Duration::from_millis(50);
/// The same over SSH, where a sequence is more often cut in two.
pub const ESCAPE_WAIT_REMOTE: Duration = Duration::from_millis(100);
/// How long the rest of a sequence may take. What stays incomplete is dropped, so that it cannot swallow later keys.
const REST_WAIT: Duration = Duration::from_millis(500);
/// The longest control sequence that is looked at; a longer one is dropped. Those of the keys that are known have a
/// third of it.
const LONGEST: usize = 32;

/// Where the decoder stands within the bytes.
#[derive(Debug, Default)]
enum DecoderState {
    /// Between keys.
    #[default]
    Ground,
    /// Within a character of UTF-8.
    Character { bytes: Vec<u8>, length: usize },
    /// After an Escape byte.
    Escape,
    /// After `ESC [`, with what followed.
    Control { parameters: Vec<u8>, overlong: bool },
    /// After `ESC [ [`: F1 to F5 of the Linux console.
    Console,
    /// After `ESC O`; true once a modifier was seen.
    SingleShift { modified: bool },
    /// Within an operating system command, device control or application string; true after an Escape byte in it.
    Text { escape: bool },
    /// Within a bracketed paste.
    Paste(Paste),
}

/// Turns bytes into keys.
#[derive(Debug)]
pub struct Decoder {
    state: DecoderState,
    /// When the last byte came.
    at: Option<Instant>,
    escape_wait: Duration,
    /// The last key was a carriage return: a line feed right after it belongs to it.
    after_return: bool,
}

impl Decoder {
    /// A decoder that takes a lone Escape byte for the key after `escape_wait`.
    #[must_use]
    pub const fn new(escape_wait: Duration) -> Self {
        Self { state: DecoderState::Ground, at: None, escape_wait, after_return: false }
    }

    /// Takes bytes that arrived at `at`; returns the keys that are complete.
    pub fn feed(&mut self, bytes: &[u8], at: Instant) -> Vec<Key> {
        let mut keys = Vec::new();
        for byte in bytes {
            self.byte(*byte, &mut keys);
        }
        if !bytes.is_empty() {
            self.at = Some(at);
        }
        keys
    }

    /// When [`Decoder::expire`] wants to be called, if no more bytes come.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let wait = match self.state {
            DecoderState::Ground => return None,
            DecoderState::Escape => self.escape_wait,
            DecoderState::Character { .. }
            | DecoderState::Control { .. }
            | DecoderState::Console
            | DecoderState::SingleShift { .. }
            | DecoderState::Text { .. }
            | DecoderState::Paste(_) => REST_WAIT,
        };
        self.at.map(|at| at + wait)
    }

    /// Time has passed: a lone Escape byte is the key, a paste is what came of it, any other rest is dropped.
    pub fn expire(&mut self, at: Instant) -> Option<Key> {
        if self.deadline().is_none_or(|deadline| at < deadline) {
            return None;
        }
        match std::mem::take(&mut self.state) {
            DecoderState::Escape => Some(Key::Escape),
            DecoderState::Paste(paste) => paste.finish(),
            DecoderState::Ground
            | DecoderState::Character { .. }
            | DecoderState::Control { .. }
            | DecoderState::Console
            | DecoderState::SingleShift { .. }
            | DecoderState::Text { .. } => None,
        }
    }

    fn byte(&mut self, byte: u8, keys: &mut Vec<Key>) {
        match std::mem::take(&mut self.state) {
            DecoderState::Ground => self.ground(byte, keys),
            DecoderState::Character { bytes, length } => self.character(bytes, length, byte, keys),
            DecoderState::Escape => self.escape(byte, keys),
            DecoderState::Control { parameters, overlong } => self.control(parameters, overlong, byte, keys),
            DecoderState::Console => match byte {
                b'A'..=b'E' => keys.push(Key::Function(byte - b'A' + 1)),
                0x20..=0x7e => {}
                _ => self.ground(byte, keys),
            },
            DecoderState::SingleShift { modified } => match byte {
                b'0'..=b'9' => self.state = DecoderState::SingleShift { modified: true },
                0x20..=0x7e => keys.extend(single_shift(byte, modified)),
                _ => self.ground(byte, keys),
            },
            DecoderState::Text { escape } => self.text(escape, byte, keys),
            DecoderState::Paste(mut paste) => {
                if paste.push(byte) {
                    keys.extend(paste.finish());
                } else {
                    self.state = DecoderState::Paste(paste);
                }
            }
        }
    }

    fn ground(&mut self, byte: u8, keys: &mut Vec<Key>) {
        let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
        match byte {
            0x1b => self.state = DecoderState::Escape,
            b'\n' if after_return => {}
            b'\r' | b'\n' => keys.push(Key::Enter),
            b'\t' => keys.push(Key::Tab),
            // Terminals send either for the key that deletes to the left, so Ctrl-H cannot be told
            // from it.
            0x08 | 0x7f => keys.push(Key::Backspace),
            0x01..=0x1a => keys.push(Key::Control(char::from(byte | 0x60))),
            0x1c..=0x1f => keys.push(Key::Control(char::from(byte | 0x40))),
            0x20..=0x7e => keys.push(Key::Char(char::from(byte))),
            0xc2..=0xf4 => {
                let length = match byte {
                    0xc2..=0xdf => 2,
                    0xe0..=0xef => 3,
                    _ => 4,
                };
                self.state = DecoderState::Character { bytes: vec![byte], length };
            }
            // Not the start of any character (RFC 3629), or a NUL.
            0x00 | 0x80..=0xc1 | 0xf5..=0xff => {}
        }
    }

    fn character(&mut self, mut bytes: Vec<u8>, length: usize, byte: u8, keys: &mut Vec<Key>) {
        if !(0x80..=0xbf).contains(&byte) {
            // The character was cut and is dropped. This byte is no part of it: it begins the next
            // key.
            return self.ground(byte, keys);
        }
        bytes.push(byte);
        if bytes.len() < length {
            self.state = DecoderState::Character { bytes, length };
            return;
        }
        // Overlong forms and surrogates fail here, as RFC 3629 wants.
        let character = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next());
        keys.extend(character.filter(|character| !character.is_control()).map(Key::Char));
    }

    fn escape(&mut self, byte: u8, keys: &mut Vec<Key>) {
        self.after_return = false;
        match byte {
            b'[' => self.state = DecoderState::Control { parameters: Vec::new(), overlong: false },
            b'O' => self.state = DecoderState::SingleShift { modified: false },
            b']' | b'P' | b'_' | b'^' | b'X' => self.state = DecoderState::Text { escape: false },
            0x1b => {
                keys.push(Key::Escape);
                self.state = DecoderState::Escape;
            }
            // Escape and then another key, in one packet. Alt with a key looks the same and means nothing here.
            _ => {
                keys.push(Key::Escape);
                self.ground(byte, keys);
            }
        }
    }

    fn control(&mut self, mut parameters: Vec<u8>, overlong: bool, byte: u8, keys: &mut Vec<Key>) {
        match byte {
            b'[' if parameters.is_empty() => self.state = DecoderState::Console,
            // rxvt ends Shift with a key by a dollar sign, which is otherwise never last.
            b'$' if !parameters.is_empty() && parameters.iter().all(u8::is_ascii_digit) => {
                keys.extend(control_sequence(&parameters, b'$'));
            }
            0x20..=0x3f => {
                let overlong = overlong || parameters.len() >= LONGEST;
                if !overlong {
                    parameters.push(byte);
                }
                self.state = DecoderState::Control { parameters, overlong };
            }
            b'~' if !overlong && parameters == b"200" => self.state = DecoderState::Paste(Paste::default()),
            0x40..=0x7e => keys.extend(control_sequence(&parameters, byte).filter(|_| !overlong)),
            // A control character or a letter beyond ASCII is never part of a sequence: it is a key of its own.
            _ => self.ground(byte, keys),
        }
    }

    fn text(&mut self, escape: bool, byte: u8, keys: &mut Vec<Key>) {
        match byte {
            // Ends the string, as BEL (0x07) does below for terminals that follow xterm.
            b'\\' if escape => {}
            _ if escape => {
                self.state = DecoderState::Escape;
                self.byte(byte, keys);
            }
            0x1b => self.state = DecoderState::Text { escape: true },
            0x07 => {}
            // No string holds a control character: this one was never closed, and would swallow
            // every key after it.
            0x00..=0x1f => self.ground(byte, keys),
            _ => self.state = DecoderState::Text { escape: false },
        }
    }
}

#[cfg(test)]
mod tests;
