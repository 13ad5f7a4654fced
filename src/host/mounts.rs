//! Where the drive of a USB device is mounted. Mounting is the desktop's or the administrator's work; here it is only
//! waited for.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::links::folder::FolderLink;
use super::location::UsbLocation;
use super::retry::Retries;
use super::usb_tree;
use crate::domain::meter::Access;
use crate::meters::link::LinkError;

/// Where Linux lists block devices, by name.
const BLOCK_DEVICES: &str = "/sys/class/block";

/// What is mounted where, for this process.
const MOUNTS: &str = "/proc/self/mountinfo";

/// For a drive that has just arrived: a desktop reads its file system before it mounts it, and a slow stick takes
/// seconds for that. Each look reads all mounts, so there are fewer of them than attempts to open a port.
const MOUNTING: Retries = Retries { limit: Duration::from_secs(10), pause: Duration::from_millis(200) };

/// Opens the drive of the USB device at `place`. Blocks for up to ten seconds until it is mounted.
///
/// # Errors
/// [`LinkError::Gone`] as soon as the device is, [`LinkError::Failed`] if it is not mounted by then; otherwise as
/// [`FolderLink::open`].
pub(super) fn open(place: UsbLocation) -> Result<FolderLink, LinkError> {
    let look = || {
        let mounts = fs::read_to_string(MOUNTS).unwrap_or_default();
        match mount_point(Path::new(BLOCK_DEVICES), &mounts, place.bus, place.address) {
            Some(found) => Ok(found),
            None if is_attached(Path::new(usb_tree::DEVICES), place.bus, place.address) => Err(NoDrive::NotMounted),
            None => Err(NoDrive::Gone),
        }
    };
    FolderLink::open(&wait_for(look, thread::sleep)?)
}

/// Why the drive of a device is nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoDrive {
    /// It may be mounted yet.
    NotMounted,
    /// The device was pulled.
    Gone,
}

/// Whether the USB device with this bus and address is there. Where the kernel lists none, nobody knows better.
fn is_attached(usb_devices: &Path, bus: u8, address: u8) -> bool {
    usb_devices.read_dir().is_err() || usb_tree::device(usb_devices, bus, address).is_some()
}

/// Whether the drive of the USB device with this bus and address may be read: [`Access::Open`] while it is mounted,
/// else [`Access::NotMounted`].
pub(super) fn access(bus: u8, address: u8) -> Access {
    let mounts = fs::read_to_string(MOUNTS).unwrap_or_default();
    match mount_point(Path::new(BLOCK_DEVICES), &mounts, bus, address) {
        Some(_) => Access::Open,
        None => Access::NotMounted,
    }
}

/// Drives that are known by what lies on them, because no USB id is known to be theirs. They are looked at when
/// something was mounted, and not again.
#[derive(Debug, Default)]
pub(super) struct KnownByFiles {
    mounts: String,
    found: Vec<((u8, u8), &'static str)>,
}

impl KnownByFiles {
    /// Looks at what was mounted since the last time.
    pub(super) fn look(&mut self) {
        let mounts = fs::read_to_string(MOUNTS).unwrap_or_default();
        // The text of all mounts is compared, which is cheap; looking at the drives themselves twice a second would
        // keep them awake.
        if mounts != self.mounts {
            self.found = known_among(Path::new(BLOCK_DEVICES), &mounts);
            self.mounts = mounts;
        }
    }

    /// The slug of the meter whose drive this USB device shows.
    pub(super) fn slug(&self, bus: u8, address: u8) -> Option<&'static str> {
        self.found.iter().find(|(place, _)| *place == (bus, address)).map(|(_, slug)| *slug)
    }
}

fn known_among(block_devices: &Path, mounts: &str) -> Vec<((u8, u8), &'static str)> {
    let devices = block_devices.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let known = |device: PathBuf| {
        let number = fs::read_to_string(device.join("dev")).ok()?;
        let place = mounted_at(mounts, number.trim())?;
        // Whether it hangs on USB is asked first: looking for files would wake disks that have
        // nothing to do with meters.
        Some((usb_of(&device)?, slug_of(&place)?))
    };
    devices.filter_map(known).collect()
}

/// A Smart Pix has its state in a file, and beside it, by its model, a folder of reports or a list of meters.
fn slug_of(drive: &Path) -> Option<&'static str> {
    let has_reports = || drive.join("REPORT/XML").is_dir() || drive.join("MISC/DEVLIST.XML").is_file();
    (drive.join("MISC/STATUS.TXT").is_file() && has_reports()).then_some("smart-pix")
}

fn wait_for(
    mut look: impl FnMut() -> Result<PathBuf, NoDrive>,
    pause: impl FnMut(Duration),
) -> Result<PathBuf, LinkError> {
    MOUNTING.attempt(|why| *why == NoDrive::NotMounted, |_| look(), pause).map_err(|why| match why {
        NoDrive::Gone => LinkError::Gone,
        NoDrive::NotMounted => {
            let reason = "its drive is not mounted; open it in the file manager, or mount it".to_owned();
            LinkError::Failed { operation: "opening the drive", reason: reason.into() }
        }
    })
}

/// The mount point of a block device of this USB device.
fn mount_point(block_devices: &Path, mounts: &str, bus: u8, address: u8) -> Option<PathBuf> {
    let mut devices: Vec<PathBuf> = block_devices.read_dir().ok()?.flatten().map(|entry| entry.path()).collect();
    // In one order at each look: of a drive with two mounted partitions it is always the same one
    // that is read.
    devices.sort();
    devices
        .iter()
        .filter(|device| is_of(device, bus, address))
        .filter_map(|device| fs::read_to_string(device.join("dev")).ok())
        .find_map(|number| mounted_at(mounts, number.trim()))
}

/// Whether the block device hangs on the USB device with this bus and address.
fn is_of(device: &Path, bus: u8, address: u8) -> bool {
    usb_of(device) == Some((bus, address))
}

/// Bus and address of the USB device that the block device hangs on.
fn usb_of(device: &Path) -> Option<(u8, u8)> {
    // The entry is a link into the tree of devices; only there its USB device is above it.
    let device = device.canonicalize().ok()?;
    let usb = device.ancestors().find(|folder| folder.join("devnum").is_file())?;
    usb_tree::place(usb)
}

/// The mount point of the device with this number, whole file systems only: `36 35 8:17 / /media/METER rw ...`.
fn mounted_at(mounts: &str, number: &str) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(2);
        let (device, root, point) = (fields.next()?, fields.next()?, fields.next()?);
        // Another root is a folder of the drive mounted elsewhere (a bind mount, as containers have): a part would pass
        // for the whole.
        (device == number && root == "/").then(|| unescape(point))
    })
}

/// The kernel writes spaces and the like as a backslash and three octal digits.
fn unescape(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|_| *byte == b'\\').and_then(|digits| str::from_utf8(digits).ok());
        if let Some(code) = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            bytes.push(code);
            rest = after.get(3..).unwrap_or_default();
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    const MOUNTED: &str = "24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        36 24 8:17 / /media/ACCU\\040CHEK rw,nosuid - vfat /dev/sdb1 rw\n";

    /// The folders as Linux lays them out: disk and partition below the interface of the USB device.
    fn computer() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let device = root.path().join("devices/usb1/1-2");
        let disk = device.join("1-2:1.0/host6/target6:0:0/6:0:0:0/block/sdb");
        fs::create_dir_all(disk.join("sdb1")).unwrap();
        fs::create_dir_all(root.path().join("devices/ata1/block/sda/sda1")).unwrap();
        fs::create_dir(root.path().join("block")).unwrap();
        let disk_a = root.path().join("devices/ata1/block/sda");
        let devices = [
            ("sda", disk_a.clone(), "8:0"),
            ("sda1", disk_a.join("sda1"), "8:1"),
            ("sdb", disk.clone(), "8:16"),
            ("sdb1", disk.join("sdb1"), "8:17"),
        ];
        for (name, folder, number) in devices {
            fs::write(folder.join("dev"), format!("{number}\n")).unwrap();
            symlink(folder, root.path().join("block").join(name)).unwrap();
        }
        fs::write(device.join("busnum"), "1\n").unwrap();
        fs::write(device.join("devnum"), "24\n").unwrap();
        root
    }

    #[test]
    fn the_drive_of_a_usb_device_is_found_where_it_is_mounted() {
        let computer = computer();
        let find = |bus, address| mount_point(&computer.path().join("block"), MOUNTED, bus, address);
        assert_eq!(find(1, 24), Some(PathBuf::from("/media/ACCU CHEK")));
        assert_eq!(find(1, 25), None);
        assert_eq!(find(2, 24), None);
        assert_eq!(mount_point(&computer.path().join("block"), "", 1, 24), None);
    }

    #[test]
    fn a_smart_pix_is_known_by_its_files() {
        let computer = computer();
        let drive = computer.path().join("drive");
        fs::create_dir_all(drive.join("MISC")).unwrap();
        let mounts = format!("36 24 8:17 / {} ro - vfat /dev/sdb1 ro\n", drive.display());
        let look = || known_among(&computer.path().join("block"), &mounts);
        fs::write(drive.join("MISC/STATUS.TXT"), "").unwrap();
        assert_eq!(look(), []);
        fs::write(drive.join("MISC/DEVLIST.XML"), "").unwrap();
        assert_eq!(look(), [((1, 24), "smart-pix")]);
        fs::remove_file(drive.join("MISC/DEVLIST.XML")).unwrap();
        fs::create_dir_all(drive.join("REPORT/XML")).unwrap();
        assert_eq!(look(), [((1, 24), "smart-pix")]);
    }

    #[test]
    fn a_part_of_a_drive_mounted_elsewhere_is_not_the_drive() {
        assert_eq!(mounted_at("36 24 8:17 /part /mnt rw - vfat /dev/sdb1 rw\n", "8:17"), None);
    }

    #[test]
    fn a_backslash_begins_three_octal_digits_or_stands_for_itself() {
        assert_eq!(unescape("/a\\040b\\134c"), PathBuf::from("/a b\\c"));
        assert_eq!(unescape("/a\\04"), PathBuf::from("/a\\04"));
    }

    #[test]
    fn a_drive_is_waited_for_but_not_for_ever() {
        let mut looks = 0;
        let found = wait_for(
            || {
                looks += 1;
                if looks == 4 { Ok(PathBuf::from("/mnt")) } else { Err(NoDrive::NotMounted) }
            },
            |_| {},
        );
        assert_eq!((found, looks), (Ok(PathBuf::from("/mnt")), 4));
        let mut paused = Duration::ZERO;
        let error = wait_for(|| Err(NoDrive::NotMounted), |pause| paused += pause).unwrap_err();
        assert_eq!(paused, MOUNTING.limit);
        assert!(error.to_string().contains("not mounted"));
        let mut looks = 0;
        let gone = wait_for(
            || {
                looks += 1;
                Err(if looks == 2 { NoDrive::Gone } else { NoDrive::NotMounted })
            },
            |_| {},
        );
        assert_eq!((gone, looks), (Err(LinkError::Gone), 2), "nobody waits for what was pulled");
    }

    #[test]
    fn a_device_is_attached_as_long_as_the_kernel_lists_it() {
        let devices = tempfile::tempdir().unwrap();
        let place = devices.path().join("1-2");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("busnum"), "1\n").unwrap();
        fs::write(place.join("devnum"), "24\n").unwrap();
        assert!(is_attached(devices.path(), 1, 24));
        assert!(!is_attached(devices.path(), 1, 25) && !is_attached(devices.path(), 2, 24));
        assert!(is_attached(&devices.path().join("none"), 1, 25), "where nothing is listed, nobody knows");
    }
}
