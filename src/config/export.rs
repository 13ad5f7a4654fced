//! The table `[export]`: where the app writes what is exported, and on which paper.

use std::path::PathBuf;

use super::folders::Folders;
use super::table::{Faults, FoundSetting, SettingsTable};
use crate::domain::report_kind::Paper;

/// What is read of it.
const KEYS: [&str; 2] = ["folder", "paper"];

/// Where the app writes what is exported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportSettings {
    /// The folder. Without it, one of its own in the data folder. It need not be there when the app starts: it may be
    /// on a stick.
    pub folder: Option<PathBuf>,
    /// The paper of pages.
    pub paper: Paper,
}

/// What the table says; `None` if something is wrong with it, which is among the faults then.
pub(super) fn read(table: &SettingsTable<'_>, folders: Folders<'_>, faults: &mut Faults<'_>) -> Option<ExportSettings> {
    table.refuse_others(&KEYS, faults);
    let folder = match table.get("folder") {
        None => Some(None),
        Some(found) => folder(&found, folders, faults).map(Some),
    };
    let paper = match table.get("paper") {
        None => Some(Paper::default()),
        Some(found) => paper(&found, faults),
    };
    Some(ExportSettings { folder: folder?, paper: paper? })
}

fn folder(found: &FoundSetting<'_>, folders: Folders<'_>, faults: &mut Faults<'_>) -> Option<PathBuf> {
    let text = found.text(faults)?;
    if text.is_empty() {
        let what = format!("{} is empty", found.path);
        faults.add(found.at.clone(), &found.path, what, "Write the path of a folder, or take it out.");
        return None;
    }
    Some(folders.settings.join(text))
}

fn paper(found: &FoundSetting<'_>, faults: &mut Faults<'_>) -> Option<Paper> {
    let text = found.text(faults)?;
    let paper = Paper::ALL.into_iter().find(|paper| paper.name() == text);
    if paper.is_none() {
        let what = format!("{}: there is no paper {text:?}", found.path);
        faults.add(found.at.clone(), &found.path, what, "Write \"a4\" or \"letter\".");
    }
    paper
}
