//! A secret in a file of its own, so that settings can be shown.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::domain::clinic::Password;

/// No password and no token is longer, in bytes.
const MOST_BYTES: u64 = 16 * 1024;

/// Why a file gives no secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum SecretError {
    /// The system does not let us.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is not a file.
    #[error("it is no file")]
    NoFile,
    /// Others may read it.
    #[error("other users can read it")]
    Exposed,
    /// It is longer than a secret.
    #[error("it is longer than {MOST_BYTES} bytes")]
    TooLong,
    /// Its first line is empty.
    #[error("its first line is empty")]
    Empty,
    /// It is none that can be sent.
    #[error("its first line has characters in it that cannot be sent")]
    Unsendable,
}

/// The first line of a file that nobody else can read.
pub(super) fn read(file: &Path) -> Result<Password, SecretError> {
    // A pipe without a writer would let its reader wait for ever.
    let opened = File::options().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(file)?;
    // Of the file that was opened, not of its path, where another may stand by now.
    let facts = opened.metadata()?;
    if !facts.is_file() {
        return Err(SecretError::NoFile);
    }
    // Refused, and not put right in silence: somebody may have read it already.
    if facts.mode() & 0o077 != 0 {
        return Err(SecretError::Exposed);
    }
    let mut text = Zeroizing::new(String::new());
    // One byte more than may be: so what is longer is seen to be, and is not cut in silence.
    let read = opened.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > MOST_BYTES {
        return Err(SecretError::TooLong);
    }
    let secret = text.lines().next().unwrap_or_default().trim();
    if secret.is_empty() {
        return Err(SecretError::Empty);
    }
    if secret.chars().any(char::is_control) {
        return Err(SecretError::Unsendable);
    }
    Ok(Password::new(secret.to_owned()))
}
