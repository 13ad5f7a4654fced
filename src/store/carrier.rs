//! Who carries the outbox of a store: one of all programs at a time.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use super::error::StoreError;
use super::{Store, files};

/// The file that whoever carries has locked; nothing is in it. It is a file of its own, because whoever waits for
/// another lock of the store may have to wait for whoever carries.
const CARRIER_FILE: &str = "glucodock.carrier";

/// That nobody else carries, for as long as it lives; whoever is killed holds nothing.
#[derive(Debug)]
pub struct CarrierLock(#[expect(dead_code, reason = "held for its drop alone")] File);

impl Store {
    /// Takes the outbox; nothing while another program carries it.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub fn carrier(&self) -> Result<Option<CarrierLock>, StoreError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let file =
            options.open(self.directory.join(CARRIER_FILE)).map_err(StoreError::file("opening the carrier's file"))?;
        match files::lock(&file, Duration::ZERO) {
            Ok(()) => Ok(Some(CarrierLock(file))),
            Err(StoreError::Busy) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
