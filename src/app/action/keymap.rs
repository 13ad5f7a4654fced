//! The table that maps keys to actions.

use std::collections::{BTreeMap, HashMap};

use super::Action;
use crate::app::key::Key;
use crate::domain::cause::Cause;

/// Why a key table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// The table is not TOML, or names an action that does not exist.
    #[error("key table: {0}")]
    Syntax(#[source] Cause),
    /// A key that does not exist.
    #[error("key table: action {action} has the unknown key {key:?}")]
    UnknownKey {
        /// The action.
        action: &'static str,
        /// What is written as key.
        key: String,
    },
    /// Two actions on one key.
    #[error("key table: the key {key:?} is given to {first} and to {second}")]
    Twice {
        /// The key.
        key: String,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
}

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    actions: HashMap<Key, Action>,
    /// The first key of each action, as it is written on a keyboard.
    labels: BTreeMap<Action, String>,
}

impl Keymap {
    /// The table that comes with the program.
    ///
    /// # Errors
    /// Never for a released program: a test reads it.
    pub fn embedded() -> Result<Self, KeymapError> {
        Self::parse(include_str!("../../../assets/keys.toml"))
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`KeymapError`], naming the action and the key.
    pub fn parse(text: &str) -> Result<Self, KeymapError> {
        let table: BTreeMap<Action, Vec<String>> =
            toml::from_str(text).map_err(|error| KeymapError::Syntax(Cause::of(error)))?;
        let mut keymap = Self { actions: HashMap::new(), labels: BTreeMap::new() };
        for (action, keys) in table {
            for written in keys {
                let (key, label) = parse_key(&written)
                    .ok_or_else(|| KeymapError::UnknownKey { action: action.name(), key: written.clone() })?;
                if let Some(first) = keymap.actions.insert(key, action) {
                    return Err(KeymapError::Twice { key: written, first: first.name(), second: action.name() });
                }
                keymap.labels.entry(action).or_insert(label);
            }
        }
        Ok(keymap)
    }

    /// What this key does, if anything.
    #[must_use]
    pub fn action(&self, key: &Key) -> Option<Action> {
        self.actions.get(key).copied()
    }

    /// Every key that does something.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.actions.keys()
    }

    /// The key of an action as it is written on a keyboard: `Enter`, `F2`.
    #[must_use]
    pub fn label(&self, action: Action) -> &str {
        self.labels.get(&action).map_or("", String::as_str)
    }

    /// The keys of what goes in two directions: `Left/Right`, `Up/Down`; else the one key.
    #[must_use]
    pub fn both(&self, action: Action) -> String {
        let Some(other) = action.other_way() else { return self.label(action).to_owned() };
        let (first, second) = if action < other { (action, other) } else { (other, action) };
        format!("{}/{}", self.label(first), self.label(second))
    }
}

fn parse_key(written: &str) -> Option<(Key, String)> {
    let (key, label) = match written {
        "enter" => (Key::Enter, "Enter"),
        "escape" => (Key::Escape, "Esc"),
        "tab" => (Key::Tab, "Tab"),
        "backtab" => (Key::BackTab, "Shift-Tab"),
        "up" => (Key::Up, "Up"),
        "down" => (Key::Down, "Down"),
        "left" => (Key::Left, "Left"),
        "right" => (Key::Right, "Right"),
        "pageup" => (Key::PageUp, "PgUp"),
        "pagedown" => (Key::PageDown, "PgDn"),
        "home" => (Key::Home, "Home"),
        "end" => (Key::End, "End"),
        other => return parse_other_key(other),
    };
    Some((key, label.to_owned()))
}

fn parse_other_key(written: &str) -> Option<(Key, String)> {
    let mut characters = written.chars();
    if let (Some(character), None) = (characters.next(), characters.next()) {
        return Some((Key::Char(character), character.to_string()));
    }
    if let Some(letter) = written.strip_prefix("ctrl-") {
        let mut letters = letter.chars();
        return match (letters.next(), letters.next()) {
            (Some(letter @ 'a'..='z'), None) => {
                Some((Key::Control(letter), format!("Ctrl-{}", letter.to_ascii_uppercase())))
            }
            _ => None,
        };
    }
    let number: u8 = written.strip_prefix('f')?.parse().ok()?;
    (1..=12).contains(&number).then(|| (Key::Function(number), format!("F{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_is_sound() {
        let keymap = Keymap::embedded().unwrap();
        assert_eq!(keymap.action(&Key::Enter), Some(Action::GoOn));
        assert_eq!(keymap.action(&Key::Char('?')), Some(Action::Help));
        assert_eq!(keymap.label(Action::Help), "F1");
        assert_eq!(keymap.label(Action::Leave), "Ctrl-C");
        assert_eq!(
            [Action::Left, Action::Right, Action::Help].map(|action| keymap.both(action)),
            ["Left/Right", "Left/Right", "F1"]
        );
        assert_eq!(keymap.action(&Key::Function(11)), None);
    }

    #[test]
    fn a_bad_table_says_what_is_wrong() {
        assert!(matches!(Keymap::parse("fly = [\"f1\"]"), Err(KeymapError::Syntax(_))));
        assert_eq!(
            Keymap::parse("help = [\"f13\"]"),
            Err(KeymapError::UnknownKey { action: "help", key: "f13".into() })
        );
        assert_eq!(
            Keymap::parse("help = [\"f1\"]\nback = [\"f1\"]"),
            Err(KeymapError::Twice { key: "f1".into(), first: "back", second: "help" })
        );
    }
}
