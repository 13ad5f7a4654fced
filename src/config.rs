//! The settings of this computer: a TOML file that a person writes. It is checked as a whole before anything starts,
//! and each complaint says file, line and what to write instead.
//!
//! The file is the one that is named on the command line or in the environment, else `settings.toml` in the data
//! folder, which need not be there: without it everything is as it is by default.

mod dashboard;
mod export;
mod fault;
mod fingerprint;
mod folders;
mod lock;
mod mapping;
mod platform;
mod read;
mod roles;
mod scanner;
mod secret;
mod server;
mod sign_in;
mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use folders::Folders;

pub use dashboard::DashboardSettings;
pub use export::ExportSettings;
pub use fault::{SettingsError, SettingsFault};
pub use fingerprint::CertificateFingerprint;
pub use lock::LockSettings;
pub use mapping::{MappingPart, MappingSettings};
pub use platform::{FhirSettings, PlatformSettings};
pub use read::Settings;
pub use roles::RoleSettings;
pub use server::{ServerBase, TenantHeader};
pub use sign_in::{OAuthSettings, SignInSettings};

/// The file's name in the data folder.
pub const SETTINGS_FILE: &str = "settings.toml";

/// The file's name in the data folder that this computer's own key for signing in is in, where no other is named.
pub const KEY_FILE: &str = "platform-key.pem";

/// The variable that names another file.
pub const SETTINGS_VARIABLE: &str = "GLUCODOCK_SETTINGS";

/// What a new file says: every setting, with what it does.
pub const TEMPLATE: &str = include_str!("../assets/settings.toml");

/// No settings are longer, in bytes; a device that never ends is.
const MOST_BYTES: u64 = 64 * 1024;

/// Where the settings are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsLocation {
    /// The file.
    pub file: PathBuf,
    /// Whether somebody named it: then it must be there.
    pub is_named: bool,
    /// The data folder.
    pub data: PathBuf,
}

impl SettingsLocation {
    /// The file that was named on the command line, else in the environment, else the one of the data folder. An empty
    /// variable counts as not set.
    ///
    /// # Errors
    /// [`SettingsError::Relative`].
    pub fn find(named: Option<&Path>, variable: Option<OsString>, folder: &Path) -> Result<Self, SettingsError> {
        let data = folder.to_owned();
        if let Some(file) = named {
            return Ok(Self { file: file.to_owned(), is_named: true, data });
        }
        match variable.filter(|value| !value.is_empty()).map(PathBuf::from) {
            Some(file) if file.is_absolute() => Ok(Self { file, is_named: true, data }),
            Some(file) => Err(SettingsError::Relative { file }),
            None => Ok(Self { file: folder.join(SETTINGS_FILE), is_named: false, data }),
        }
    }

    /// What the file says, checked as a whole; the defaults where nobody named one and there is none.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn read(&self) -> Result<Settings, SettingsError> {
        let Some(text) = self.text()? else { return Ok(Settings::default()) };
        let folders = Folders { settings: self.file.parent().unwrap_or(Path::new("")), data: &self.data };
        match read::settings(&text, folders) {
            Ok(settings) => Ok(Settings { file: Some(self.file.clone()), ..settings }),
            Err(faults) => Err(SettingsError::Wrong { file: self.file.clone(), faults }),
        }
    }

    /// What the file says of how values are shown, and nothing else: the secrets of a platform are not looked at.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn read_dashboard(&self) -> Result<DashboardSettings, SettingsError> {
        let Some(text) = self.text()? else { return Ok(DashboardSettings::default()) };
        read::dashboard(&text).map_err(|faults| SettingsError::Wrong { file: self.file.clone(), faults })
    }

    /// What stands in the file; nothing where nobody named one and there is none.
    fn text(&self) -> Result<Option<String>, SettingsError> {
        match text(&self.file, MOST_BYTES) {
            Ok(text) => Ok(Some(text)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && !self.is_named => Ok(None),
            Err(cause) => Err(SettingsError::Unreadable { file: self.file.clone(), cause }),
        }
    }
}

/// The text of a file of at most so many bytes.
fn text(file: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    // One byte more than may be: so what is longer is seen to be, and is not cut in silence.
    let read = File::open(file)?.take(most.saturating_add(1)).read_to_string(&mut text)?;
    if read as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is longer than {most} bytes")));
    }
    Ok(text)
}
