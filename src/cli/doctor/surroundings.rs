//! The terminal and the data folder.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::super::CommandError;
use super::super::findings::{Finding, FindingState};
use super::super::settings::{SettingsOptions, export_destination};
use crate::config::Settings;
use crate::domain::clinic::Purpose;
use crate::domain::meter::Access;
use crate::domain::text::Clean;
use crate::engine::export::ExportDestination;
use crate::host::access;
use crate::host::export_file::ExportFolder;
use crate::store::{Room, Store};

pub(super) fn terminal(is_terminal: bool, term: &str) -> Finding {
    if is_terminal && !term.is_empty() && term != "dumb" {
        return Finding::good("terminal", format!("The terminal is a {}.", Clean::new(term, 40)));
    }
    let what = if is_terminal { "The terminal can only print lines." } else { "This is not a terminal." };
    Finding::new("terminal", FindingState::Warning, what, "Run glucodock in a terminal window or over ssh -t.")
}

pub(super) fn data_folder(folder: Result<PathBuf, CommandError>) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) => {
            return Finding::new(
                "data-folder",
                FindingState::Bad,
                format!("There is no data folder: {error}."),
                "Set HOME.",
            );
        }
    };
    let shown = Clean::new(&folder.to_string_lossy(), 200);
    let Ok(facts) = folder.metadata() else {
        return Finding::good("data-folder", format!("The data folder {shown} will be made at the first start."));
    };
    if access::of_node(&folder) != Access::Open {
        let remedy = format!("Run: sudo chown -R $USER {shown}");
        return Finding::new("data-folder", FindingState::Bad, format!("You may not write to {shown}."), remedy);
    }
    let mode = facts.permissions().mode();
    if mode & 0o077 != 0 {
        // Where others can write into it, no store is opened or made.
        let (state, can) =
            if mode & 0o022 != 0 { (FindingState::Bad, "write into") } else { (FindingState::Warning, "enter") };
        let remedy = format!("Run: chmod 700 {shown}");
        return Finding::new("data-folder", state, format!("Other users can {can} {shown}."), remedy);
    }
    Finding::good("data-folder", format!("The data folder is {shown}."))
}

/// What the app would say of its settings, and what follows from them on this computer.
pub(super) fn settings(options: &SettingsOptions, folder: &Path) -> Vec<Finding> {
    match options.read(folder) {
        Ok(Settings { file, export, .. }) => {
            let what = file.map_or_else(
                || "There are no settings: everything is as by default.".to_owned(),
                |file| format!("Nothing is wrong with the settings in {}.", Clean::new(&file.to_string_lossy(), 200)),
            );
            let exports = exports(&export_destination(export, folder));
            std::iter::once(Finding::good("settings", what)).chain(exports).collect()
        }
        Err(error) => {
            let what = "The settings cannot be followed, and the app does not start.";
            vec![Finding::new("settings", FindingState::Bad, what, format!("{error}"))]
        }
    }
}

/// Whether exports of the app have a folder to go to. One that is made once it is needed is no finding.
pub(super) fn exports(ExportDestination { folder, .. }: &ExportDestination) -> Option<Finding> {
    let shown = Clean::new(&folder.path().to_string_lossy(), 200);
    let warning = |what: String, remedy: &str| Some(Finding::new("exports", FindingState::Warning, what, remedy));
    match folder.path().metadata() {
        Err(_) if matches!(folder, ExportFolder::Own(_)) => None,
        Err(_) => warning(
            format!("The folder of exports {shown} is not there: nothing can be exported from the app."),
            "Make it, plug in what it is on, or name another one in the settings: folder in [export].",
        ),
        Ok(facts) if !facts.is_dir() => warning(
            format!("{shown} is to be the folder of exports, and is none."),
            "Name a folder in the settings: folder in [export].",
        ),
        Ok(_) if access::of_node(folder.path()) != Access::Open => warning(
            format!("You may not write to {shown}: nothing can be exported from the app."),
            "Let this user write to it, or name another folder in the settings: folder in [export].",
        ),
        Ok(_) => Some(Finding::good("exports", format!("Exports go to {shown}."))),
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
            Finding::new(
                "store",
                FindingState::Bad,
                format!("The store cannot be opened: {error}."),
                format!("{remedy}."),
            )
        }
    }
}

/// Below this, somebody should look after the disk: ten of the largest memories fit, or some years of a small clinic.
const SPARE: u64 = 10 * Room::FOR_LARGEST_MEMORY;

/// The unit in which room is told: people call it MB.
const MEBIBYTE: u64 = 1024 * 1024;

/// What helps where a disk has too little room.
const FREE_SOME: &str = "Free some space on the disk.";

/// How much room the disk has on which the data folder is, or will be; nothing where the system does not say.
pub(super) fn room(data: &Path) -> Option<Finding> {
    // A folder that is not there yet will be on the disk of the nearest one above it.
    data.ancestors().find_map(Room::of).map(room_for_readings)
}

fn room_for_readings(room: Room) -> Finding {
    if !room.takes_files {
        return Finding::new("room", FindingState::Bad, "The disk of the data folder takes no more files.", FREE_SOME);
    }
    let (free, needed) = (room.bytes / MEBIBYTE, Room::FOR_LARGEST_MEMORY / MEBIBYTE);
    let what = format!("The disk of the data folder has {free} MB free");
    if room.bytes < Room::FOR_LARGEST_MEMORY {
        let what = format!("{what}: too little to store a meter with a large memory, which takes up to {needed} MB.");
        Finding::new("room", FindingState::Bad, what, FREE_SOME)
    } else if room.bytes < SPARE {
        let what = format!("{what}: as much as {} meters with a large memory take.", free / needed);
        Finding::new("room", FindingState::Warning, what, FREE_SOME)
    } else {
        Finding::good("room", format!("{what}."))
    }
}

/// The same of the log, where that is on another disk and has hardly any: without its lines everything else goes on.
pub(super) fn room_for_log(data: &Path, state: &Path) -> Option<Finding> {
    let disk = |folder: &Path| folder.ancestors().find_map(|folder| folder.metadata().ok()).map(|facts| facts.dev());
    let room = state.ancestors().find_map(Room::of).filter(|_| disk(data) != disk(state))?;
    lacks_log(room).then(|| {
        let what = format!("The disk of the log has {} MB free: nothing may be logged.", room.bytes / MEBIBYTE);
        Finding::new("log-room", FindingState::Warning, what, FREE_SOME)
    })
}

/// A line is some hundred bytes, and a day some thousand lines.
const fn lacks_log(room: Room) -> bool {
    !room.takes_files || room.bytes < MEBIBYTE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::report_kind::Paper;

    /// The limits: one large memory, and ten.
    #[test]
    fn a_disk_with_too_little_room_is_told() {
        let found = |bytes, takes_files| room_for_readings(Room { bytes, takes_files });
        let mebibytes = |count: u64| count * 1024 * 1024;
        for (bytes, state) in [
            (0, FindingState::Bad),
            (64 * 1024, FindingState::Bad),
            (mebibytes(16) - 1, FindingState::Bad),
            (mebibytes(16), FindingState::Warning),
            (mebibytes(160) - 1, FindingState::Warning),
            (mebibytes(160), FindingState::Good),
        ] {
            let finding = found(bytes, true);
            assert_eq!((finding.state, finding.remedy.is_some()), (state, state != FindingState::Good), "{finding:?}");
        }
        assert_eq!(
            found(mebibytes(3), true).what,
            "The disk of the data folder has 3 MB free: too little to store a meter with a large memory, which takes \
             up to 16 MB."
        );
        assert!(found(mebibytes(50), true).what.ends_with("50 MB free: as much as 3 meters with a large memory take."));
        assert_eq!(found(mebibytes(5000), false).state, FindingState::Bad);
        // A folder that is not made yet will be on the disk of the one above it.
        let folder = tempfile::tempdir().unwrap();
        assert!(room(&folder.path().join("not/made")).is_some());
    }

    /// One disk is told once.
    #[test]
    fn the_log_is_told_of_where_its_disk_is_another() {
        let (data, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_eq!(room_for_log(data.path(), state.path()), None);
        assert!(lacks_log(Room { bytes: 1024 * 1024 - 1, takes_files: true }));
        assert!(lacks_log(Room { bytes: 1024 * 1024, takes_files: false }));
        assert!(!lacks_log(Room { bytes: 1024 * 1024, takes_files: true }));
    }

    #[test]
    fn a_data_folder_that_others_can_enter_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let allow = |mode| std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        allow(0o700);
        assert_eq!(data_folder(Ok(folder.path().to_owned())).state, FindingState::Good);
        allow(0o755);
        assert_eq!(data_folder(Ok(folder.path().to_owned())).state, FindingState::Warning);
        allow(0o775);
        assert_eq!(store(folder.path()).state, FindingState::Bad);
        assert_eq!(data_folder(Ok(folder.path().to_owned())).state, FindingState::Bad);
        allow(0o700);
        assert_eq!(data_folder(Ok(folder.path().join("new"))).state, FindingState::Good);
        assert_eq!(data_folder(Err(CommandError::usage("neither HOME"))).state, FindingState::Bad);
    }

    /// One that somebody named must be there; the program's own is made once something is exported.
    #[test]
    fn where_no_export_can_go_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let found = |folder| exports(&ExportDestination { folder, paper: Paper::A4 });
        let states = |path: &Path| {
            [ExportFolder::Named(path.to_owned()), ExportFolder::Own(path.to_owned())]
                .map(|folder| found(folder).map(|finding| finding.state))
        };
        assert_eq!(states(folder.path()), [Some(FindingState::Good); 2]);
        assert_eq!(states(&folder.path().join("stick")), [Some(FindingState::Warning), None]);
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(states(&file), [Some(FindingState::Warning); 2]);
    }

    #[test]
    fn a_line_based_terminal_is_told_from_none() {
        assert_eq!(terminal(true, "xterm-256color").state, FindingState::Good);
        assert!(terminal(true, "dumb").what.contains("lines"));
        assert!(terminal(false, "xterm").what.contains("not a terminal"));
    }
}
