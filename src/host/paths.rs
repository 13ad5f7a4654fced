//! Where the program keeps its files, by the XDG base directory specification (0.8).

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The folder's name under the XDG folders.
const NAME: &str = "glucodock";

/// The variable that names another data folder.
pub const DATA_VARIABLE: &str = "GLUCODOCK_DATA";

/// The program's files and folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The folder of the store: `$GLUCODOCK_DATA`, else `$XDG_DATA_HOME/glucodock`, else
    /// `~/.local/share/glucodock`.
    pub data: PathBuf,
    /// The folder of the log, and of the key to what is hashed in it: `$XDG_STATE_HOME/glucodock`, else
    /// `~/.local/state/glucodock`.
    pub state: PathBuf,
}

/// Why there is no place for the program's files.
#[derive(Debug, thiserror::Error)]
pub enum PathsError {
    /// Neither a home folder nor the variable that replaces it is set.
    #[error("neither HOME nor {variable} names a folder")]
    Homeless {
        /// The variable that would help.
        variable: &'static str,
    },
    /// The variable holds a relative path, which would mean another folder, and another store, after each
    /// change of directory.
    #[error(
        "{DATA_VARIABLE} must be an absolute path, not {path}: in each folder it would mean another store; \
         write it in full, as {DATA_VARIABLE}=\"$PWD/{path}\", or name the folder with --data"
    )]
    Relative {
        /// What it holds.
        path: PathBuf,
    },
    /// Others may read the folder.
    #[error("other users can read {path}: run chmod 700 {path}")]
    Exposed {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be made.
    #[error("making the folder {path}: {cause}")]
    Unmakeable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

impl Paths {
    /// The paths by the environment of this process.
    ///
    /// # Errors
    /// [`PathsError::Homeless`], [`PathsError::Relative`].
    pub fn of_this_user() -> Result<Self, PathsError> {
        Self::by_environment(|variable| std::env::var_os(variable))
    }

    /// The state folder alone, whatever the data folder is.
    ///
    /// # Errors
    /// [`PathsError::Homeless`].
    pub fn state_of_this_user() -> Result<PathBuf, PathsError> {
        // Whoever looks into the log to find out what is wrong must not be stopped by a data folder
        // that is named wrongly.
        let environment = |name: &str| if name == DATA_VARIABLE { None } else { std::env::var_os(name) };
        Ok(Self::by_environment(environment)?.state)
    }

    /// The paths by the environment that `variable` looks up. An empty variable counts as not set, and so does a
    /// relative one of XDG's (its specification says to ignore it).
    ///
    /// # Errors
    /// [`PathsError::Homeless`], [`PathsError::Relative`].
    pub fn by_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, PathsError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let xdg = |name: &'static str, below_home: &str| {
            let base = set(name).filter(|path| path.is_absolute());
            // A relative HOME would mean another store in each folder, as a relative data folder
            // would.
            let home = || set("HOME").filter(|path| path.is_absolute()).map(|home| home.join(below_home));
            base.or_else(home).map(|base| base.join(NAME)).ok_or(PathsError::Homeless { variable: name })
        };
        let data = match set(DATA_VARIABLE) {
            Some(path) if path.is_absolute() => path,
            Some(path) => return Err(PathsError::Relative { path }),
            None => xdg("XDG_DATA_HOME", ".local/share")?,
        };
        Ok(Self { data, state: xdg("XDG_STATE_HOME", ".local/state")? })
    }

    /// Makes the data folder and the state folder where they are missing, for this user alone (0700).
    ///
    /// # Errors
    /// [`PathsError::Unmakeable`]; [`PathsError::Exposed`] for a data folder that others can enter: it may be a
    /// folder of something else, so its permissions are not changed.
    pub fn make(&self) -> Result<(), PathsError> {
        make_private(&self.data)?;
        make_private(&self.state)?;
        let unmakeable = |cause| PathsError::Unmakeable { path: self.data.clone(), cause };
        // Looked at behind the making, which leaves a folder as it is that is there. Of the state
        // folder it is not asked: the key in it is looked at by itself.
        let mode = self.data.metadata().map_err(unmakeable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(PathsError::Exposed { path: self.data.clone() });
        }
        Ok(())
    }
}

/// Makes a folder where it is missing, for this user alone (0700). One that is there stays as it is.
///
/// # Errors
/// [`PathsError::Unmakeable`].
pub fn make_private(folder: &Path) -> Result<(), PathsError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|cause| PathsError::Unmakeable { path: folder.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn by(environment: &[(&str, &str)]) -> Result<Paths, PathsError> {
        Paths::by_environment(|name| {
            environment.iter().find(|(variable, _)| *variable == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[rstest]
    #[case(&[("HOME", "/home/a")], "/home/a/.local/share/glucodock")]
    #[case(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "/d")], "/d/glucodock")]
    #[case(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "d")], "/home/a/.local/share/glucodock")]
    #[case(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "/d"), ("GLUCODOCK_DATA", "/srv/g")], "/srv/g")]
    #[case(&[("HOME", "/home/a"), ("GLUCODOCK_DATA", "")], "/home/a/.local/share/glucodock")]
    fn the_data_folder_follows_the_environment(#[case] environment: &[(&str, &str)], #[case] data: &str) {
        assert_eq!(by(environment).unwrap().data, Path::new(data));
    }

    #[test]
    fn the_state_has_a_folder_of_its_own() {
        let paths = by(&[("HOME", "/home/a"), ("XDG_STATE_HOME", "/s")]).unwrap();
        assert_eq!(paths.state, Path::new("/s/glucodock"));
    }

    #[test]
    fn nowhere_and_relative_are_refused() {
        assert!(matches!(by(&[]), Err(PathsError::Homeless { variable: "XDG_DATA_HOME" })));
        let relative = by(&[("HOME", "/h"), ("GLUCODOCK_DATA", "x")]).unwrap_err();
        assert!(matches!(relative, PathsError::Relative { .. }));
        assert!(relative.to_string().contains(r#"write it in full, as GLUCODOCK_DATA="$PWD/x""#), "{relative}");
    }

    #[test]
    fn folders_are_made_for_this_user_alone_and_exposed_ones_refused() {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().to_str().unwrap();
        let paths = by(&[("HOME", home)]).unwrap();
        paths.make().unwrap();
        paths.make().unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&paths.data), mode(&paths.state)), (0o700, 0o700));

        std::fs::set_permissions(&paths.data, std::fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(paths.make(), Err(PathsError::Exposed { .. })));
        assert_eq!(mode(&paths.data), 0o750);
    }
}
