//! The text of a file of settings to what it says.

use std::path::PathBuf;

use toml::de::DeTable;

use super::dashboard::{self, DashboardSettings};
use super::export::{self, ExportSettings};
use super::fault::SettingsFault;
use super::folders::Folders;
use super::lock::{self, LockSettings};
use super::platform::{self, PlatformSettings};
use super::scanner;
use super::table::{Faults, SettingsTable};
use crate::domain::scanned_code::ScannerRules;

/// What holds on this computer.
#[derive(Debug, Default)]
pub struct Settings {
    /// The file that says so; none if all is as by default.
    pub file: Option<PathBuf>,
    /// The care platform.
    pub platform: PlatformSettings,
    /// Where the app writes exports.
    pub export: ExportSettings,
    /// How values are shown.
    pub dashboard: DashboardSettings,
    /// When a station locks that nobody touches.
    pub lock: LockSettings,
    /// How barcode scanners are set up.
    pub scanner: ScannerRules,
}

/// What every file has at most.
const TABLES: [&str; 5] = ["platform", "export", "dashboard", "lock", "scanner"];

/// What a text says of everything; which file it is from, it does not.
pub(super) fn settings(text: &str, folders: Folders<'_>) -> Result<Settings, Vec<SettingsFault>> {
    let mut faults = Faults::of(text);
    let Some(root) = root(text, &mut faults) else { return Err(faults.in_order()) };
    for key in root.keys() {
        if !TABLES.contains(&key.get_ref().as_ref()) {
            faults.unknown(key.span(), key.get_ref(), key.get_ref(), &TABLES);
        }
    }
    let platform = match table("platform", &root, &mut faults) {
        FoundTable::None => Some(PlatformSettings::Embedded),
        FoundTable::Other => None,
        FoundTable::Table(table) => platform::read(&table, folders, &mut faults),
    };
    let export = match table("export", &root, &mut faults) {
        FoundTable::None => Some(ExportSettings::default()),
        FoundTable::Other => None,
        FoundTable::Table(table) => export::read(&table, folders, &mut faults),
    };
    let dashboard = of_dashboard(&root, &mut faults);
    let lock = match table("lock", &root, &mut faults) {
        FoundTable::None => Some(LockSettings::default()),
        FoundTable::Other => None,
        FoundTable::Table(table) => lock::read(&table, &mut faults),
    };
    let scanner = match table("scanner", &root, &mut faults) {
        FoundTable::None => Some(ScannerRules::default()),
        FoundTable::Other => None,
        FoundTable::Table(table) => scanner::read(&table, &mut faults),
    };
    let faults = faults.in_order();
    match (platform, export, dashboard, lock, scanner) {
        (Some(platform), Some(export), Some(dashboard), Some(lock), Some(scanner)) if faults.is_empty() => {
            Ok(Settings { file: None, platform, export, dashboard, lock, scanner })
        }
        _ => Err(faults),
    }
}

/// What a text says of how values are shown.
pub(super) fn dashboard(text: &str) -> Result<DashboardSettings, Vec<SettingsFault>> {
    let mut faults = Faults::of(text);
    let found = root(text, &mut faults).and_then(|root| of_dashboard(&root, &mut faults));
    let faults = faults.in_order();
    found.filter(|_| faults.is_empty()).ok_or(faults)
}

fn of_dashboard(root: &DeTable<'_>, faults: &mut Faults<'_>) -> Option<DashboardSettings> {
    match table("dashboard", root, faults) {
        FoundTable::None => Some(DashboardSettings::default()),
        FoundTable::Other => None,
        FoundTable::Table(table) => dashboard::read(&table, faults),
    }
}

/// The tables of a text; nothing if it is no TOML, which is among the faults then.
fn root<'t>(text: &'t str, faults: &mut Faults<'_>) -> Option<DeTable<'t>> {
    match DeTable::parse(text) {
        Ok(root) => Some(root.into_inner()),
        Err(error) => {
            let what = format!("this is no TOML: {}", error.message());
            let remedy = "See toml.io, or begin anew with: glucodock config init.";
            faults.add(error.span().unwrap_or(0..0), "", what, remedy);
            None
        }
    }
}

/// What stands under the name of a table.
enum FoundTable<'t> {
    /// Nothing.
    None,
    /// The table.
    Table(SettingsTable<'t>),
    /// Something else, which is among the faults then.
    Other,
}

fn table<'t>(name: &str, root: &'t DeTable<'t>, faults: &mut Faults<'_>) -> FoundTable<'t> {
    let Some(value) = root.get(name) else { return FoundTable::None };
    if let Some(table) = SettingsTable::of(name, value) {
        return FoundTable::Table(table);
    }
    let remedy = format!("Write [{name}], and its settings below.");
    faults.add(value.span(), name, format!("{name} must be a table"), remedy);
    FoundTable::Other
}
