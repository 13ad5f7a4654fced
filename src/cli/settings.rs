//! The settings for commands.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::counting_options::UnitOption;
use super::failure::WrongField;
use super::wiring::CarePlatform;
use super::{CommandError, Exit};
use crate::config::{
    DashboardSettings, ExportSettings, LockSettings, PlatformSettings, SETTINGS_VARIABLE, Settings, SettingsError,
    SettingsFault, SettingsLocation,
};
use crate::domain::glucose::Unit;
use crate::domain::problem::with_causes;
use crate::domain::scanned_code::ScannerRules;
use crate::engine::export::ExportDestination;
use crate::host::export_file::ExportFolder;
use crate::platform::fhir::{FhirClient, FhirError};

/// The name of the folder of exports in the data folder, where the settings name none.
const EXPORTS: &str = "exports";

/// Which settings.
#[derive(Debug, Default, Args)]
pub(super) struct SettingsOptions {
    #[arg(
        long,
        value_name = "FILE",
        help = "The settings; without it $GLUCODOCK_SETTINGS, else settings.toml in the data folder"
    )]
    settings: Option<PathBuf>,
}

impl SettingsOptions {
    /// Whether somebody named the file: then it is in no data folder.
    pub(super) fn are_named(&self) -> bool {
        self.settings.is_some() || std::env::var_os(SETTINGS_VARIABLE).is_some_and(|file| !file.is_empty())
    }

    /// Where they are, for this data folder.
    pub(super) fn place(&self, folder: &Path) -> Result<SettingsLocation, CommandError> {
        let variable = std::env::var_os(SETTINGS_VARIABLE);
        Ok(SettingsLocation::find(self.settings.as_deref(), variable, folder)?)
    }

    /// What they say, for this data folder.
    pub(super) fn read(&self, folder: &Path) -> Result<Settings, CommandError> {
        Ok(self.place(folder)?.read()?)
    }

    /// The care platform that is worked on.
    pub(super) fn care_platform(&self, folder: &Path) -> Result<CarePlatform, CommandError> {
        care_platform(self.read(folder)?.platform)
    }

    /// The care platform that the app works on, where it writes exports, how it shows values, and when it locks.
    pub(super) fn of_app(&self, folder: &Path) -> Result<AppSettings, CommandError> {
        let Settings { platform, export, dashboard, lock, scanner, .. } = self.read(folder)?;
        let (platform, exports) = (care_platform(platform)?, export_destination(export, folder));
        Ok(AppSettings { platform, exports, dashboard, lock, scanner })
    }

    /// The unit in which a command shows values: what was typed, else what the settings say for this data folder;
    /// nothing where they leave it to the values.
    pub(super) fn unit(&self, typed: Option<UnitOption>, folder: &Path) -> Result<Option<Unit>, CommandError> {
        match typed {
            Some(typed) => Ok(Some(typed.unit())),
            None => Ok(self.place(folder)?.read_dashboard()?.unit),
        }
    }
}

/// What the settings say to the app.
pub(super) struct AppSettings {
    /// The care platform.
    pub(super) platform: CarePlatform,
    /// Where exports go.
    pub(super) exports: ExportDestination,
    /// How values are shown.
    pub(super) dashboard: DashboardSettings,
    /// When the station locks.
    pub(super) lock: LockSettings,
    /// How barcode scanners are set up.
    pub(super) scanner: ScannerRules,
}

fn care_platform(settings: PlatformSettings) -> Result<CarePlatform, CommandError> {
    Ok(match settings {
        PlatformSettings::Embedded => CarePlatform::Embedded,
        PlatformSettings::Fhir(server) => CarePlatform::Fhir(FhirClient::new(server.into())?),
    })
}

/// Where exports go by these settings, for this data folder.
pub(super) fn export_destination(settings: ExportSettings, data: &Path) -> ExportDestination {
    // Whoever reads where an export is knows nothing of the folder in which the program was started.
    let whole = |folder: PathBuf| std::path::absolute(&folder).unwrap_or(folder);
    let own = || ExportFolder::Own(whole(data.join(EXPORTS)));
    let named = |folder| ExportFolder::Named(whole(folder));
    ExportDestination { folder: settings.folder.map_or_else(own, named), paper: settings.paper }
}

impl From<FhirError> for CommandError {
    /// The connection cannot be prepared: nothing was sent.
    fn from(error: FhirError) -> Self {
        let told = format!("{}; see: glucodock platform check", with_causes(&error));
        Self::new(Exit::Platform, told).with_detail(with_causes(&error))
    }
}

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        let SettingsError::Wrong { file, faults } = &error else { return Self::of(Exit::Usage, error) };
        let fields = faults.iter().map(|SettingsFault { line, key, what, remedy }| WrongField {
            field: key.clone(),
            message: format!("{}:{line}: {what}. {remedy}", file.display()),
        });
        let complaints: Vec<Value> = faults.iter().map(complaint).collect();
        let result = json!({ "file": file.display().to_string(), "valid": false, "complaints": complaints });
        Self::usage(error.to_string()).with_fields(fields.collect()).with_result(result)
    }
}

fn complaint(SettingsFault { line, key, what, remedy }: &SettingsFault) -> Value {
    json!({ "line": line, "key": key, "what": what, "remedy": remedy })
}
