//! Which key a complete escape sequence stands for.

use crate::app::key::Key;

/// The key of `ESC [ parameters last`, if it is one.
pub(super) fn control_sequence(parameters: &[u8], last: u8) -> Option<Key> {
    let text = std::str::from_utf8(parameters).ok()?;
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') {
        return None;
    }
    // A parameter that is left out stands for its default (ECMA-48, 5.4.2), here one; so does a
    // number that no key has.
    let mut numbers = text.split(';').map(|number| number.parse::<u16>().unwrap_or(1));
    let first = numbers.next().unwrap_or(1);
    let modified = numbers.next().is_some_and(|modifier| modifier > 1);
    match last {
        b'A' | b'a' => Some(Key::Up),
        b'B' | b'b' => Some(Key::Down),
        b'C' | b'c' => Some(Key::Right),
        b'D' | b'd' => Some(Key::Left),
        b'H' => Some(Key::Home),
        b'F' => Some(Key::End),
        b'Z' => Some(Key::BackTab),
        // Not `R`: `ESC [ 1 ; 1 R` is also a terminal's answer where its cursor stands, and no key
        // may come of that. F3 is known by its other forms.
        b'P' | b'Q' | b'S' if first == 1 && !modified => Some(Key::Function(last - b'P' + 1)),
        b'~' => numbered(first, modified),
        // rxvt: with Shift `$`, with Ctrl `^`, with both `@`.
        b'$' | b'^' | b'@' => numbered(first, true),
        _ => None,
    }
}

/// The key of `ESC O last`, if it is one: cursor keys in application mode, F1 to F4, the keypad.
pub(super) fn single_shift(last: u8, modified: bool) -> Option<Key> {
    match last {
        b'A' | b'a' => Some(Key::Up),
        b'B' | b'b' => Some(Key::Down),
        b'C' | b'c' => Some(Key::Right),
        b'D' | b'd' => Some(Key::Left),
        b'H' => Some(Key::Home),
        b'F' => Some(Key::End),
        b'P'..=b'S' if !modified => Some(Key::Function(last - b'P' + 1)),
        b'M' => Some(Key::Enter),
        b'I' => Some(Key::Tab),
        b' ' => Some(Key::Char(' ')),
        b'X' => Some(Key::Char('=')),
        // The keypad sends its own character with bit 6 set: `j` is `*`, `p` is `0`.
        b'j'..=b'y' => Some(Key::Char(char::from(last - 0x40))),
        _ => None,
    }
}

/// The key of `ESC [ number ~`. Numbers 16 and 22 are gaps of the VT220.
fn numbered(number: u16, modified: bool) -> Option<Key> {
    let function = match number {
        1 | 7 => return Some(Key::Home),
        4 | 8 => return Some(Key::End),
        3 => return Some(Key::Delete),
        5 => return Some(Key::PageUp),
        6 => return Some(Key::PageDown),
        11..=15 => number - 10,
        17..=21 => number - 11,
        23..=24 => number - 12,
        _ => return None,
    };
    u8::try_from(function).ok().filter(|_| !modified).map(Key::Function)
}
