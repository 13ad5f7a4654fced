//! The drive of a meter that shows its readings as files: what a driver may do with it, which is to list and to read.
//!
//! There is no way to write: some of these meters take a file for a command. Knows no file system; a folder of this
//! computer and a simulated drive look the same.

use super::link_error::LinkError;

/// A file on the drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its path below the drive, parts separated by `/`.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
}

impl FileEntry {
    /// The parts of the path, the file's own name last.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.path.split('/').collect()
    }

    /// The file's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the name ends so, in capitals or not: FAT does not tell them apart.
    #[must_use]
    pub fn has_extension(&self, extension: &str) -> bool {
        self.name().rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && end.eq_ignore_ascii_case(extension))
    }
}

/// The drive. It is read as it was when it was opened: a drive that was pulled, or whose files change meanwhile, is an
/// error and never an empty or a shorter drive.
pub trait Folder {
    /// Every file of the drive, in the order of the paths.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if the drive was pulled, [`LinkError::Denied`], or [`LinkError::Failed`] for a folder that
    /// holds more than a meter's drive can.
    fn list(&mut self) -> Result<Vec<FileEntry>, LinkError>;

    /// The content of a listed file.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if the drive was pulled or the file is not there any more, [`LinkError::Denied`],
    /// [`LinkError::TimedOut`] if the drive does not answer, or [`LinkError::Failed`].
    fn read(&mut self, file: &FileEntry) -> Result<Vec<u8>, LinkError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_parts_and_an_extension() {
        let file = FileEntry { path: "MOBILE/Reports/log.CSV".to_owned(), size: 1 };
        assert_eq!((file.parts(), file.name()), (vec!["MOBILE", "Reports", "log.CSV"], "log.CSV"));
        assert!(file.has_extension("csv") && !file.has_extension("xml"));
        let hidden = FileEntry { path: "Reports/.csv".to_owned(), size: 1 };
        assert!(!hidden.has_extension("csv"));
    }
}
