//! The path a person gave a pty: a symbolic link that leads to it and goes with it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::PtyError;

/// A symbolic link to a pty; removed when dropped, unless somebody has put something else there.
#[derive(Debug)]
pub struct LinkPath {
    path: PathBuf,
    target: PathBuf,
}

impl LinkPath {
    /// Makes the link. A link to a pty that no longer exists was left behind by a killed program and is replaced.
    ///
    /// # Errors
    /// [`PtyError::InTheWay`] if anything else is there, [`PtyError::Link`] if the system refuses.
    pub fn make(path: &Path, target: &Path) -> Result<Self, PtyError> {
        let failed = |cause| PtyError::Link { path: path.to_owned(), cause };
        if path.symlink_metadata().is_ok() {
            if !leads_to_a_dead_pty(path) {
                return Err(PtyError::InTheWay { path: path.to_owned() });
            }
            fs::remove_file(path).map_err(failed)?;
        }
        symlink(target, path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), target: target.to_owned() })
    }

    /// Lets the link lead to another pty.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn lead_to(&mut self, target: &Path) -> Result<(), PtyError> {
        self.remove();
        *self = Self::make(&self.path, target)?;
        Ok(())
    }

    fn remove(&self) {
        // Another program may have put its own link there meanwhile.
        if fs::read_link(&self.path).is_ok_and(|target| target == self.target) {
            // If it cannot be removed, it leads nowhere, and the next program at this path replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Drop for LinkPath {
    fn drop(&mut self) {
        self.remove();
    }
}

fn leads_to_a_dead_pty(path: &Path) -> bool {
    fs::read_link(path).is_ok_and(|target| target.starts_with("/dev/pts") && !target.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        let link = LinkPath::make(&path, Path::new("/dev/null")).unwrap();
        assert_eq!(fs::read_link(&path).unwrap(), Path::new("/dev/null"));
        drop(link);
        assert!(path.symlink_metadata().is_err());
    }

    #[test]
    fn the_link_can_lead_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        let mut link = LinkPath::make(&path, Path::new("/dev/null")).unwrap();
        link.lead_to(Path::new("/dev/zero")).unwrap();
        assert_eq!(fs::read_link(&path).unwrap(), Path::new("/dev/zero"));
        drop(link);
        assert!(path.symlink_metadata().is_err());
    }

    #[test]
    fn only_a_link_to_a_dead_pty_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        symlink("/dev/pts/no-such", &path).unwrap();
        drop(LinkPath::make(&path, Path::new("/dev/null")).unwrap());
        for make in [
            |path: &Path| fs::write(path, "a file").unwrap(),
            |path: &Path| symlink("/dev/null", path).unwrap(),
            |path: &Path| symlink("/nowhere", path).unwrap(),
            |path: &Path| fs::create_dir(path).unwrap(),
        ] {
            make(&path);
            let error = LinkPath::make(&path, Path::new("/dev/null")).unwrap_err();
            assert!(matches!(error, PtyError::InTheWay { .. }));
            assert!(error.to_string().contains("remove it or choose another path"));
            assert!(path.symlink_metadata().is_ok(), "what was there is left alone");
            fs::remove_file(&path).or_else(|_| fs::remove_dir(&path)).unwrap();
        }
    }

    #[test]
    fn a_link_that_somebody_replaced_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        let link = LinkPath::make(&path, Path::new("/dev/null")).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "theirs").unwrap();
        drop(link);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }
}
