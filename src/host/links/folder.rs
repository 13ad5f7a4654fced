//! The drive of a meter as a folder of this computer. Reads only; nothing on the drive is opened for writing.
//!
//! A pulled drive must not look like an empty one. Its mount point may remain as an empty folder, its listing may come
//! out of the kernel's memory; so the folder is compared before and after each step with what it was when it was
//! opened, and the block device of its file system must still exist.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::cause::Cause;
use crate::meters::folder::{FileEntry, Folder};
use crate::meters::link::{Link, LinkError};

/// Where Linux lists block devices, by number.
const BLOCK_DEVICES: &str = "/sys/dev/block";

/// How many folders below the drive a report may lie. The deepest known is two below.
const DEEPEST: usize = 4;

/// More files than any meter's drive has. A folder with more was named by mistake.
const MOST_FILES: usize = 5000;

/// A report of the largest memory is well below a tenth of it.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// A drive as it was when it was opened.
#[derive(Debug)]
pub struct FolderLink {
    root: PathBuf,
    /// File system and number of the folder.
    identity: (u64, u64),
    /// The file system's device, where it has one that can be pulled.
    device: Option<PathBuf>,
    files: Vec<(FileEntry, PathBuf)>,
}

impl FolderLink {
    /// Opens the folder.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if there is none or its drive was pulled, [`LinkError::Denied`], or [`LinkError::Failed`] if
    /// it is no folder.
    pub fn open(root: &Path) -> Result<Self, LinkError> {
        Self::open_among(root, Path::new(BLOCK_DEVICES))
    }

    fn open_among(root: &Path, block_devices: &Path) -> Result<Self, LinkError> {
        let metadata = fs::metadata(root).map_err(|error| failure("opening the folder", error, root))?;
        if !metadata.is_dir() {
            let reason = "it is no folder".to_owned();
            return Err(LinkError::Failed { operation: "opening the folder", reason: reason.into() });
        }
        // Before anything is listed: a drive that was pulled out leaves a mount point whose listing is empty and no
        // error, which would be a meter without readings.
        let device = device(metadata.dev(), block_devices);
        let link =
            Self { root: root.to_owned(), identity: (metadata.dev(), metadata.ino()), device, files: Vec::new() };
        link.check()?;
        Ok(link)
    }

    /// Fails unless the drive is the one that was opened.
    fn check(&self) -> Result<(), LinkError> {
        let is_same = fs::metadata(&self.root).is_ok_and(|metadata| (metadata.dev(), metadata.ino()) == self.identity);
        let is_attached = self.device.as_ref().is_none_or(|device| device.exists());
        if is_same && is_attached { Ok(()) } else { Err(LinkError::Gone) }
    }

    /// The files below `folder`; symbolic links are not followed, because they could lead off the drive.
    fn list_below(&self, folder: &Path, depth: usize, files: &mut Vec<(FileEntry, PathBuf)>) -> io::Result<bool> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let metadata = fs::symlink_metadata(&path)?;
            if metadata.is_dir() && depth < DEEPEST {
                if !self.list_below(&path, depth + 1, files)? {
                    return Ok(false);
                }
            } else if metadata.is_file() {
                let inside = path.strip_prefix(&self.root).unwrap_or(&path);
                let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
                files.push((FileEntry { path: parts.join("/"), size: metadata.len() }, path));
            }
            if files.len() > MOST_FILES {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Folder for FolderLink {
    fn list(&mut self) -> Result<Vec<FileEntry>, LinkError> {
        let operation = "listing the folder";
        self.check()?;
        let mut files = Vec::new();
        let is_whole = self.list_below(&self.root, 0, &mut files);
        // Before the outcome is looked at: of a drive that is gone, neither an empty listing nor an
        // error of it says anything about the meter.
        self.check()?;
        if !is_whole.map_err(|error| failure(operation, error, &self.root))? {
            let reason = format!("it holds more than {MOST_FILES} files; this is no meter's drive");
            return Err(LinkError::Failed { operation, reason: reason.into() });
        }
        // A file system lists in an order of its own; what is read first must not depend on it.
        files.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        self.files = files;
        Ok(self.files.iter().map(|(file, _)| file.clone()).collect())
    }

    fn read(&mut self, file: &FileEntry) -> Result<Vec<u8>, LinkError> {
        let operation = "reading a file of the drive";
        // By the path that the file system gave: in the text of a name, bytes that are no UTF-8 are
        // lost.
        let listed = self.files.iter().find(|(known, _)| known == file);
        let (_, path) = listed.ok_or_else(|| LinkError::Failed { operation, reason: "it was not listed".into() })?;
        if file.size > LARGEST_FILE {
            let reason = format!("it has {} bytes; this is no meter's report", file.size);
            return Err(LinkError::Failed { operation, reason: reason.into() });
        }
        self.check()?;
        let mut bytes = Vec::new();
        // One byte more than listed, so that a file that has grown is noticed.
        let read = File::open(path).and_then(|opened| opened.take(file.size + 1).read_to_end(&mut bytes));
        self.check()?;
        read.map_err(|error| failure(operation, error, path))?;
        Ok(bytes)
    }
}

impl Link for FolderLink {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        Err(LinkError::Unsupported { operation: "messages" })
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        Err(LinkError::Unsupported { operation: "messages" })
    }

    fn folder(&mut self) -> Option<&mut dyn Folder> {
        Some(self)
    }
}

/// The device of a file system that can be pulled: one that is there, or a disk as USB drives are, there or not. The
/// folder of a drive that was pulled before may still be mounted, and empty.
fn device(number: u64, block_devices: &Path) -> Option<PathBuf> {
    let (major, minor) = (rustix::fs::major(number), rustix::fs::minor(number));
    let device = block_devices.join(format!("{major}:{minor}"));
    // The numbers of SCSI disks (kernel documentation, admin-guide/devices.txt).
    let is_disk = matches!(major, 8 | 65..=71 | 128..=135);
    (device.exists() || is_disk).then_some(device)
}

/// What an error of the file system means. A pulled drive is an input/output error first and no such device later.
fn failure(operation: &'static str, error: io::Error, path: &Path) -> LinkError {
    use rustix::io::Errno;

    let pulled = [Errno::IO, Errno::NODEV, Errno::NXIO, Errno::STALE, Errno::NOTCONN];
    let number = error.raw_os_error();
    match error.kind() {
        io::ErrorKind::NotFound => LinkError::Gone,
        io::ErrorKind::PermissionDenied => LinkError::Denied { what: path.display().to_string() },
        _ if pulled.iter().any(|errno| number == Some(errno.raw_os_error())) => LinkError::Gone,
        _ => LinkError::Failed { operation, reason: Cause::of(error) },
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn drive() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("MOBILE/Reports")).unwrap();
        fs::write(folder.path().join("MOBILE/Reports/b.csv"), "four").unwrap();
        fs::write(folder.path().join("a.txt"), "").unwrap();
        folder
    }

    #[test]
    fn files_are_listed_in_order_and_read_whole() {
        let drive = drive();
        symlink("/etc/hostname", drive.path().join("c.csv")).unwrap();
        let mut link = FolderLink::open(drive.path()).unwrap();
        let files = link.list().unwrap();
        let listed: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.size)).collect();
        assert_eq!(listed, [("MOBILE/Reports/b.csv", 4), ("a.txt", 0)]);
        assert_eq!(link.read(&files[0]), Ok(b"four".to_vec()));
        assert!(matches!(link.send(&[1], Duration::ZERO), Err(LinkError::Unsupported { .. })));
    }

    #[test]
    fn a_file_that_was_not_listed_is_not_read() {
        let drive = drive();
        let mut link = FolderLink::open(drive.path()).unwrap();
        link.list().unwrap();
        let elsewhere = FileEntry { path: "../secret".to_owned(), size: 4 };
        assert!(matches!(link.read(&elsewhere), Err(LinkError::Failed { .. })));
    }

    #[test]
    fn a_pulled_drive_is_gone_even_if_its_mount_point_is_left() {
        let drive = drive();
        let mut link = FolderLink::open(drive.path()).unwrap();
        let files = link.list().unwrap();
        let moved = tempfile::tempdir().unwrap();
        fs::rename(drive.path(), moved.path().join("drive")).unwrap();
        assert_eq!(link.list(), Err(LinkError::Gone));
        // An empty folder at the same path is another one.
        fs::create_dir(drive.path()).unwrap();
        assert_eq!(link.list(), Err(LinkError::Gone));
        assert_eq!(link.read(&files[0]), Err(LinkError::Gone));
    }

    #[test]
    fn a_drive_is_gone_with_its_device() {
        let drive = drive();
        let devices = tempfile::tempdir().unwrap();
        let number = fs::metadata(drive.path()).unwrap().dev();
        let device = devices.path().join(format!("{}:{}", rustix::fs::major(number), rustix::fs::minor(number)));
        fs::write(&device, "").unwrap();
        let mut link = FolderLink::open_among(drive.path(), devices.path()).unwrap();
        assert_eq!(link.list().unwrap().len(), 2);
        fs::remove_file(&device).unwrap();
        assert_eq!(link.list(), Err(LinkError::Gone));
    }

    /// A partition of the first and of the seventeenth disk, and of a disk of another kind.
    #[test]
    fn a_drive_that_was_pulled_before_is_told_by_its_number() {
        let devices = tempfile::tempdir().unwrap();
        let of = |major, minor| device(rustix::fs::makedev(major, minor), devices.path());
        assert_eq!(of(8, 1), Some(devices.path().join("8:1")));
        assert_eq!(of(65, 1), Some(devices.path().join("65:1")));
        assert_eq!((of(253, 1), of(0, 40)), (None, None));
        fs::write(devices.path().join("253:1"), "").unwrap();
        assert_eq!(of(253, 1), Some(devices.path().join("253:1")));
    }

    #[test]
    fn a_file_that_changes_has_another_length() {
        let drive = drive();
        let mut link = FolderLink::open(drive.path()).unwrap();
        let files = link.list().unwrap();
        let path = drive.path().join("MOBILE/Reports/b.csv");
        fs::write(&path, "longer").unwrap();
        assert_eq!(link.read(&files[0]).unwrap().len(), 5);
        fs::remove_file(&path).unwrap();
        assert_eq!(link.read(&files[0]), Err(LinkError::Gone));
    }

    #[test]
    fn what_is_no_drive_is_told_apart() {
        let drive = drive();
        assert_eq!(FolderLink::open(&drive.path().join("none")).err(), Some(LinkError::Gone));
        assert!(matches!(FolderLink::open(&drive.path().join("a.txt")), Err(LinkError::Failed { .. })));
        for number in 0..=MOST_FILES {
            fs::write(drive.path().join(number.to_string()), "").unwrap();
        }
        let error = FolderLink::open(drive.path()).unwrap().list().unwrap_err();
        assert!(error.to_string().contains("no meter's drive"), "{error}");
    }
}
