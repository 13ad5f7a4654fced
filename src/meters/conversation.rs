//! One conversation with one meter: the link, a record of every byte, progress, cancellation, bounded waits.
//!
//! Waiting is counted in the time asked of the link, not by a clock: a simulated meter that will never speak again
//! lets an hour of waiting pass at once, and a driver behaves the same in a test as on a wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Zoned;

use super::error::MeterError;
use super::folder::{FileEntry, Folder};
use super::link::{Link, LinkError};
use crate::domain::download::{Direction, Packet};

/// No wait on the link is longer than this, so that a cancelled read ends soon.
const SLICE: Duration = Duration::from_millis(100);

/// How much silence a whole conversation may hold. The longest reads take a few minutes; what has been silent for so
/// long in all says a byte now and then, for ever.
const MOST_SILENCE: Duration = Duration::from_mins(30);

/// How many transfers a whole conversation may hold. The longest memories, 8,640 readings in pieces of single bytes,
/// stay below; a meter that announces 65,535 records and sends noise between them goes on for hours, and every question
/// of it may be within its own bounds.
const MOST_TRANSFERS: u32 = 1_000_000;

/// How much silence the parts of one answer may hold in all. What comes over a line comes at the line's speed; what
/// says a few bytes every second, as an SD CodeFree does on the same cable until it is answered, is no answer in
/// another language.
const MOST_PAUSES: Duration = Duration::from_secs(30);

/// The silence that is left for what comes in parts.
#[derive(Debug)]
pub struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(MOST_PAUSES)
    }
}

/// How far a read has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Readings received.
    pub done: u32,
    /// Readings announced, once known.
    pub of: Option<u32>,
}

/// Asks a running conversation to stop. Clones ask the same conversation.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl From<Arc<AtomicBool>> for Cancel {
    /// A stop that this flag asks for, such as one that a signal sets.
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

impl Cancel {
    /// Asks for the stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What a driver talks through.
pub struct Conversation<'a> {
    link: &'a mut dyn Link,
    cancel: Cancel,
    report: &'a mut dyn FnMut(Progress),
    clock: &'a dyn Fn() -> Zoned,
    progress: Progress,
    transcript: Vec<Packet>,
    silence: Duration,
    transfers: u32,
}

impl<'a> Conversation<'a> {
    /// Starts a conversation on `link`. `report` is told of progress, `clock` tells this computer's time.
    pub fn new(
        link: &'a mut dyn Link,
        cancel: Cancel,
        report: &'a mut dyn FnMut(Progress),
        clock: &'a dyn Fn() -> Zoned,
    ) -> Self {
        Self {
            link,
            cancel,
            report,
            clock,
            progress: Progress::default(),
            transcript: Vec::new(),
            silence: Duration::ZERO,
            transfers: 0,
        }
    }

    /// How long nothing was said, if nothing at all was said so far over a link that sends and receives.
    #[must_use]
    pub const fn silent_so_far(&self) -> Option<Duration> {
        if self.transfers == 0 && !self.silence.is_zero() { Some(self.silence) } else { None }
    }

    /// This computer's time now.
    #[must_use]
    pub fn now(&self) -> Zoned {
        (self.clock)()
    }

    /// The link, for settings and for media with other operations than send and receive.
    pub fn link(&mut self) -> &mut dyn Link {
        self.link
    }

    /// Lets `work` talk through `wrap` of the link, such as the serial line behind a bridge. The record, the progress
    /// and the cancellation go on.
    pub fn through<R>(
        &mut self,
        wrap: impl for<'l> FnOnce(&'l mut dyn Link) -> Box<dyn Link + 'l>,
        work: impl FnOnce(&mut Conversation<'_>) -> R,
    ) -> R {
        let mut link = wrap(&mut *self.link);
        let mut inner = Conversation {
            link: &mut *link,
            cancel: self.cancel.clone(),
            report: &mut *self.report,
            clock: self.clock,
            progress: self.progress,
            transcript: std::mem::take(&mut self.transcript),
            silence: self.silence,
            transfers: self.transfers,
        };
        let result = work(&mut inner);
        let Conversation { progress, transcript, silence, transfers, .. } = inner;
        (self.progress, self.transcript, self.silence, self.transfers) = (progress, transcript, silence, transfers);
        result
    }

    /// Sends one transfer and records it.
    ///
    /// # Errors
    /// [`MeterError::Cancelled`], or what the link says, with `during`.
    pub fn send(&mut self, bytes: &[u8], during: &'static str, wait: Duration) -> Result<(), MeterError> {
        self.check_cancelled()?;
        self.record(Direction::ToMeter, bytes);
        self.link.send(bytes, wait).map_err(|cause| MeterError::Link { during, cause })
    }

    /// Receives the next transfer and records it; an empty one is returned as such.
    ///
    /// # Errors
    /// [`MeterError::Silent`] after `wait` without a transfer, [`MeterError::Malformed`] from a meter that has no end,
    /// [`MeterError::Cancelled`], or what the link says.
    pub fn receive(&mut self, during: &'static str, wait: Duration) -> Result<Vec<u8>, MeterError> {
        let mut left = wait;
        loop {
            self.check_cancelled()?;
            let slice = left.min(SLICE);
            match self.link.receive(slice) {
                Ok(bytes) => {
                    self.record(Direction::FromMeter, &bytes);
                    self.transfers = self.transfers.saturating_add(1);
                    if self.transfers > MOST_TRANSFERS {
                        let reason = "it speaks without coming to an end".to_owned();
                        return Err(MeterError::Malformed { what: during, reason: reason.into() });
                    }
                    return Ok(bytes);
                }
                Err(LinkError::TimedOut) => {
                    self.silence += slice;
                    if self.silence > MOST_SILENCE {
                        return Err(MeterError::Link { during, cause: LinkError::TimedOut });
                    }
                    if left <= slice {
                        return Err(MeterError::Silent { during, waited: wait });
                    }
                    left -= slice;
                }
                Err(cause) => return Err(MeterError::Link { during, cause }),
            }
        }
    }

    /// Receives the next part of an answer; the silence before it is taken from the `pauses` that are left.
    ///
    /// # Errors
    /// As [`Self::receive`]; [`MeterError::Malformed`] when no pause is left.
    pub fn receive_part(
        &mut self,
        during: &'static str,
        wait: Duration,
        pauses: &mut Pauses,
    ) -> Result<Vec<u8>, MeterError> {
        let mut waited = Duration::ZERO;
        loop {
            match self.receive(during, SLICE) {
                Err(MeterError::Silent { .. }) => waited += SLICE,
                result => return result,
            }
            pauses.0 = pauses.0.saturating_sub(SLICE);
            if waited >= wait {
                return Err(MeterError::Silent { during, waited });
            }
            if pauses.0.is_zero() {
                let reason = "it speaks now and then, and not in this language".to_owned();
                return Err(MeterError::Malformed { what: during, reason: reason.into() });
            }
        }
    }

    /// Throws away what still comes, until nothing comes for `quiet`.
    ///
    /// # Errors
    /// [`MeterError::Malformed`] after more than `most` bytes or empty transfers, or a drip; else as [`Self::receive`].
    pub fn settle(&mut self, during: &'static str, quiet: Duration, most: usize) -> Result<(), MeterError> {
        let (mut thrown_away, mut pauses) = (0, Pauses::default());
        while thrown_away <= most {
            match self.receive_part(during, quiet, &mut pauses) {
                Ok(bytes) => thrown_away += bytes.len().max(1),
                Err(MeterError::Silent { .. }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Err(MeterError::Malformed { what: during, reason: "the line does not fall silent".into() })
    }

    /// Every file of the meter's drive.
    ///
    /// # Errors
    /// [`MeterError::Cancelled`], or what the drive says, with `during`; a link without a drive is
    /// [`LinkError::Unsupported`].
    pub fn list_files(&mut self, during: &'static str) -> Result<Vec<FileEntry>, MeterError> {
        self.check_cancelled()?;
        self.drive().and_then(Folder::list).map_err(|cause| MeterError::Link { during, cause })
    }

    /// Reads a whole file of the meter's drive and records it: its path as sent to the meter, its content as received.
    ///
    /// # Errors
    /// [`MeterError::Malformed`] if it is not as long as it was listed; else as [`Self::list_files`].
    pub fn read_file(&mut self, file: &FileEntry, during: &'static str) -> Result<Vec<u8>, MeterError> {
        self.check_cancelled()?;
        self.record(Direction::ToMeter, file.path.as_bytes());
        let bytes =
            self.drive().and_then(|drive| drive.read(file)).map_err(|cause| MeterError::Link { during, cause })?;
        self.record(Direction::FromMeter, &bytes);
        if bytes.len() as u64 != file.size {
            let reason = format!("{} bytes came, {} were listed", bytes.len(), file.size);
            return Err(MeterError::Malformed { what: "a file of the meter", reason: reason.into() });
        }
        Ok(bytes)
    }

    fn drive(&mut self) -> Result<&mut dyn Folder, LinkError> {
        self.link.folder().ok_or(LinkError::Unsupported { operation: "drive with files" })
    }

    /// Records bytes that went over the link by another operation than send and receive.
    pub fn record(&mut self, direction: Direction, bytes: &[u8]) {
        self.transcript.push(Packet { direction, bytes: bytes.to_vec() });
    }

    /// Says how many readings the meter announced in all.
    pub fn announce(&mut self, of: u32) {
        self.progress.of = Some(of);
        (self.report)(self.progress);
    }

    /// Says how many readings have come so far.
    pub fn received(&mut self, done: u32) {
        if done != self.progress.done {
            self.progress.done = done;
            (self.report)(self.progress);
        }
    }

    /// How far the read has come.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Everything that went over the link so far; the record starts anew.
    pub fn take_transcript(&mut self) -> Vec<Packet> {
        std::mem::take(&mut self.transcript)
    }

    /// Fails if the read was cancelled.
    ///
    /// # Errors
    /// [`MeterError::Cancelled`].
    pub fn check_cancelled(&self) -> Result<(), MeterError> {
        if self.cancel.is_cancelled() { Err(MeterError::Cancelled) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::meters::link::LineSettings;

    /// Gives these bytes whenever so many waits have passed, for ever.
    struct Dripping {
        bytes: &'static [u8],
        every: u32,
        waits: u32,
    }

    impl Link for Dripping {
        fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
            Ok(())
        }

        fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
            self.waits += 1;
            if self.waits.is_multiple_of(self.every) { Ok(self.bytes.to_vec()) } else { Err(LinkError::TimedOut) }
        }

        fn set_line(&mut self, _settings: LineSettings) -> Result<(), LinkError> {
            Ok(())
        }
    }

    /// A tenth of a second is a wait; half a second of quiet is asked for.
    #[rstest]
    #[case::silent_for_half_a_second(b"x", 6, None)]
    #[case::drips(b"x", 5, Some("it speaks now and then"))]
    #[case::says_nothing_without_end(b"", 1, Some("does not fall silent"))]
    #[case::babbles(b"xxxx", 1, Some("does not fall silent"))]
    fn a_line_settles_or_is_given_up(
        #[case] bytes: &'static [u8],
        #[case] every: u32,
        #[case] complaint: Option<&str>,
    ) {
        let mut link = Dripping { bytes, every, waits: 0 };
        let now = || Zoned::now();
        let mut report = |_| {};
        let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
        let settled = conversation.settle("settling", Duration::from_millis(500), 1000);
        match complaint {
            None => assert_eq!(settled, Ok(())),
            Some(complaint) => assert!(settled.unwrap_err().to_string().contains(complaint)),
        }
        assert!(link.waits <= 1001, "{}", link.waits);
    }

    #[test]
    fn a_meter_that_has_no_end_is_given_up_behind_a_bridge_too() {
        let mut link = Dripping { bytes: b"x", every: 1, waits: 0 };
        let now = || Zoned::now();
        let mut report = |_| {};
        let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
        let receive = |conversation: &mut Conversation<'_>| conversation.receive("listening", Duration::from_secs(1));
        let mut received = 0;
        let ended = loop {
            // Every other transfer comes through a wrapped link, as behind a CP2110.
            let outcome = if received % 2 == 0 {
                receive(&mut conversation)
            } else {
                conversation.through(|link| Box::new(Wrapped(link)), receive)
            };
            match outcome {
                Ok(_) => received += 1,
                Err(error) => break error,
            }
            assert!(received <= MOST_TRANSFERS, "the conversation does not come to an end");
        };
        assert_eq!(received, MOST_TRANSFERS);
        assert!(ended.to_string().contains("without coming to an end"), "{ended}");
    }

    struct Wrapped<'l>(&'l mut dyn Link);

    impl Link for Wrapped<'_> {
        fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
            self.0.send(bytes, wait)
        }

        fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
            self.0.receive(wait)
        }

        fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
            self.0.set_line(settings)
        }
    }
}
