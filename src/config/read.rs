//! The text of a file of settings to what it says.

use toml::de::DeTable;

use super::fault::SettingsFault;
use super::folders::Folders;
use super::platform::{self, PlatformSettings};
use super::table::{Faults, SettingsTable};

/// What every file has at most.
const TABLES: [&str; 1] = ["platform"];

/// What a text says of the platform.
pub(super) fn settings(text: &str, folders: Folders<'_>) -> Result<PlatformSettings, Vec<SettingsFault>> {
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
    let platform = match root.get("platform") {
        None => Some(PlatformSettings::Embedded),
        Some(value) => {
            let table = SettingsTable::of("platform", value);
            if table.is_none() {
                faults.add(
                    value.span(),
                    "platform",
                    "platform must be a table",
                    "Write [platform], and its settings below.",
                );
            }
            table.and_then(|table| platform::read(&table, folders, &mut faults))
        }
    };
    let faults = faults.in_order();
    platform.filter(|_| faults.is_empty()).ok_or(faults)
}
