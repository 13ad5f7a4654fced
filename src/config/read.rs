//! The text of a file of settings to what it says.

use toml::de::DeTable;

use super::export::{self, ExportSettings};
use super::fault::SettingsFault;
use super::folders::Folders;
use super::platform::{self, PlatformSettings};
use super::table::{Faults, SettingsTable};

/// What every file has at most.
const TABLES: [&str; 2] = ["platform", "export"];

/// What a text says of the platform and of exports.
pub(super) fn settings(
    text: &str,
    folders: Folders<'_>,
) -> Result<(PlatformSettings, ExportSettings), Vec<SettingsFault>> {
    let mut faults = Faults::of(text);
    let root = match DeTable::parse(text) {
        Ok(root) => root.into_inner(),
        Err(error) => {
            let what = format!("this is no TOML: {}", error.message());
            faults.add(
                error.span().unwrap_or(0..0),
                "",
                what,
                "See toml.io, or begin anew with: glucodock config init.",
            );
            return Err(faults.in_order());
        }
    };
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
    let faults = faults.in_order();
    platform.zip(export).filter(|_| faults.is_empty()).ok_or(faults)
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
