//! The terminal and the data folder.

use std::path::{Path, PathBuf};

use super::super::findings::{Finding, State};
use super::super::settings::SettingsOptions;
use crate::domain::clinic::Purpose;
use crate::domain::meter::Access;
use crate::domain::text::Clean;
use crate::host::access;
use crate::store::Store;

pub(super) fn terminal(is_terminal: bool, term: &str) -> Finding {
    if is_terminal && !term.is_empty() && term != "dumb" {
        return Finding::good("terminal", format!("The terminal is a {}.", Clean::new(term, 40)));
    }
    let what = if is_terminal { "The terminal can only print lines." } else { "This is not a terminal." };
    Finding::new("terminal", State::Warning, what, "Run glucodock in a terminal window or over ssh -t.")
}

pub(super) fn data_folder(folder: Result<PathBuf, String>) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) => {
            return Finding::new("data-folder", State::Bad, format!("There is no data folder: {error}."), "Set HOME.");
        }
    };
    let shown = Clean::new(&folder.to_string_lossy(), 200);
    let Ok(facts) = folder.metadata() else {
        return Finding::good("data-folder", format!("The data folder {shown} will be made at the first start."));
    };
    if access::of_node(&folder) != Access::Open {
        let remedy = format!("Run: sudo chown -R $USER {shown}");
        return Finding::new("data-folder", State::Bad, format!("You may not write to {shown}."), remedy);
    }
    let mode = facts.permissions().mode();
    if mode & 0o077 != 0 && mode & 0o022 == 0 {
        let remedy = format!("Run: chmod 700 {shown}");
        return Finding::new("data-folder", State::Warning, format!("Other users can enter {shown}."), remedy);
    }
    Finding::good("data-folder", format!("The data folder is {shown}."))
}

/// What the app would say of its settings.
pub(super) fn settings(options: &SettingsOptions, folder: &Path) -> Finding {
    match options.read(folder) {
        Ok(settings) => Finding::good(
            "settings",
            settings.file.map_or_else(
                || "There are no settings: everything is as by default.".to_owned(),
                |file| format!("Nothing is wrong with the settings in {}.", Clean::new(&file.to_string_lossy(), 200)),
            ),
        ),
        Err(error) => {
            let what = "The settings cannot be followed, and the app does not start.";
            Finding::new("settings", State::Bad, what, format!("{error}"))
        }
    }
}

/// What opening the store would say, without opening it.
pub(super) fn store(folder: &Path) -> Finding {
    match Store::check(folder) {
        Ok(Some(Purpose::Patients)) => {
            Finding::good("store", "The store can be opened, and is as it was left. It is for patients.")
        }
        Ok(Some(Purpose::Training)) => Finding::good(
            "store",
            "The store can be opened, and is as it was left. It is for training, not for patients.",
        ),
        Ok(None) => Finding::good("store", "There is no store yet."),
        Err(error) => {
            let remedy = error.remedy().unwrap_or("Call technical support");
            Finding::new("store", State::Bad, format!("The store cannot be opened: {error}."), format!("{remedy}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_that_others_can_enter_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let allow = |mode| std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        allow(0o700);
        assert_eq!(data_folder(Ok(folder.path().to_owned())).state, State::Good);
        allow(0o755);
        assert_eq!(data_folder(Ok(folder.path().to_owned())).state, State::Warning);
        allow(0o775);
        assert_eq!(store(folder.path()).state, State::Bad);
        allow(0o700);
        assert_eq!(data_folder(Ok(folder.path().join("new"))).state, State::Good);
        assert_eq!(data_folder(Err("neither HOME".to_owned())).state, State::Bad);
    }

    #[test]
    fn a_line_based_terminal_is_told_from_none() {
        assert_eq!(terminal(true, "xterm-256color").state, State::Good);
        assert!(terminal(true, "dumb").what.contains("lines"));
        assert!(terminal(false, "xterm").what.contains("not a terminal"));
    }
}
