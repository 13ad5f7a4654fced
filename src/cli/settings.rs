//! The settings for commands.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::CommandError;
use super::failure::WrongField;
use crate::config::{PlatformSettings, SETTINGS_VARIABLE, Settings, SettingsError, SettingsFault, SettingsPlace};

/// Which settings.
#[derive(Debug, Args)]
pub(super) struct SettingsOptions {
    #[arg(
        long,
        value_name = "FILE",
        help = "The settings; without it $GLUCODOCK_SETTINGS, else settings.toml in the data folder"
    )]
    settings: Option<PathBuf>,
}

impl SettingsOptions {
    /// Where they are, for this data folder.
    pub(super) fn place(&self, folder: &Path) -> Result<SettingsPlace, CommandError> {
        let variable = std::env::var_os(SETTINGS_VARIABLE);
        Ok(SettingsPlace::find(self.settings.as_deref(), variable, folder)?)
    }

    /// What they say, for this data folder.
    pub(super) fn read(&self, folder: &Path) -> Result<Settings, CommandError> {
        Ok(self.place(folder)?.read()?)
    }

    /// Whether the app can work as they say.
    pub(super) fn for_the_app(&self, folder: &Path) -> Result<(), CommandError> {
        match self.read(folder)?.platform {
            PlatformSettings::Embedded => Ok(()),
            PlatformSettings::Fhir(server) => Err(CommandError::usage(format!(
                "the settings name the FHIR server {}, and this version of the app cannot work with one yet; glucodock \
                 platform check looks at it. With kind = \"embedded\" patients are put into the store of this computer",
                server.base
            ))),
        }
    }
}

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        let message = error.to_string();
        let SettingsError::Wrong { file, faults } = error else { return Self::usage(message) };
        let fields = faults.iter().map(|SettingsFault { line, key, what, remedy }| WrongField {
            field: key.clone(),
            message: format!("{}:{line}: {what}. {remedy}", file.display()),
        });
        let complaints: Vec<Value> = faults.iter().map(complaint).collect();
        let result = json!({ "file": file.display().to_string(), "valid": false, "complaints": complaints });
        Self::usage(message).with_fields(fields.collect()).with_result(result)
    }
}

fn complaint(SettingsFault { line, key, what, remedy }: &SettingsFault) -> Value {
    json!({ "line": line, "key": key, "what": what, "remedy": remedy })
}
