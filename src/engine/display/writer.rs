//! The thread that writes frames, so that a slow line delays frames and nothing else.

use std::io;
use std::sync::mpsc::{Sender, channel};

use super::super::engine_event::{EngineEvent, Mailbox};

/// Where a frame goes: written whole, or not at all if the terminal was given back meanwhile.
pub type Sink = Box<dyn FnMut(&[u8]) -> io::Result<()> + Send>;

/// The engine's end of the thread.
#[derive(Debug)]
pub struct FrameWriter(Sender<Vec<u8>>);

impl FrameWriter {
    /// Starts the thread. It says [`EngineEvent::FrameLeft`] after each frame and [`EngineEvent::TerminalGone`] on an
    /// error, and ends when the writer is dropped.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(mut sink: Sink, mailbox: Mailbox) -> io::Result<Self> {
        // Never more than one frame is in it: `Display` sends the next when this one has left.
        let (frames, queue) = channel::<Vec<u8>>();
        std::thread::Builder::new().name("display".to_owned()).spawn(move || {
            while let Ok(frame) = queue.recv() {
                if sink(&frame).is_err() {
                    mailbox.put(EngineEvent::TerminalGone);
                    return;
                }
                mailbox.put(EngineEvent::FrameLeft);
            }
        })?;
        Ok(Self(frames))
    }

    /// Hands over a frame.
    ///
    /// # Errors
    /// If the thread has ended.
    pub fn send(&self, frame: Vec<u8>) -> io::Result<()> {
        self.0.send(frame).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}
