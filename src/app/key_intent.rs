//! A key in the light of what has the focus now: an action, or an edit of a text field.

use super::action::{Action, Keymap};
use super::key::Key;
use super::text_field::Edit;

/// What a key means now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyIntent {
    /// Do something.
    Act(Action),
    /// Change the focused text field.
    Edit(Edit),
}

/// Where what is typed goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// Into the focused field.
    Field,
    /// A list has the focus; what is typed goes into the search field above it.
    Beside,
    /// Nowhere.
    Nowhere,
}

impl KeyIntent {
    /// What `key` means. While a text field has the focus, characters and the keys of a line editor are edits. In a
    /// list with a search field only text is, and its deletion; a character that is an action stays one, unless it is a
    /// letter or a digit. `None` if the key means nothing here.
    #[must_use]
    pub fn of(key: &Key, keymap: &Keymap, typing: Typing) -> Option<Self> {
        let action = keymap.action(key).map(Self::Act);
        let edit = || edit(key).map(Self::Edit);
        match typing {
            Typing::Field => edit().or(action),
            Typing::Beside if matches!(key, Key::Char(_) | Key::Paste(_) | Key::Backspace | Key::Control('u')) => {
                let is_text = keymap.action(key).is_some_and(Action::yields_to_text);
                action.filter(|_| !is_text).or_else(edit)
            }
            Typing::Beside | Typing::Nowhere => action,
        }
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
        | Key::PageDown
        | Key::Scan(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_typed_in_a_list_goes_to_the_search_field() {
        let keymap = Keymap::embedded().unwrap();
        let of = |key: Key| KeyIntent::of(&key, &keymap, Typing::Beside);
        assert_eq!(keymap.action(&Key::Char('m')), Some(Action::OtherMeals), "a letter that is an action elsewhere");
        assert_eq!(of(Key::Char('1')), Some(KeyIntent::Edit(Edit::Insert("1".into()))));
        assert_eq!(of(Key::Char('m')), Some(KeyIntent::Edit(Edit::Insert("m".into()))));
        assert_eq!(of(Key::Paste("M1001".into())), Some(KeyIntent::Edit(Edit::Insert("M1001".into()))));
        assert_eq!(of(Key::Backspace), Some(KeyIntent::Edit(Edit::DeleteLeft)));
        assert_eq!(of(Key::Control('u')), Some(KeyIntent::Edit(Edit::Clear)));
        assert_eq!(of(Key::Char('?')), Some(KeyIntent::Act(Action::Help)));
        assert_eq!(
            [Key::Home, Key::End].map(of),
            [Action::First, Action::Last].map(|action| Some(KeyIntent::Act(action)))
        );
        assert_eq!(of(Key::Enter), Some(KeyIntent::Act(Action::GoOn)));
        assert_eq!(of(Key::Delete), None);
    }

    #[test]
    fn letters_act_only_outside_text_fields() {
        let keymap = Keymap::embedded().unwrap();
        assert_eq!(
            KeyIntent::of(&Key::Char('?'), &keymap, Typing::Field),
            Some(KeyIntent::Edit(Edit::Insert("?".into())))
        );
        assert_eq!(KeyIntent::of(&Key::Char('?'), &keymap, Typing::Nowhere), Some(KeyIntent::Act(Action::Help)));
        assert_eq!(KeyIntent::of(&Key::Char('x'), &keymap, Typing::Nowhere), None);
        assert_eq!(KeyIntent::of(&Key::Left, &keymap, Typing::Field), Some(KeyIntent::Edit(Edit::Left)));
        assert_eq!(KeyIntent::of(&Key::Left, &keymap, Typing::Nowhere), Some(KeyIntent::Act(Action::Left)));
        assert_eq!(KeyIntent::of(&Key::Enter, &keymap, Typing::Field), Some(KeyIntent::Act(Action::GoOn)));
    }
}
