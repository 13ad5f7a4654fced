//! What a step says in passing, beside what is on the screen.

use crate::domain::words::TextKey;

/// Something said in passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The key does nothing here.
    NoSuchKey,
    /// The action exists but cannot be done now, for the reason with this key in the word files.
    NotNow(TextKey),
    /// The patient cannot be selected, for the reason with this key in the word files.
    NotSelectable(TextKey),
    /// The confirming control is reached with Tab.
    ConfirmWithTab,
    /// Something that happened by itself, under this key in the word files.
    Happened(TextKey),
}
