//! A key in the light of what has the keys now: an action, or an edit of a text field.

use super::action::{Action, Keymap};
use super::key::Key;
use super::text_field::Edit;

/// What a key means now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Do something.
    Act(Action),
    /// Change the text field that has the keys.
    Edit(Edit),
}

impl Press {
    /// What `key` means. While a text field has the keys, characters and the keys of a line editor are edits.
    /// `None` if the key means nothing here.
    #[must_use]
    pub fn of(key: &Key, keymap: &Keymap, typing: bool) -> Option<Self> {
        if typing && let Some(edit) = edit(key) {
            return Some(Self::Edit(edit));
        }
        keymap.action(key).map(Self::Act)
    }
}

fn edit(key: &Key) -> Option<Edit> {
    Some(match key {
        Key::Char(character) => Edit::Insert(character.to_string()),
        Key::Paste(text) => Edit::Insert(text.clone()),
        Key::Backspace => Edit::DeleteLeft,
        Key::Delete => Edit::DeleteRight,
        Key::Left => Edit::Left,
        Key::Right => Edit::Right,
        Key::Home => Edit::Start,
        Key::End => Edit::End,
        Key::Control('u') => Edit::Clear,
        Key::Control(_)
        | Key::Function(_)
        | Key::Enter
        | Key::Escape
        | Key::Tab
        | Key::BackTab
        | Key::Up
        | Key::Down
        | Key::PageUp
        | Key::PageDown => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_act_only_outside_text_fields() {
        let keymap = Keymap::embedded().unwrap();
        assert_eq!(Press::of(&Key::Char('?'), &keymap, true), Some(Press::Edit(Edit::Insert("?".into()))));
        assert_eq!(Press::of(&Key::Char('?'), &keymap, false), Some(Press::Act(Action::Help)));
        assert_eq!(Press::of(&Key::Char('x'), &keymap, false), None);
        assert_eq!(Press::of(&Key::Left, &keymap, true), Some(Press::Edit(Edit::Left)));
        assert_eq!(Press::of(&Key::Left, &keymap, false), Some(Press::Act(Action::Left)));
        assert_eq!(Press::of(&Key::Enter, &keymap, true), Some(Press::Act(Action::GoOn)));
    }
}
