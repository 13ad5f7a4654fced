//! The drive of a simulated meter as a folder of this computer, for readers in other processes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::meters::simulator::DriveFile;
use crate::meters::simulator::fault::FaultyWire;

/// Why a drive cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// Something is at the path already.
    #[error("{} is in the way; remove it or choose another path", path.display())]
    InTheWay {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("cannot make the folder {}: {cause}", path.display())]
    System {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// A folder with the files of a meter. It goes when this is dropped, except for what somebody else has put there.
#[derive(Debug)]
pub struct SimulatedDrive {
    root: PathBuf,
    files: Vec<PathBuf>,
}

impl SimulatedDrive {
    /// Makes the folder. It appears at its path whole, never half written. Faults strike the bytes of the files, one
    /// after the other.
    ///
    /// # Errors
    /// [`DriveError`] if something is at the path or the system refuses.
    pub fn make(root: &Path, files: Vec<DriveFile>, mut wire: FaultyWire) -> Result<Self, DriveError> {
        if root.symlink_metadata().is_ok() {
            return Err(DriveError::InTheWay { path: root.to_owned() });
        }
        let made: Vec<(PathBuf, Vec<u8>)> = files
            .into_iter()
            .map(|file| (PathBuf::from(file.path), wire.pass(file.bytes).unwrap_or_default()))
            .collect();
        write(root, &made).map_err(|cause| DriveError::System { path: root.to_owned(), cause })?;
        let files = made.into_iter().map(|(path, _)| root.join(path)).collect();
        Ok(Self { root: root.to_owned(), files })
    }
}

/// Writes the files beside the folder and moves them there at once.
fn write(root: &Path, files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
    let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Beside its place and not among temporary files: a rename does not reach from one file system
    // into another.
    let building = tempfile::tempdir_in(parent)?;
    let drive = building.path().join("drive");
    fs::create_dir(&drive)?;
    for (path, bytes) in files {
        let path = drive.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&drive))?;
        fs::write(path, bytes)?;
    }
    // A reader that watches for the folder must never see it with some of its files.
    fs::rename(drive, root)
}

impl Drop for SimulatedDrive {
    fn drop(&mut self) {
        // What cannot be removed is somebody's, or gone.
        for file in &self.files {
            let _ = fs::remove_file(file);
            for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)) {
                let _ = fs::remove_dir(folder);
            }
        }
        let _ = fs::remove_dir(&self.root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<DriveFile> {
        vec![
            DriveFile { path: "M/Reports/a.csv".to_owned(), bytes: b"abc".to_vec() },
            DriveFile { path: "M/b.txt".to_owned(), bytes: b"def".to_vec() },
        ]
    }

    #[test]
    fn the_folder_comes_whole_and_goes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("drive");
        let drive = SimulatedDrive::make(&root, files(), FaultyWire::default()).unwrap();
        assert_eq!(fs::read(root.join("M/Reports/a.csv")).unwrap(), b"abc");
        assert_eq!(fs::read(root.join("M/b.txt")).unwrap(), b"def");
        drop(drive);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn faults_strike_the_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("drive");
        let wire = FaultyWire::new(Some("stall@4".parse().unwrap()));
        let _drive = SimulatedDrive::make(&root, files(), wire).unwrap();
        assert_eq!(fs::read(root.join("M/Reports/a.csv")).unwrap(), b"abc");
        assert_eq!(fs::read(root.join("M/b.txt")).unwrap(), b"d");
    }

    #[test]
    fn what_others_put_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("drive");
        let drive = SimulatedDrive::make(&root, files(), FaultyWire::default()).unwrap();
        fs::write(root.join("M/theirs"), "x").unwrap();
        let again = SimulatedDrive::make(&root, files(), FaultyWire::default());
        assert!(matches!(again, Err(DriveError::InTheWay { .. })));
        drop(drive);
        assert_eq!(fs::read(root.join("M/theirs")).unwrap(), b"x");
        assert!(!root.join("M/Reports").exists());
    }
}
