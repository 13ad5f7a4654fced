//! Why the store did not do what it was asked. No text here ever holds a name, a serial number, a value or a key.

mod files;
mod remedies;
mod sqlite;
mod table;
mod told;

pub(super) use sqlite::is_unique_violation;

use self::remedies::{ANOTHER_ADMINISTRATOR, GIVE_ACCESS, LOOK_FOR_NEWER, MAKE_ROOM, RESTORE_BOTH, RESTORE_DATA};
use self::table::store_errors;
use crate::domain::cause::Cause;

store_errors! {
    /// There is a database but no key for it.
    #[error("the key file glucodock.key is missing, without it the data file glucodock.db cannot be opened")]
    KeyMissing => StoreUnreadable, "Restore glucodock.key from its backup; nothing else opens the data file";
    /// There is a key, or another part of a store, but no database.
    #[error("the data file glucodock.db is missing, but other files of the same store are here: there were readings")]
    StoreMissing => StoreUnreadable, RESTORE_DATA;
    /// The database is smaller than any database.
    #[error("the data file glucodock.db was emptied or cut: it has {bytes} bytes")]
    Cut {
        /// What is left of it.
        bytes: u64,
    } => StoreUnreadable, RESTORE_DATA;
    /// Pages of the database are missing, or are not what was written.
    #[error("the data file glucodock.db was cut or is damaged")]
    DataDamaged => StoreUnreadable, RESTORE_DATA;
    /// The database opens, and nothing was ever made in it.
    #[error("the data file glucodock.db holds no store: the making of one was cut short")]
    Unmade => StoreUnreadable, RESTORE_DATA;
    /// The log was written by somebody else, or is damaged.
    #[error(
        "glucodock.db, its log glucodock.db-wal and glucodock.key do not belong together, or one of them is damaged"
    )]
    LogForeign => StoreUnreadable, RESTORE_DATA;
    /// SQLite would undo in the database what another file tells.
    #[error("glucodock.db-journal is here, which no store of glucodock has: it would undo what was stored")]
    JournalThere => StoreUnreadable,
        "Move it out of this folder; if the store cannot be opened then, restore glucodock.db from a backup";
    /// A file of the store was moved, removed or replaced while the store was open.
    #[error("{name} was moved or replaced while this program had it open: nothing was written")]
    Replaced {
        /// Its name.
        name: &'static str,
    } => StoreReplaced,
        "Leave every glucodock that is open here. If a backup was restored, run: glucodock store \
         accept-restored; if not, put the file back, from a backup if need be";
    /// What should be a file is something else.
    #[error("{name} is {is}, not a file")]
    NotAFile {
        /// Its name.
        name: &'static str,
        /// What it is.
        is: &'static str,
    } => StoreUnreadable, "Move it away and restore the file from a backup";
    /// What should be the data folder is something else.
    #[error("the data folder is not a folder")]
    NotAFolder => StoreUnreadable, "Name a folder with --data or GLUCODOCK_DATA";
    /// Other users of this computer can change what is in the data folder.
    #[error("the data folder may be written to by others (mode {mode:04o})")]
    FolderExposed {
        /// The permission bits found.
        mode: u32,
    } => StoreUnreadable, "Run chmod 700 on the folder";
    /// The file system takes no writes.
    #[error("the data folder is on a file system that may only be read")]
    ReadOnlySystem => StoreReadOnly,
        "Make the file system writable again; after a fault of the disk it is mounted so";
    /// Other users of this computer can read the key.
    #[error("the key file glucodock.key may be read by others (mode {mode:04o}), it must be 0600")]
    KeyExposed {
        /// The permission bits found.
        mode: u32,
    } => StoreUnreadable, "Run chmod 600 on it; if others may have read it, tell who answers for the data";
    /// The key file does not hold a key.
    #[error("the key file glucodock.key is damaged")]
    KeyDamaged => StoreUnreadable, RESTORE_BOTH;
    /// The note of the last audit line is gone.
    #[error("glucodock.head is missing: it says how far this store had come, so it may be an older copy")]
    HeadMissing => StoreUnreadable, LOOK_FOR_NEWER;
    /// The note of the last audit line cannot be read.
    #[error("glucodock.head is damaged: it says how far this store had come, so it may be an older copy")]
    HeadDamaged => StoreUnreadable, LOOK_FOR_NEWER;
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
    } => StoreReplaced, LOOK_FOR_NEWER;
    /// The key does not fit the database.
    #[error("glucodock.key does not open glucodock.db, or glucodock.db is damaged")]
    WrongKey => StoreUnreadable, RESTORE_BOTH;
    /// The file is something else.
    #[error("glucodock.db is not a database of glucodock")]
    NotADatabase => StoreUnreadable, RESTORE_BOTH;
    /// The file is a database without encryption.
    #[error("glucodock.db is a database that is not encrypted")]
    NotEncrypted => StoreUnreadable, RESTORE_BOTH;
    /// This build of SQLite cannot encrypt.
    #[error("this build cannot encrypt its data")]
    NoEncryption => StoreUnreadable;
    /// The database was written by a newer version.
    #[error("the data file has form {found}, of a newer version of glucodock; this one knows forms up to {known}")]
    NewerSchema {
        /// Its form.
        found: i64,
        /// The newest form known.
        known: usize,
    } => StoreUnreadable, "Use the newer version";
    /// A migration failed, and not for a reason of the database's.
    #[error("bringing the data file to the present form failed")]
    Migration(#[source] rusqlite_migration::Error) => StoreUnreadable;
    /// This user may not read or write a file.
    #[error("{operation}: permission denied")]
    Denied {
        /// What was being done.
        operation: &'static str,
    } => StoreUnreadable, GIVE_ACCESS;
    /// A file could not be read or written. Of what the system said only the kind is kept: some errors name the path,
    /// which may be made of a login.
    #[error("{operation}: {kind}")]
    File {
        /// What was being done.
        operation: &'static str,
        /// What the system said.
        kind: std::io::ErrorKind,
    } => StoreUnreadable;
    /// The disk is full.
    #[error("the disk is full")]
    Full => StoreUnwritable, "Free some space on the disk";
    /// The database takes no writes while it is open.
    #[error("the data file may only be read")]
    ReadOnly => StoreReadOnly, "Make glucodock.db, and the files beside it, readable and writable for this user";
    /// This user may not write to a file of the store.
    #[error("{name} may only be read")]
    MayOnlyBeRead {
        /// Its name.
        name: &'static str,
    } => StoreReadOnly, "Run chmod 600 on it as the user to whom it belongs";
    /// Another program holds the lock of the data folder or of the database.
    #[error("another program keeps the data file locked")]
    Busy => StoreLocked, "End the other program, or wait for it";
    /// Writing failed.
    #[error("writing failed ({code})")]
    Write {
        /// The extended result code of SQLite.
        code: i32,
    } => StoreUnwritable,
        "Free some space on the disk, or have the limit of this user's files (the quota) raised; if there is \
         room, have the disk checked";
    /// A file of the database cannot be opened or made.
    #[error("the data file, or a file beside it, cannot be opened ({code})")]
    Unopenable {
        /// The extended result code of SQLite.
        code: i32,
    } => StoreUnreadable, GIVE_ACCESS;
    /// The database refused, for a reason that no rule of ours explains. Its error is not kept: it may quote a value.
    #[error("the database failed: {reason}")]
    Database {
        /// The kind of the failure, without any value.
        reason: String,
    } => StoreUnreadable;
    /// A stored value cannot be what it says it is. What found that out is not kept: it may quote the value.
    #[error("a stored {what} is damaged")]
    Damaged {
        /// What was read.
        what: &'static str,
    } => StoreUnreadable;
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom(#[from] getrandom::Error) => StoreUnreadable;
    /// Hashing a password failed.
    #[error("the password cannot be hashed")]
    Password(#[source] Cause) => StoreUnreadable;
    /// What was asked for is not there.
    #[error("{what} does not exist")]
    NotFound {
        /// What was asked for.
        what: &'static str,
    } => NotFound;
    /// Somebody who was noted is neither another one nor dropped while the platform may have created them.
    #[error("the platform has not said yet whether it has created who was noted")]
    MayBeCreated => PlatformUnreachable;
    /// The meter belongs to somebody else.
    #[error("the meter belongs to another patient")]
    OwnedByAnother => AlreadyAssigned;
    /// The patient may not receive readings.
    #[error("the patient is not active")]
    NotActive => PatientNotActive;
    /// What was typed does not prove who the patient is, or the patient is blocked for this upload.
    #[error("the identity is not proved")]
    IdentityNotProved => IdentityNotProved;
    /// The identifier belongs to another patient.
    #[error("the identifier is taken")]
    IdentifierTaken => IdentifierTaken;
    /// The same person exists and no reason was given.
    #[error("the same person exists already")]
    SamePerson => SamePerson;
    /// The meter's clock is more than a day off, and nobody said since it was read which clock is right.
    #[error("nobody said whether the meter's times are right")]
    ClockUndecided => ClockUndecided;
    /// Another patient has these readings, and nobody said that they are this patient's too.
    #[error("another patient has these readings")]
    HeldByAnother => HeldByAnother;
    /// The readings are odd beside the patient's record, and nobody said who uses the meter.
    #[error("nobody said who uses the meter, whose readings are odd")]
    UseUnanswered => UseUnanswered;
    /// What was decided later of the meter is to be undone first.
    #[error("something that was assigned later rests on this assignment")]
    LaterAssignment => UndoLaterFirst;
    /// Whoever undoes it must say why.
    #[error("no reason is given for undoing the assignment")]
    ReasonMissing => UndoReasonMissing;
    /// It is older, or somebody else's, and the role does not allow that.
    #[error("the assignment is somebody else's or older, and the role does not allow undoing it")]
    UndoRefused => UndoRefused;
    /// The platform has something of it in a third person's record, or may have it there.
    #[error("the platform has, or may have, something of this assignment in another patient's record")]
    MisplacedThere => UndoMisplaced;
    /// The platform was told of it, or may have been, and nothing is withdrawn there from here.
    #[error("the platform was told of this assignment, and nothing is withdrawn there from here")]
    ToldThere => UndoToldThere;
    /// A care platform was told of the meter, or one of the two is of its directory.
    #[error("the meter or one of the two patients is known at a care platform")]
    MoveAtPlatform => MoveAtPlatform;
    /// The meter is not theirs any more, or cannot be given to whom it is to go.
    #[error("the meter is not this patient's, or the other one is the same person")]
    MoveNotTheirs => MoveNotTheirs;
    /// Somebody else has readings of the meter from that day on.
    #[error("a third patient has readings of the meter from that day on")]
    MoveReachesThird => MoveReachesThird;
    /// What was left out of the record would be in none.
    #[error("readings of another meter were left out of the record because those of this meter are in it")]
    MoveRestedOn => MoveRestedOn;
    /// Whoever transfers a meter must say why.
    #[error("no reason is given for the transfer")]
    MoveReasonMissing => MoveReasonMissing;
    /// Nothing was measured then.
    #[error("the day from which the meter is to be somebody else's has not come yet")]
    MoveDayAhead => MoveDayAhead;
    /// The readings went along with the meter.
    #[error("the meter was given to another patient since this assignment")]
    MoveSince => MoveSince;
    /// The meter is not theirs any more, or its end was undone, or is none.
    #[error("the meter is not this patient's any more, or again")]
    EndNotTheirs => EndNotTheirs;
    /// A care platform was told of the meter, or the patient is of its directory.
    #[error("the meter or the patient is known at a care platform")]
    EndAtPlatform => EndAtPlatform;
    /// The record has readings of the meter of later days, or it was another's until later.
    #[error("the meter was still theirs after that day, or was not yet")]
    EndBeforeReadings => EndBeforeReadings;
    /// What was a mistake is undone or transferred as long as there is anything of it.
    #[error("the record has readings of the meter, or it came from another patient")]
    EndNotInError => EndNotInError;
    /// Whoever ends it, or undoes that, must say why.
    #[error("no reason is given for the end of an ownership")]
    EndReasonMissing => EndReasonMissing;
    /// Nobody knows until when, or it has not come.
    #[error("the last day on which the meter was theirs is missing or has not come yet")]
    EndDayAhead => EndDayAhead;
    /// Somebody has the meter, or had it.
    #[error("somebody has had the meter since its end")]
    EndFollowed => EndFollowed;
    /// Whoever brings it may have found it.
    #[error("the meter is lost, and nobody said since that it was found")]
    MeterLost => MeterLost;
    /// The meter is nobody's since.
    #[error("the meter is nobody's since this assignment, which is undone first")]
    EndSince => EndSince;
    /// A care platform keeps the record, or was told of these readings, or is to be told.
    #[error("a care platform keeps this record, and no times are corrected there from here")]
    TimesToldThere => TimesToldThere;
    /// Times of the assignment's readings, or of the meter's, were corrected: that is undone first.
    #[error("times of these readings were corrected")]
    TimesCorrected => TimesCorrected;
    /// Whoever corrects times, or undoes that, must say why.
    #[error("no reason is given for the correction of times")]
    TimesReasonMissing => TimesReasonMissing;
    /// The meter was read again after its readings were shown.
    #[error("the upload has changed since it was shown")]
    UploadChanged => UploadChanged;
    /// Somebody has changed the record since it was loaded.
    #[error("the record has changed since it was loaded")]
    RecordChanged => RecordChanged;
    /// A partial download is never kept as a whole one.
    #[error("the download is not complete")]
    Incomplete => PlatformRefused;
    /// A request key came again with another request.
    #[error("the request was made before with other contents")]
    KeyReused => StoreUnwritable;
    /// The store is for patients, and training was asked for.
    #[error("this store is for patients, and stays so")]
    NotForTraining => StoreUnreadable, "Name another folder with --data for the training store";
    /// The directory has another person under a key whose subject has readings or a meter here.
    #[error("the platform has another person under this key than the one to whom readings were assigned here")]
    AnotherPerson => AnotherPerson;
    /// The patients known here are of another care platform than the one that is meant.
    #[error("the patients and deliveries of this data folder are of another care platform: {said}")]
    OfAnotherDirectory {
        /// Where that is.
        said: String,
    } => StoreUnreadable,
        "Write that address, and its tenant, into the settings, or name another data folder with --data. If that \
         platform is now found at the new address, run: glucodock platform moved";
    /// There is no backup of that name.
    #[error("there is no backup of that name")]
    BackupMissing => StoreUnreadable, "Name the file that glucodock store backup made";
    /// The folder in which a file is to be made is not there.
    #[error("the folder of the file that is to be made is not there")]
    FolderMissing => StoreUnwritable, "Make the folder first, or name another one";
    /// This user may not read or make a file outside the data folder.
    #[error("{operation}: permission denied")]
    DeniedOutside {
        /// What was being done.
        operation: &'static str,
    } => StoreUnwritable, "Name a place where this user may do that; the data folder is as it was";
    /// Without a key a backup is not opened.
    #[error("there is no key of a store in the data folder")]
    NoKeyGiven => StoreUnreadable, "Name the key of the store that the backup was made of with --key FILE";
    /// The file that is given as a key is none.
    #[error("the file that is given as the key is not there, or is no key of glucodock")]
    NoKeyThere => StoreUnreadable, "Name a copy of glucodock.key with --key FILE";
    /// Other users of this computer can read the key that is given.
    #[error("the key that is given may be read by others (mode {mode:04o}), it must be 0600")]
    GivenKeyExposed {
        /// The permission bits found.
        mode: u32,
    } => StoreUnreadable, "Run chmod 600 on it, or copy it to a folder of this user and run chmod 600 on the copy";
    /// A file of the name of the backup is there.
    #[error("there is a file of that name already")]
    BackupIsThere => StoreUnwritable, "Give the backup another name: nothing is written over";
    /// The backup would lie beside what it is a backup of.
    #[error("a backup in the data folder would be lost with it")]
    BackupInside => StoreUnwritable, "Name a file on another disk, or at least in another folder";
    /// The backup does not open with the key, or is not what was written.
    #[error("the key does not open this backup, or it is damaged, or it is no backup")]
    BackupUnreadable => StoreUnreadable,
        "Name the key of the store that it was made of with --key FILE, or take another backup";
    /// A backup is restored only where no database is.
    #[error("there is a store in the data folder, or the rest of one")]
    StoreThere => StoreUnwritable, MAKE_ROOM;
    /// The key that is given is not the one that is there.
    #[error("the data folder has another key than the one that is given")]
    OtherKey => StoreUnwritable, "Name another folder with --data, or move glucodock.key out of this one";
    /// A file of the name of the old key is there.
    #[error("there is a file of the name of the old key already")]
    OldKeyIsThere => StoreUnwritable, "Name a file that is not there yet: nothing is written over";
    /// The old key would lie beside the new one.
    #[error("the old key is not kept in the data folder")]
    OldKeyInside => StoreUnwritable, "Name a file in the place where the copies of the key are kept";
    /// The login name is taken, or looks like one that is.
    #[error("the login name is taken, or looks like one that is")]
    LoginTaken => StoreUnwritable;
    /// Name or password is wrong.
    #[error("name or password is wrong")]
    SignInRefused => SignInRefused;
    /// Name and password are right, but the role is not admitted.
    #[error("the role is not admitted")]
    RoleRefused => RoleWithoutPatients;
    /// Name and password are right, but the person works here no more; or they did when they signed in.
    #[error("the member of staff was disabled")]
    StaffDisabled => StaffDisabled;
    /// Their role or their password was changed since they signed in, or they were disabled for a while.
    #[error("the role or the password was changed since the sign-in, or it was disabled for a while")]
    SignInOver => SignInOver;
    /// Name and password are right, but somebody else knows the password.
    #[error("the password was given by somebody else, and is to be changed")]
    PasswordGiven => PasswordToChange, "Change it first: glucodock users password LOGIN --as LOGIN";
    /// The new password is too easy to guess, or the old one.
    #[error("the new password is too easy to guess, or the old one")]
    PasswordUnfit => PasswordUnfit;
    /// Nobody could look after the staff any more.
    #[error("there is no other administrator who works here")]
    LastAdministrator => PlatformRefused, ANOTHER_ADMINISTRATOR;
    /// Whoever changes the staff is none of its administrators, or none any more; or is there without one.
    #[error("whoever gives this command is no administrator here, or none any more; nothing was changed")]
    NoAdministrator => PlatformRefused;
    /// Too many wrong passwords.
    #[error("too many failed sign-ins, next try in {seconds} seconds")]
    Throttled {
        /// Seconds to wait.
        seconds: u64,
    } => SignInThrottled;
}
