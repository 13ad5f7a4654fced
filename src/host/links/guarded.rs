//! A link with something that is to be let go when the link is closed, and not before.

use std::time::Duration;

use crate::meters::folder::Folder;
use crate::meters::link::{LineSettings, Link, LinkError};

/// A link and what it holds on to.
pub(in crate::host) struct GuardedLink<G> {
    link: Box<dyn Link>,
    /// Let go after the link: fields are dropped in their order.
    _guard: G,
}

impl<G> GuardedLink<G> {
    /// Ties `guard` to the life of `link`.
    pub(in crate::host) fn new(link: Box<dyn Link>, guard: G) -> Self {
        Self { link, _guard: guard }
    }
}

impl<G: Send> Link for GuardedLink<G> {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.link.send(bytes, wait)
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.link.receive(wait)
    }

    // Each method that has a body of its own in `Link` is passed on here too: one that is forgotten
    // would compile, and refuse or do nothing.
    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.link.set_line(settings)
    }

    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.link.send_feature(report, wait)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.link.command(cdb, data_out, expected, wait)
    }

    fn folder(&mut self) -> Option<&mut dyn Folder> {
        self.link.folder()
    }
}
