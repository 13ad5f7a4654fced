//! Where files are that the settings name.

use std::path::Path;

/// Where files are that the settings name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folders<'a> {
    /// The folder of the settings: a path that is not absolute begins there.
    pub(super) settings: &'a Path,
    /// The data folder.
    pub(super) data: &'a Path,
}
