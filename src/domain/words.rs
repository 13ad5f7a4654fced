//! The keys of the texts that a person reads, made from the word file by the build: a text that is not there does not
//! compile.
//!
//! What the texts say is `ui::words`'s; the rooms below it only choose among them.

/// The key of one text in `assets/words`. There is one for each text and no other: nobody outside [`key`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextKey(&'static str);

impl TextKey {
    /// Every key there is.
    pub const ALL: &'static [Self] = key::ALL;

    /// The key as the word file has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// One key for each text: `hint-next-field` is [`key::HINT_NEXT_FIELD`].
pub mod key {
    use super::TextKey;

    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
