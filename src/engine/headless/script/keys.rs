//! Names of keys in a script, and text as keys.

use super::ScriptMistake;
use crate::app::key::Key;

/// Keys that have names, in lower case.
pub(super) const NAMES: [(&[&str], Key); 15] = [
    (&["enter", "return"], Key::Enter),
    (&["esc", "escape"], Key::Escape),
    (&["tab"], Key::Tab),
    (&["backtab", "shift-tab"], Key::BackTab),
    (&["backspace"], Key::Backspace),
    (&["delete", "del"], Key::Delete),
    (&["left"], Key::Left),
    (&["right"], Key::Right),
    (&["up"], Key::Up),
    (&["down"], Key::Down),
    (&["home"], Key::Home),
    (&["end"], Key::End),
    (&["pageup", "pgup"], Key::PageUp),
    (&["pagedown", "pgdn"], Key::PageDown),
    (&["space"], Key::Char(' ')),
];

/// The key of this name: `Enter`, `F1`, `Ctrl-C`, `a`. Names in any case, as written on the key.
///
/// # Errors
/// [`ScriptMistake::UnknownKey`] if there is no such key.
pub(super) fn named(name: &str) -> Result<Key, ScriptMistake> {
    let mut characters = name.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return Ok(typed_character(character));
    }
    let lower = name.to_lowercase();
    let known = NAMES.iter().find(|(names, _)| names.contains(&lower.as_str())).map(|(_, key)| key.clone());
    known
        .or_else(|| function(&lower))
        .or_else(|| control(&lower))
        .ok_or_else(|| ScriptMistake::UnknownKey { name: name.to_owned() })
}

/// The keys that type a text.
pub(super) fn typed(text: &str) -> Vec<Key> {
    text.chars().map(typed_character).collect()
}

fn typed_character(character: char) -> Key {
    match character {
        '\n' | '\r' => Key::Enter,
        '\t' => Key::Tab,
        other => Key::Char(other),
    }
}

fn function(name: &str) -> Option<Key> {
    let number = name.strip_prefix('f')?.parse().ok()?;
    (1..=12).contains(&number).then_some(Key::Function(number))
}

fn control(name: &str) -> Option<Key> {
    let mut rest = name.strip_prefix("ctrl-").or_else(|| name.strip_prefix("ctrl+"))?.chars();
    match (rest.next(), rest.next()) {
        (Some(letter @ ('a'..='z' | '\\' | ']' | '^' | '_')), None) => Some(Key::Control(letter)),
        _ => None,
    }
}
