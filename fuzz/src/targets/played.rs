//! What came from a meter, transfer by transfer, and a link that plays it, whatever it is asked.

use std::time::Duration;

use crate::meters::folder::{FileEntry, Folder};
use crate::meters::link::{LineSettings, Link, LinkError};
use crate::meters::simulator::DriveFile;

/// What one attempt to receive brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// A transfer, a report, or some bytes of a line.
    Transfer(Vec<u8>),
    /// Nothing within the time allowed.
    Silence,
    /// The system reports an error.
    Failure,
    /// The cable is pulled.
    Unplug,
}

/// What comes when all events have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing, for ever.
    Silence,
    /// The cable is pulled.
    Unplug,
    /// The same again, for ever.
    Again,
}

/// A link that writes down what comes over another one.
pub(crate) struct Recorder<L> {
    link: L,
    /// What came so far.
    pub(crate) events: Vec<Event>,
}

impl<L: Link> Recorder<L> {
    /// Listens to `link`.
    pub(crate) fn new(link: L) -> Self {
        Self { link, events: Vec::new() }
    }

    fn note(&mut self, outcome: &Result<Vec<u8>, LinkError>) {
        self.events.push(match outcome {
            Ok(bytes) => Event::Transfer(bytes.clone()),
            Err(LinkError::TimedOut) => Event::Silence,
            Err(LinkError::Gone) => Event::Unplug,
            Err(_) => Event::Failure,
        });
    }
}

impl<L: Link> Link for Recorder<L> {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.link.send(bytes, wait)
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let outcome = self.link.receive(wait);
        self.note(&outcome);
        outcome
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.link.set_line(settings)
    }

    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.link.send_feature(report, wait)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let outcome = self.link.command(cdb, data_out, expected, wait);
        if expected > 0 {
            self.note(&outcome);
        }
        outcome
    }
}

/// A link that plays events to whoever receives, and takes everything that is sent.
pub(crate) struct Player {
    events: Vec<Event>,
    ending: Ending,
    next: usize,
    is_unplugged: bool,
    /// Whether it is HID and takes feature reports.
    pub(crate) takes_features: bool,
    /// The files, for a meter that shows a drive.
    pub(crate) files: Option<Vec<DriveFile>>,
    /// How often something was asked of this link.
    pub(crate) calls: usize,
    /// The most often that it may be asked.
    pub(crate) most_calls: usize,
    /// Every byte that it gave.
    pub(crate) given: Vec<u8>,
}

impl Player {
    /// Plays these events.
    #[must_use]
    pub(crate) fn new(events: Vec<Event>, ending: Ending) -> Self {
        let has_transfer = events.iter().any(|event| matches!(event, Event::Transfer(bytes) if !bytes.is_empty()));
        Self {
            ending: if has_transfer || ending != Ending::Again { ending } else { Ending::Silence },
            events,
            next: 0,
            is_unplugged: false,
            takes_features: false,
            files: None,
            calls: 0,
            most_calls: usize::MAX,
            given: Vec::new(),
        }
    }

    fn called(&mut self) -> Result<(), LinkError> {
        self.calls += 1;
        assert!(self.calls <= self.most_calls, "the driver does not come to an end");
        if self.is_unplugged { Err(LinkError::Gone) } else { Ok(()) }
    }

    fn next(&mut self) -> Result<Vec<u8>, LinkError> {
        self.called()?;
        if self.next == self.events.len() && self.ending == Ending::Again {
            self.next = 0;
        }
        let ending = || if self.ending == Ending::Unplug { Event::Unplug } else { Event::Silence };
        let event = self.events.get(self.next).cloned().unwrap_or_else(ending);
        self.next = self.events.len().min(self.next + 1);
        match event {
            Event::Transfer(bytes) => Ok(bytes),
            Event::Silence => Err(LinkError::TimedOut),
            Event::Failure => Err(LinkError::Failed { operation: "receiving", reason: "it was to fail".into() }),
            Event::Unplug => {
                self.is_unplugged = true;
                Err(LinkError::Gone)
            }
        }
    }

    fn give(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        self.given.extend_from_slice(&bytes);
        bytes
    }
}

impl Link for Player {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.called()
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        let bytes = self.next()?;
        Ok(self.give(bytes))
    }

    fn set_line(&mut self, _settings: LineSettings) -> Result<(), LinkError> {
        self.called()
    }

    fn send_feature(&mut self, _report: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.called()?;
        if self.takes_features { Ok(()) } else { Err(LinkError::Unsupported { operation: "feature reports" }) }
    }

    fn command(
        &mut self,
        _cdb: &[u8],
        _data_out: &[u8],
        expected: usize,
        _wait: Duration,
    ) -> Result<Vec<u8>, LinkError> {
        if expected == 0 {
            return self.called().map(|()| Vec::new());
        }
        let mut bytes = self.next()?;
        bytes.truncate(expected);
        Ok(self.give(bytes))
    }

    fn folder(&mut self) -> Option<&mut dyn Folder> {
        if self.files.is_some() { Some(self) } else { None }
    }
}

impl Folder for Player {
    fn list(&mut self) -> Result<Vec<FileEntry>, LinkError> {
        self.called()?;
        let files = self.files.iter().flatten();
        Ok(files.map(|file| FileEntry { path: file.path.clone(), size: file.bytes.len() as u64 }).collect())
    }

    fn read(&mut self, file: &FileEntry) -> Result<Vec<u8>, LinkError> {
        self.called()?;
        let found = self.files.iter().flatten().find(|known| known.path == file.path).map(|file| file.bytes.clone());
        found.map(|bytes| self.give(bytes)).ok_or(LinkError::Gone)
    }
}
