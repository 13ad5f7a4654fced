//! Frames on a serial line, each taken as soon as its last byte is here.

use std::time::Duration;

use super::damaged;
use crate::meters::codec::lifescan_frame::{Frame, Frames};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// The limit for an answer to begin: 0.5 s for an `UltraEasy`, and 1 s is what Tidepool gives a Verio IQ.
pub(in super::super) const ANSWER: Duration = Duration::from_secs(1);

/// For a few bytes on the way to the meter.
pub(in super::super) const SEND: Duration = Duration::from_secs(1);

/// This much silence shows that nothing of an old answer is under way, nor the rest of a frame:
/// inside one the meter pauses for 10 ms at most, a USB converter not much longer.
const QUIET: Duration = Duration::from_millis(200);

/// More bytes than a frame and its acknowledgement have; what holds no frame by then is noise.
const MOST_NOISE: usize = 1024;

/// The next frame.
pub(in super::super) fn next_frame(
    frames: &mut Frames,
    conversation: &mut Conversation<'_>,
    during: &'static str,
) -> Result<Frame, MeterError> {
    let mut arrived = 0;
    loop {
        match frames.take() {
            Ok(Some(frame)) => return Ok(frame),
            Ok(None) => {}
            Err(damage) => return Err(damaged(during, damage)),
        }
        if arrived > MOST_NOISE {
            return Err(noise(during));
        }
        // Once a frame has begun its bytes follow each other: what is missing by then was lost.
        let wait = if frames.is_empty() { ANSWER } else { QUIET };
        match conversation.receive(during, wait) {
            Ok(bytes) => {
                arrived += bytes.len().max(1);
                frames.push(&bytes);
            }
            Err(error @ MeterError::Silent { .. }) => {
                return Err(frames.damage().map_or(error, |damage| damaged(during, damage)));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Throws away what still comes, until the line is silent.
pub(in super::super) fn settle(
    frames: &mut Frames,
    conversation: &mut Conversation<'_>,
    during: &'static str,
) -> Result<(), MeterError> {
    frames.clear();
    conversation.settle(during, QUIET, MOST_NOISE)
}

fn noise(what: &'static str) -> MeterError {
    MeterError::Malformed { what, reason: "the line does not fall silent".into() }
}
