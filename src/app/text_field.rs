//! A line to type in.

use tui_input::{Input, InputRequest};

use crate::domain::text::Clean;
use crate::domain::validation::FIELD_HOLDS;

/// An editing key pressed in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Put text at the cursor: a typed character, a paste.
    Insert(String),
    /// Delete to the left.
    DeleteLeft,
    /// Delete to the right.
    DeleteRight,
    /// Cursor one character to the left.
    Left,
    /// Cursor one character to the right.
    Right,
    /// Cursor to the start.
    Start,
    /// Cursor to the end.
    End,
    /// Empty the field.
    Clear,
}

/// What is typed in a line of at most [`FIELD_HOLDS`] characters, and where the cursor stands.
#[derive(Clone, Default)]
pub struct TextField {
    input: Input,
}

/// Two fields are the same if they show the same.
impl PartialEq for TextField {
    fn eq(&self, other: &Self) -> bool {
        (self.text(), self.cursor()) == (other.text(), other.cursor())
    }
}

impl Eq for TextField {}

impl TextField {
    /// A field that holds `text` already, with the cursor behind it.
    #[must_use]
    pub fn with_text(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()) }
    }

    /// What is typed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// What is typed, harmless and trimmed, all of it.
    #[must_use]
    pub fn clean(&self) -> Clean {
        // Not cut here: a text that is too long is refused as such, because a name that was cut is
        // another name.
        Clean::new(self.text(), usize::MAX)
    }

    /// Where the cursor stands, in characters.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// Whether nothing but white space is typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// Carries out one editing key. Returns whether the text changed.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        let request = match edit {
            Edit::Insert(text) => {
                let room = FIELD_HOLDS.saturating_sub(self.text().chars().count());
                let mut changed = false;
                // One character at a time, because that is all that tui-input inserts, and it knows
                // no limit. A paste comes without control characters; a field does not rely on it.
                for character in text.chars().filter(|c| !c.is_control()).take(room) {
                    changed |= self.input.handle(InputRequest::InsertChar(character)).is_some();
                }
                return changed;
            }
            Edit::DeleteLeft => InputRequest::DeletePrevChar,
            Edit::DeleteRight => InputRequest::DeleteNextChar,
            Edit::Left => InputRequest::GoToPrevChar,
            Edit::Right => InputRequest::GoToNextChar,
            Edit::Start => InputRequest::GoToStart,
            Edit::End => InputRequest::GoToEnd,
            Edit::Clear => InputRequest::DeleteLine,
        };
        // For tui-input a moved cursor is a change too. Only other text makes a new search.
        self.input.handle(request).is_some_and(|changed| changed.value)
    }

    /// Empties the field.
    pub fn clear(&mut self) {
        self.input = Input::default();
    }
}

/// Fields hold names and passwords: what is typed never shows in a log.
impl std::fmt::Debug for TextField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_is_cut_and_loses_control_characters() {
        let mut field = TextField::default();
        assert!(field.edit(&Edit::Insert(format!("a\u{1b}b{}", "c".repeat(300)))));
        assert_eq!(field.text().chars().count(), FIELD_HOLDS);
        assert!(field.text().starts_with("abc"));
        assert!(!field.edit(&Edit::Insert("d".into())), "a full field does not change");
    }

    #[test]
    fn editing_happens_at_the_cursor() {
        let mut field = TextField::with_text("Mller");
        field.edit(&Edit::Start);
        field.edit(&Edit::Right);
        field.edit(&Edit::Insert("ü".into()));
        assert_eq!((field.text(), field.cursor()), ("Müller", 2));
        field.edit(&Edit::DeleteLeft);
        field.edit(&Edit::DeleteRight);
        assert_eq!(field.text(), "Mler");
        field.edit(&Edit::Clear);
        assert!(field.is_blank());
    }
}
