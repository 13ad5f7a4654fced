//! A key as the person pressed it, whatever bytes the terminal sent for it.

use crate::domain::scanned_code::GS1_SEPARATOR;

/// One key press or one paste.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A character, upper case where typed so.
    Char(char),
    /// Ctrl with a letter, lower case: `Control('c')`.
    Control(char),
    /// F1 to F12.
    Function(u8),
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// The key that deletes to the left.
    Backspace,
    /// The key that deletes to the right.
    Delete,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Text that was pasted. Control characters already removed.
    Paste(String),
    /// What a barcode scanner typed.
    Scan(Burst),
}

/// Characters that came faster than fingers type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Burst {
    /// What was typed. Of control characters only the separator of GS1 labels may be in it.
    pub text: String,
    /// What ended it.
    pub end: BurstEnd,
}

/// The key that a scanner puts behind a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BurstEnd {
    /// None.
    Nothing,
    /// Enter.
    Enter,
    /// Tab.
    Tab,
}

impl Burst {
    /// The keys that it would be if fingers had typed it.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        let end = match self.end {
            BurstEnd::Nothing => None,
            BurstEnd::Enter => Some(Key::Enter),
            BurstEnd::Tab => Some(Key::Tab),
        };
        self.text_keys().chain(end)
    }

    /// The same without what ended it.
    pub fn text_keys(&self) -> impl Iterator<Item = Key> {
        self.text
            .chars()
            .map(|character| if character == GS1_SEPARATOR { Key::Control(']') } else { Key::Char(character) })
    }
}
