//! The file of an export. It holds a patient's data: only whoever wrote it may read it, and it is there whole or not at
//! all. What was there before stays unless somebody says otherwise.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::paths::{self, PathsError};
use crate::domain::coded_errors::coded_errors;

coded_errors! {
    /// Why an export was not written. No text of it holds the path, in which a name may stand.
    #[derive(Debug, thiserror::Error)]
    pub enum ExportFileError;

    /// The folder is not there, or is none.
    #[error("the folder of the file is not there")]
    NoFolder => ExportFolder;
    /// Whoever runs the program may not write there.
    #[error("the folder may not be written to")]
    NotAllowed => ExportFolder;
    /// There is a file of that name, or a folder.
    #[error("there is something of that name already")]
    Exists => ExportExists;
    /// What stands there is a device or another thing that would be one no more.
    #[error("what stands there is no file, and is never written over")]
    NotAFile => ExportExists;
    /// No file system takes so long a name.
    #[error("the name of the file is too long")]
    NameTooLong => ExportUnwritable;
    /// There is no room left.
    #[error("{doing}: there is no room left on the disk")]
    DiskFull {
        /// What was being done.
        doing: &'static str,
    } => ExportUnwritable;
    /// The system does not let us.
    #[error("{doing}: {cause}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    } => ExportUnwritable;
}

impl ExportFileError {
    fn of(doing: &'static str, cause: io::Error) -> Self {
        match cause.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::NoFolder,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NotAllowed,
            ErrorKind::AlreadyExists | ErrorKind::IsADirectory => Self::Exists,
            ErrorKind::InvalidFilename => Self::NameTooLong,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { doing },
            _ => Self::File { doing, cause },
        }
    }
}

/// The folder in which exports get a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportFolder {
    /// One that somebody named. It must be there: where a stick is not plugged in, nothing goes onto the disk below it.
    Named(PathBuf),
    /// The program's own, which is made for this user alone once it is needed.
    Own(PathBuf),
}

impl ExportFolder {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Own(path) => path,
        }
    }

    /// The file of this name in it, or of this name with a number, if one is there already: the name has the second in
    /// which it was made, and two may be made in one.
    ///
    /// # Errors
    /// [`ExportFileError`], if the program's own cannot be made.
    pub fn file(&self, name: &str) -> Result<PathBuf, ExportFileError> {
        if let Self::Own(path) = self {
            let made = paths::make_private(path);
            made.map_err(|error| match error {
                PathsError::Unmakeable { cause, .. } => ExportFileError::of("making the folder", cause),
                PathsError::Homeless { .. } | PathsError::Relative { .. } | PathsError::Exposed { .. } => {
                    ExportFileError::NoFolder
                }
            })?;
        }
        let name = Path::new(name);
        let numbered = (2..=MOST_OF_A_SECOND).map(|number| {
            let stem = name.file_stem().unwrap_or_default().to_string_lossy();
            let end = name.extension().map_or_else(String::new, |end| format!(".{}", end.to_string_lossy()));
            self.path().join(format!("{stem}-{number}{end}"))
        });
        let mut files = std::iter::once(self.path().join(name)).chain(numbered);
        files.find(|file| file.symlink_metadata().is_err()).ok_or(ExportFileError::Exists)
    }
}

/// So many exports can be made within a second before the next is refused: more are not made by hand.
const MOST_OF_A_SECOND: u32 = 20;

/// An export that is on the disk, and not yet under its name.
#[derive(Debug)]
pub struct PreparedExport {
    file: NamedTempFile,
    to: PathBuf,
    overwrites: bool,
}

impl PreparedExport {
    /// Writes all of it beside the file that it becomes, with mode 0600. What does not fit on the disk is found here,
    /// before anybody is told that something was exported.
    ///
    /// # Errors
    /// [`ExportFileError`].
    pub fn write(to: &Path, bytes: &[u8], overwrites: bool) -> Result<Self, ExportFileError> {
        // The name alone is of the folder in which the program runs.
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // A folder is named that is not there. That no file gets such a name would be found out when all else is done.
        if to.as_os_str().as_encoded_bytes().ends_with(b"/") && !to.is_dir() {
            return Err(ExportFileError::NoFolder);
        }
        // Said before anything is written. Whether something came there meanwhile is found out when
        // it gets its name. What is no file, such as a device, is never written over: it would be one no more.
        match to.symlink_metadata() {
            Ok(there) => {
                let is_folder = to.is_dir();
                let is_file = there.is_file() || (there.is_symlink() && !is_folder);
                if !is_file && !is_folder {
                    return Err(ExportFileError::NotAFile);
                }
                if !(overwrites && is_file) {
                    return Err(ExportFileError::Exists);
                }
            }
            Err(error) if error.kind() == ErrorKind::InvalidFilename => return Err(ExportFileError::NameTooLong),
            // Whatever else is wrong with the place is found out when the file is begun.
            Err(_) => {}
        }
        // Nothing else is readable by its owner alone from its first byte on.
        let new = tempfile::Builder::new().prefix(".glucodock-").suffix(".part").tempfile_in(folder);
        let mut file = new.map_err(|cause| ExportFileError::of("beginning the file", cause))?;
        file.write_all(bytes).map_err(|cause| ExportFileError::of("writing the file", cause))?;
        file.as_file().sync_all().map_err(|cause| ExportFileError::of("writing the file to the disk", cause))?;
        Ok(Self { file, to: to.to_owned(), overwrites })
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// [`ExportFileError`]; then nothing of it is left.
    pub fn finish(self) -> Result<(), ExportFileError> {
        let failed = |cause| ExportFileError::of("giving the file its name", cause);
        let Self { file, to, overwrites } = self;
        if overwrites {
            file.persist(&to).map_err(|error| failed(error.error))?;
        } else if let Err(error) = file.persist_noclobber(&to) {
            if error.error.kind() == ErrorKind::AlreadyExists {
                return Err(ExportFileError::Exists);
            }
            name_by_taking_it(error.file, &to).map_err(failed)?;
        }
        keep_name(&to);
        Ok(())
    }
}

/// Gives the file its name where the folder has no way to do that in one step without writing over what is there, as
/// some that are shared over a network: whoever makes the empty file of that name has it, and may write over it. A
/// program that is killed between the two leaves the empty file.
fn name_by_taking_it(file: NamedTempFile, to: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    match file.persist(to) {
        Ok(_) => Ok(()),
        Err(error) => {
            // Nothing of ours is left. That it cannot be taken away either is not worth another error.
            let _ = std::fs::remove_file(to);
            Err(error.error)
        }
    }
}

/// Lets the name be on the disk as well as what has it: else a stick that is pulled out has a file of no name. Where a
/// folder cannot be asked for that, the system does it in its own time.
fn keep_name(file: &Path) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn written(to: &Path, text: &str, overwrites: bool) -> Result<(), ExportFileError> {
        PreparedExport::write(to, text.as_bytes(), overwrites)?.finish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_whole_its_owner_s_alone_and_never_written_over_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        written(&file, "first", false).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
        assert!(matches!(written(&file, "second", false), Err(ExportFileError::Exists)));
        assert_eq!(fs::read_to_string(&file).unwrap(), "first");
        written(&file, "second", true).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "second");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(names(folder.path()), ["a.csv"], "nothing is left beside it");
    }

    #[test]
    fn what_came_meanwhile_stays_and_nothing_of_ours_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        let prepared = PreparedExport::write(&file, b"ours", false).unwrap();
        fs::write(&file, "theirs").unwrap();
        assert!(matches!(prepared.finish(), Err(ExportFileError::Exists)));
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), names(folder.path()).len()), ("theirs", 1));
        // Whoever looked and went away leaves nothing either.
        drop(PreparedExport::write(&folder.path().join("b.csv"), b"ours", false).unwrap());
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    fn where_a_name_cannot_be_given_in_one_step_it_is_taken_first() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("a.csv");
        let ours = || {
            let mut file = NamedTempFile::new_in(folder.path()).unwrap();
            file.write_all(b"ours").unwrap();
            file
        };
        name_by_taking_it(ours(), &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "ours");
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o7777, 0o600);
        fs::write(&to, "theirs").unwrap();
        assert_eq!(name_by_taking_it(ours(), &to).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!((fs::read_to_string(&to).unwrap().as_str(), names(folder.path()).len()), ("theirs", 1));
    }

    #[test]
    fn two_exports_of_one_second_have_two_names() {
        let folder = tempfile::tempdir().unwrap();
        let own = ExportFolder::Named(folder.path().to_owned());
        let names: Vec<PathBuf> = (0..MOST_OF_A_SECOND)
            .map(|_| {
                let file = own.file("a.csv").unwrap();
                written(&file, "", false).unwrap();
                file.strip_prefix(folder.path()).unwrap().to_owned()
            })
            .collect();
        assert_eq!(names[..2], [Path::new("a.csv"), Path::new("a-2.csv")]);
        assert!(matches!(own.file("a.csv"), Err(ExportFileError::Exists)));
    }

    #[test]
    fn where_it_cannot_be_written_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let missing = written(&folder.path().join("none/a.csv"), "", false).unwrap_err();
        assert!(matches!(missing, ExportFileError::NoFolder), "{missing:?}");
        fs::write(folder.path().join("file"), "").unwrap();
        let no_folder = written(&folder.path().join("file/a.csv"), "", false).unwrap_err();
        assert!(matches!(no_folder, ExportFileError::NoFolder), "{no_folder:?}");
        for overwrites in [false, true] {
            let is_folder = written(folder.path(), "", overwrites).unwrap_err();
            assert!(matches!(is_folder, ExportFileError::Exists), "{is_folder:?}");
        }
        let no_folder = PreparedExport::write(&folder.path().join("none/"), b"", true).unwrap_err();
        assert!(matches!(no_folder, ExportFileError::NoFolder), "before it is said to be exported: {no_folder:?}");
        // What is no file would be none of what it is any more.
        let socket = folder.path().join("socket");
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for overwrites in [false, true] {
            assert!(matches!(written(&socket, "text", overwrites), Err(ExportFileError::NotAFile)));
        }
        let long = folder.path().join("a".repeat(300));
        assert!(
            matches!(PreparedExport::write(&long, b"", false), Err(ExportFileError::NameTooLong)),
            "before all else"
        );

        assert!(!socket.is_file() && socket.symlink_metadata().is_ok());
        // A link that leads nowhere is something too, and what it points to is never made.
        symlink(folder.path().join("elsewhere"), folder.path().join("link")).unwrap();
        assert!(matches!(written(&folder.path().join("link"), "", false), Err(ExportFileError::Exists)));
        written(&folder.path().join("link"), "text", true).unwrap();
        assert!(folder.path().join("link").is_file() && !folder.path().join("elsewhere").exists());
    }

    #[test]
    fn its_own_folder_is_made_for_this_user_alone_and_one_that_is_named_never() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("data/exports");
        for _ in 0..2 {
            // Made once, and there the next time.
            assert_eq!(ExportFolder::Own(own.clone()).file("a.csv").unwrap(), own.join("a.csv"));
        }
        assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o7777, 0o700);
        let stick = folder.path().join("stick");
        let file = ExportFolder::Named(stick.clone()).file("a.csv").unwrap();
        assert!(!stick.exists());
        assert!(matches!(written(&file, "", false), Err(ExportFileError::NoFolder)));
        fs::write(&stick, "").unwrap();
        assert!(ExportFolder::Own(stick.join("exports")).file("a.csv").is_err());
    }

    #[test]
    fn no_text_of_an_error_holds_a_path() {
        let cause = io::Error::from(ErrorKind::StorageFull);
        let full = ExportFileError::of("writing the file", cause);
        assert_eq!(
            (full.to_string().as_str(), full.code().code()),
            ("writing the file: there is no room left on the disk", "E-EXPORT-3")
        );
        let denied = ExportFileError::of("beginning the file", io::Error::from(ErrorKind::PermissionDenied));
        assert_eq!(
            (denied.to_string().as_str(), denied.code().code()),
            ("the folder may not be written to", "E-EXPORT-1")
        );
    }
}
