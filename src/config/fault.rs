//! What is wrong with settings, and what to write instead.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::SETTINGS_VARIABLE;

/// One thing that is wrong with a file of settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFault {
    /// The line, from 1.
    pub line: usize,
    /// The setting with its table, as `platform.base`; empty where the file is no TOML.
    pub key: String,
    /// What is wrong. Never what stands in a file of secrets.
    pub what: String,
    /// What helps.
    pub remedy: String,
}

/// Why there are no settings to work with.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The variable holds a relative path, which would mean another file after each change of directory.
    #[error(
        "{SETTINGS_VARIABLE} must be an absolute path, not {}: in each folder it would mean another file; \
         write it in full, or name the file with --settings", .file.display()
    )]
    Relative {
        /// What it holds.
        file: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}: the settings cannot be read: {cause}. Name another file, or write one with: glucodock config \
        init", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said. It stands in the sentence, and is not told behind it once more.
        cause: io::Error,
    },
    /// What it says cannot be done.
    #[error("{}", FaultList(file, faults))]
    Wrong {
        /// The file.
        file: PathBuf,
        /// All of what is wrong, in the order of the lines.
        faults: Vec<SettingsFault>,
    },
}

/// The faults, one in a line, as compilers write them.
struct FaultList<'a>(&'a PathBuf, &'a [SettingsFault]);

impl fmt::Display for FaultList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, SettingsFault { line, what, remedy, .. }) in self.1.iter().enumerate() {
            let between = if place == 0 { "" } else { "\n  " };
            write!(f, "{between}{}:{line}: {what}. {remedy}", self.0.display())?;
        }
        Ok(())
    }
}
