//! The end of the engine at which the person sits: shows scenes, gives keys.

use std::io;
use std::time::Instant;

use super::display::Display;
use super::guard::Guard;
use super::keys::{Bursts, Decoder};
use crate::app::key::Key;
use crate::host::signals;
use crate::ui::paint::Sight;
use crate::ui::scene::Scene;

/// What the loop needs of the person's end.
pub trait Frontend {
    /// Shows a scene; an equal one costs nothing.
    ///
    /// # Errors
    /// If the terminal is gone.
    fn show(&mut self, scene: Scene) -> io::Result<()>;

    /// What can be seen of a scene: a key acts only on what is whole.
    fn sight(&self, scene: &Scene) -> Sight;

    /// The last frame has left.
    ///
    /// # Errors
    /// If the terminal is gone.
    fn frame_left(&mut self) -> io::Result<()>;

    /// Paints everything with the next scene, in the size that the terminal has now.
    ///
    /// # Errors
    /// If the terminal is gone.
    fn repaint(&mut self) -> io::Result<()>;

    /// The program is to stop for a while: puts the terminal back, so that nobody is named on it, and stops the
    /// process. Returns when it runs again.
    fn suspend(&mut self);

    /// The program was stopped and runs again: takes the terminal anew.
    ///
    /// # Errors
    /// If the terminal is gone.
    fn resume(&mut self) -> io::Result<()>;

    /// Bytes were typed; returns the keys that are complete.
    fn feed(&mut self, bytes: &[u8], at: Instant) -> Vec<Key>;

    /// When [`Frontend::expire`] wants to be called, if no more bytes come.
    fn deadline(&self) -> Option<Instant>;

    /// Time has passed without bytes.
    fn expire(&mut self, at: Instant) -> Vec<Key>;
}

/// The whole screen of a terminal.
pub struct FullScreen {
    guard: Guard,
    display: Display,
    decoder: Decoder,
    bursts: Bursts,
}

impl FullScreen {
    /// A terminal that was taken, what is drawn on it, and what is typed.
    #[must_use]
    pub fn new(guard: Guard, display: Display, decoder: Decoder) -> Self {
        Self { guard, display, decoder, bursts: Bursts::default() }
    }
}

impl Frontend for FullScreen {
    fn show(&mut self, scene: Scene) -> io::Result<()> {
        self.display.show(scene)
    }

    fn sight(&self, scene: &Scene) -> Sight {
        // Of the terminal and not of the last frame: a window may have become smaller before its
        // signal is here, and the key that comes now was pressed before what it shows.
        let (columns, rows) = self.guard.size();
        self.display.sight(scene, columns, rows)
    }

    fn frame_left(&mut self) -> io::Result<()> {
        self.display.frame_left()
    }

    fn repaint(&mut self) -> io::Result<()> {
        let (columns, rows) = self.guard.size();
        self.display.resize(columns, rows)
    }

    fn suspend(&mut self) {
        self.guard.put_away();
        signals::stop_here();
    }

    fn resume(&mut self) -> io::Result<()> {
        self.guard.reenter()?;
        self.repaint()
    }

    fn feed(&mut self, bytes: &[u8], at: Instant) -> Vec<Key> {
        let keys = self.decoder.feed(bytes, at);
        self.bursts.feed(keys, at)
    }

    fn deadline(&self) -> Option<Instant> {
        self.decoder.deadline().into_iter().chain(self.bursts.deadline()).min()
    }

    fn expire(&mut self, at: Instant) -> Vec<Key> {
        let keys: Vec<Key> = self.decoder.expire(at).into_iter().collect();
        self.bursts.feed(keys, at)
    }
}
