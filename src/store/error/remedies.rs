//! What helps, where more than one error has the same remedy.

/// What helps where the data file is gone or no data file any more.
pub(super) const RESTORE_DATA: &str = "Restore glucodock.db from a backup: move what is left of it (glucodock.db and \
    glucodock.db-*) out of this folder, then run: glucodock store restore FILE; or put back a copy that was made by \
    hand, then run: glucodock store accept-restored. Only if nothing was ever stored here, move all glucodock files \
    out of this folder and begin anew";

/// What helps where data file and key do not fit: only two of the same time do.
pub(super) const RESTORE_BOTH: &str = "Put back the newest copy of glucodock.key: one from before glucodock store \
    rekey opens old backups only. If it is the data file that is damaged, move glucodock.db and glucodock.db-* out of \
    this folder, then run: glucodock store restore FILE";

/// What helps where the data file may be older than what was written last: what came after it may be in another copy.
pub(super) const LOOK_FOR_NEWER: &str = "Look for a newer copy among the backups first. If this is what was restored \
    on purpose, run: glucodock store accept-restored";

/// What helps where the system does not let this user.
pub(super) const GIVE_ACCESS: &str = "Make the data folder, and the glucodock files in it, readable and writable for \
    this user";

/// What helps where nobody could look after the staff any more.
pub(super) const ANOTHER_ADMINISTRATOR: &str = "Make somebody else an administrator first, or enable another one: \
    glucodock users role, users enable";

/// What helps where a store is to be made in a folder that has one.
pub(super) const MAKE_ROOM: &str = "Name another folder with --data; or end every glucodock, and move glucodock.db and \
    the files glucodock.db-* out of this one";
