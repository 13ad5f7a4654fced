//! A font besides the program's own.

use std::sync::Arc;

/// A font of a file: what stands in it, and which of several that a file may have.
#[derive(Clone, PartialEq, Eq)]
pub struct FontFile {
    /// The whole file (OpenType or TrueType).
    pub data: Arc<Vec<u8>>,
    /// Which font of it, from 0.
    pub index: u32,
}

impl std::fmt::Debug for FontFile {
    // Millions of numbers say nothing to anybody.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FontFile({} bytes, {})", self.data.len(), self.index)
    }
}
