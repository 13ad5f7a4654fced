//! Why the store did not do what it was asked. No text here ever holds a name, a serial number, a value or a key.

mod sqlite;

pub(super) use sqlite::is_unique_violation;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is a database but no key for it.
    #[error("the key file glucodock.key is missing, without it the data file glucodock.db cannot be opened")]
    KeyMissing,
    /// There is a key, or another part of a store, but no database.
    #[error("the data file glucodock.db is missing, but other files of the same store are here: there were readings")]
    StoreMissing,
    /// The database is smaller than any database.
    #[error("the data file glucodock.db was emptied or cut: it has {bytes} bytes")]
    Cut {
        /// What is left of it.
        bytes: u64,
    },
    /// Pages of the database are missing, or are not what was written.
    #[error("the data file glucodock.db was cut or is damaged")]
    DataDamaged,
    /// The database opens, and nothing was ever made in it.
    #[error("the data file glucodock.db holds no store: the making of one was cut short")]
    Unmade,
    /// The log was written by somebody else, or is damaged.
    #[error(
        "glucodock.db, its log glucodock.db-wal and glucodock.key do not belong together, or one of them is damaged"
    )]
    LogForeign,
    /// SQLite would undo in the database what another file tells.
    #[error("glucodock.db-journal is here, which no store of glucodock has: it would undo what was stored")]
    JournalThere,
    /// A file of the store was moved, removed or replaced while the store was open.
    #[error("{name} was moved or replaced while this program had it open: nothing was written")]
    Replaced {
        /// Its name.
        name: &'static str,
    },
    /// What should be a file is something else.
    #[error("{name} is {is}, not a file")]
    NotAFile {
        /// Its name.
        name: &'static str,
        /// What it is.
        is: &'static str,
    },
    /// What should be the data folder is something else.
    #[error("the data folder is not a folder")]
    NotAFolder,
    /// Other users of this computer can change what is in the data folder.
    #[error("the data folder may be written to by others (mode {mode:04o})")]
    FolderExposed {
        /// The permission bits found.
        mode: u32,
    },
    /// The file system takes no writes.
    #[error("the data folder is on a file system that may only be read")]
    ReadOnlySystem,
    /// Other users of this computer can read the key.
    #[error("the key file glucodock.key may be read by others (mode {mode:04o}), it must be 0600")]
    KeyExposed {
        /// The permission bits found.
        mode: u32,
    },
    /// The key file does not hold a key.
    #[error("the key file glucodock.key is damaged")]
    KeyDamaged,
    /// The note of the last audit line is gone.
    #[error("glucodock.head is missing: it says how far this store had come, so it may be an older copy")]
    HeadMissing,
    /// The note of the last audit line cannot be read.
    #[error("glucodock.head is damaged: it says how far this store had come, so it may be an older copy")]
    HeadDamaged,
    /// The database does not have the audit line that was noted last.
    #[error(
        "glucodock.db has gone back in time: line {noted} of its audit trail was written, but what is here ends at \
         line {last} or had another line {noted}"
    )]
    WentBack {
        /// The number of the line that was noted.
        noted: i64,
        /// The number of the last line there is.
        last: i64,
    },
    /// The key does not fit the database.
    #[error("glucodock.key does not open glucodock.db, or glucodock.db is damaged")]
    WrongKey,
    /// The file is something else.
    #[error("glucodock.db is not a database of glucodock")]
    NotADatabase,
    /// The file is a database without encryption.
    #[error("glucodock.db is a database that is not encrypted")]
    NotEncrypted,
    /// This build of SQLite cannot encrypt.
    #[error("this build cannot encrypt its data")]
    NoEncryption,
    /// The database was written by a newer version.
    #[error("the data file has form {found}, of a newer version of glucodock; this one knows forms up to {known}")]
    NewerSchema {
        /// Its form.
        found: i64,
        /// The newest form known.
        known: usize,
    },
    /// A migration failed.
    #[error("bringing the data file to the present form failed")]
    Migration,
    /// A file could not be read or written.
    #[error("{operation}: {kind}")]
    File {
        /// What was being done.
        operation: &'static str,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The database takes no writes while it is open.
    #[error("the data file may only be read")]
    ReadOnly,
    /// This user may not write to a file of the store.
    #[error("{name} may only be read")]
    MayOnlyBeRead {
        /// Its name.
        name: &'static str,
    },
    /// Another program holds the lock of the data folder or of the database.
    #[error("another program keeps the data file locked")]
    Busy,
    /// Writing failed.
    #[error("writing failed ({code})")]
    Write {
        /// The extended result code of SQLite.
        code: i32,
    },
    /// A file of the database cannot be opened or made.
    #[error("the data file, or a file beside it, cannot be opened ({code})")]
    Unopenable {
        /// The extended result code of SQLite.
        code: i32,
    },
    /// The database refused, for a reason that no rule of ours explains.
    #[error("the database failed: {reason}")]
    Database {
        /// The kind of the failure, without any value.
        reason: String,
    },
    /// A stored value cannot be what it says it is.
    #[error("a stored {what} is damaged")]
    Damaged {
        /// What was read.
        what: &'static str,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
    /// Hashing a password failed.
    #[error("the password cannot be hashed")]
    Password,
    /// What was asked for is not there.
    #[error("{what} does not exist")]
    NotFound {
        /// What was asked for.
        what: &'static str,
    },
    /// The meter belongs to somebody else.
    #[error("the meter belongs to another patient")]
    OwnedByAnother,
    /// The patient may not receive readings.
    #[error("the patient is not active")]
    NotActive,
    /// What was typed does not prove who the patient is, or the patient is blocked for this upload.
    #[error("the identity is not proved")]
    IdentityNotProved,
    /// The identifier belongs to another patient.
    #[error("the identifier is taken")]
    IdentifierTaken,
    /// The same person exists and no reason was given.
    #[error("the same person exists already")]
    SamePerson,
    /// The meter's clock is more than a day off, and nobody said since it was read which clock is right.
    #[error("nobody said whether the meter's times are right")]
    ClockUndecided,
    /// Another patient has these readings, and nobody said that they are this patient's too.
    #[error("another patient has these readings")]
    HeldByAnother,
    /// The meter was read again after its readings were shown.
    #[error("the upload has changed since it was shown")]
    UploadChanged,
    /// A partial download is never kept as a whole one.
    #[error("the download is not complete")]
    Incomplete,
    /// A request key came again with another request.
    #[error("the request was made before with other contents")]
    KeyReused,
    /// The store is for patients, and training was asked for.
    #[error("this store is for patients, and stays so")]
    NotForTraining,
    /// The login name is taken, or looks like one that is.
    #[error("the login name is taken, or looks like one that is")]
    LoginTaken,
    /// Name or password is wrong.
    #[error("name or password is wrong")]
    SignInRefused,
    /// Name and password are right, but the role is not admitted.
    #[error("the role is not admitted")]
    RoleRefused,
    /// Too many wrong passwords.
    #[error("too many failed sign-ins, next try in {seconds} seconds")]
    Throttled {
        /// Seconds to wait.
        seconds: u64,
    },
}

impl StoreError {
    /// What helps, where it is not plain from the error itself.
    #[must_use]
    pub const fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::KeyMissing => "Restore glucodock.key from its backup; nothing else opens the data file",
            Self::StoreMissing | Self::Cut { .. } | Self::DataDamaged | Self::Unmade | Self::LogForeign => {
                "Restore glucodock.db from a backup, then run: glucodock store accept-restored. Only if nothing was \
                 ever stored here, move all glucodock files out of this folder and begin anew"
            }
            Self::KeyDamaged | Self::WrongKey | Self::NotADatabase | Self::NotEncrypted => {
                "Restore glucodock.db and glucodock.key from one backup, then run: glucodock store accept-restored"
            }
            Self::JournalThere => {
                "Move it out of this folder; if the store cannot be opened then, restore glucodock.db from a backup"
            }
            Self::Replaced { .. } => {
                "Leave every glucodock that is open here. If a backup was restored, run: glucodock store \
                 accept-restored; if not, put the file back, from a backup if need be"
            }
            Self::NotAFile { .. } => "Move it away and restore the file from a backup",
            Self::NotAFolder => "Name a folder with --data or GLUCODOCK_DATA",
            Self::FolderExposed { .. } => "Run chmod 700 on the folder",
            Self::KeyExposed { .. } => "Run chmod 600 on it; if others may have read it, tell who answers for the data",
            Self::ReadOnlySystem => "Make the file system writable again; after a fault of the disk it is mounted so",
            Self::ReadOnly => "Make glucodock.db, and the files beside it, readable and writable for this user",
            Self::MayOnlyBeRead { .. } => "Run chmod 600 on it as the user to whom it belongs",
            Self::HeadMissing | Self::HeadDamaged | Self::WentBack { .. } => {
                "Look for a newer copy among the backups first. If this is what was restored on purpose, run: \
                 glucodock store accept-restored"
            }
            Self::Busy => "End the other program, or wait for it",
            Self::Full => "Free some space on the disk",
            Self::Write { .. } => {
                "Free some space on the disk, or have the limit of this user's files (the quota) raised; if there is \
                 room, have the disk checked"
            }
            Self::Unopenable { .. } | Self::File { kind: std::io::ErrorKind::PermissionDenied, .. } => {
                "Make the data folder, and the glucodock files in it, readable and writable for this user"
            }
            Self::NewerSchema { .. } => "Use the newer version",
            Self::NotForTraining => "Name another folder with --data for the training store",
            Self::NoEncryption
            | Self::Migration
            | Self::File { .. }
            | Self::Database { .. }
            | Self::Damaged { .. }
            | Self::NoRandom
            | Self::Password
            | Self::NotFound { .. }
            | Self::OwnedByAnother
            | Self::NotActive
            | Self::IdentifierTaken
            | Self::SamePerson
            | Self::Incomplete
            | Self::KeyReused
            | Self::IdentityNotProved
            | Self::ClockUndecided
            | Self::HeldByAnother
            | Self::UploadChanged
            | Self::LoginTaken
            | Self::SignInRefused
            | Self::RoleRefused
            | Self::Throttled { .. } => return None,
        })
    }

    /// An error of the file system while doing `operation`.
    pub(super) fn file(operation: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        use std::io::ErrorKind;
        move |error| {
            let kind = error.kind();
            if matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
                Self::Full
            } else if kind == ErrorKind::ReadOnlyFilesystem {
                Self::ReadOnlySystem
            } else {
                Self::File { operation, kind }
            }
        }
    }
}
