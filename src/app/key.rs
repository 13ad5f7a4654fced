//! A key as the person pressed it, whatever bytes the terminal sent for it.

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
    /// Text that came in one piece: a paste, or a burst from a barcode scanner. Control characters already removed.
    Paste(String),
}
