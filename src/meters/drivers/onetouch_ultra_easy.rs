//! OneTouch UltraEasy, sold as `UltraMini` in North America: binary frames over a serial line at 9600 baud, each frame
//! numbered and acknowledged.
//!
//! Decisions where the specifications differ or are silent:
//! - The link follows the state machine of LifeScan's own captures: both sides count from 0 after a disconnect, and the
//!   host acknowledges every answer. Another reader starts at 1 and acknowledges only after a timeout, which works by
//!   the meter's tolerance alone.
//! - No pause of 100 ms between the host's frames: one source asks for it, another reads meters without, and the
//!   acknowledgements already keep the two sides in step.
//! - The answer to the count begins with 05 0F. A reader that wants 0F alone lost the 05 by mistake.
//! - The meter marks neither control tests nor meals, so every reading carries the doubt that it may be a control test.
//! - Values: FFFE hexadecimal is LO and FFFF is HI; other numbers below 20 and above 600 are LO and HI too.

use super::Driver;
use super::lifescan::line::{SEND, next_frame, settle};
use super::lifescan::{LifeScanQuestion, MemoryFound, RecordLayout, Wire, ask};
use crate::domain::text::Clean;
use crate::meters::codec::lifescan_frame::answer::{NO_SUCH_RECORD, ascii, counted_ascii};
use crate::meters::codec::lifescan_frame::control::LinkControl;
use crate::meters::codec::lifescan_frame::record::Layout;
use crate::meters::codec::lifescan_frame::{Frame, Frames};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Account;
use crate::meters::link::LineSettings;

/// How often the connection is started at most: once, and up to three times again.
const STARTS: u32 = 4;

const STARTING: &str = "starting the connection";

/// The version's number; the date follows without a gap: `P02.00.0025/05/07`.
const VERSION_LETTERS: usize = 9;

/// Reads a OneTouch UltraEasy or `UltraMini`.
#[derive(Debug, Clone, Copy)]
pub struct OneTouchUltraEasy;

impl Driver for OneTouchUltraEasy {
    fn name(&self) -> &'static str {
        "onetouch-ultra-easy"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings::eight_n_one(9600))
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        let mut wire = NumberedFrames::default();
        wire.connect(conversation)?;
        // The numbers of the frames tie an answer to its question, so once is enough.
        // Nine zeros: LifeScan's own program sends other bytes there, and the meter answers both.
        let question = LifeScanQuestion::new("asking for the serial number", &[5, 0x0B, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let serial = ask(&mut wire, conversation, &question, |data| ascii(data).map(str::to_owned))?;
        let mut found = MemoryFound::default();
        let outcome = read_all(&mut found, &mut wire, conversation);
        // After an error the two sides may not agree on their numbers, and the next connection begins with an end
        // anyhow.
        if outcome.is_ok() {
            wire.end(conversation);
        }
        let model = if sold_as.is_empty() { "OneTouch UltraEasy".into() } else { sold_as.clone() };
        found.into_download(outcome, conversation, self.name(), (model, &serial))
    }
}

fn read_all(
    found: &mut MemoryFound,
    wire: &mut NumberedFrames,
    conversation: &mut Conversation<'_>,
) -> Result<(), MeterError> {
    let unit = LifeScanQuestion::new("asking for the unit", &[5, 9, 2, 9, 0, 0, 0, 0]);
    found.check_unit(wire, conversation, &unit)?;
    let version = LifeScanQuestion::new("asking for the software version", &[5, 0x0D, 2]);
    let parse = |data: &[u8]| counted_ascii(data).map(str::to_owned);
    found.read_version(wire, conversation, &version, parse, VERSION_LETTERS)?;
    let clock = LifeScanQuestion::new("asking for the clock", &[5, 0x20, 2, 0, 0, 0, 0]);
    found.read_clock(wire, conversation, &clock, Layout::UltraEasy.epoch())?;
    found.read_memory(wire, conversation, &memory())
}

/// Asked for record 501 of 500 at most, the meter says how many it has.
fn memory() -> RecordLayout {
    let count = LifeScanQuestion::new("asking for the number of records", &[5, 0x1F, 0xF5, 0x01]);
    RecordLayout {
        layout: Layout::UltraEasy,
        count: LifeScanQuestion { status: NO_SUCH_RECORD, ..count },
        record: |index| {
            let [low, high] = index.to_le_bytes();
            LifeScanQuestion::new("asking for a record", &[5, 0x1F, low, high])
        },
    }
}

/// The two sides of the connection: what has arrived, the bit of our next frame, the bit of the meter's next frame.
#[derive(Default)]
struct NumberedFrames {
    frames: Frames,
    sequence: bool,
    expected: bool,
}

impl NumberedFrames {
    /// Ends whatever connection there was, so that both sides count from 0; wakes the meter.
    fn connect(&mut self, conversation: &mut Conversation<'_>) -> Result<(), MeterError> {
        let mut start = 1;
        loop {
            self.frames.clear();
            send(conversation, LinkControl::disconnect(false, false), &[], STARTING)?;
            let error = match next_frame(&mut self.frames, conversation, STARTING) {
                Ok(frame) if frame.control == LinkControl::DISCONNECTED && frame.message.is_empty() => {
                    self.sequence = false;
                    self.expected = false;
                    return Ok(());
                }
                Ok(_) => out_of_step(STARTING),
                Err(error @ (MeterError::Cancelled | MeterError::Link { .. })) => return Err(error),
                Err(error) => error,
            };
            if start == STARTS {
                return Err(error);
            }
            start += 1;
            settle(&mut self.frames, conversation, STARTING)?;
        }
    }

    /// Says good-bye. Everything has been read by now, so nothing depends on the answer.
    fn end(&mut self, conversation: &mut Conversation<'_>) {
        let during = "ending the connection";
        self.frames.clear();
        let control = LinkControl::disconnect(self.sequence, self.expected);
        if send(conversation, control, &[], during).is_ok() {
            let _ = next_frame(&mut self.frames, conversation, during);
        }
    }
}

impl Wire for NumberedFrames {
    fn exchange(
        &mut self,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
    ) -> Result<Vec<u8>, MeterError> {
        self.frames.clear();
        let asks = LinkControl::message(self.sequence, self.expected);
        send(conversation, asks, &question.message, question.during)?;
        let heard = next_frame(&mut self.frames, conversation, question.during)?;
        if heard.control != LinkControl::acknowledge(self.expected, !self.sequence) || !heard.message.is_empty() {
            return Err(out_of_step(question.during));
        }
        // On the acknowledgement, not on the answer: a repeat of the same bit would be taken for a repeat of the same
        // request.
        self.sequence = !self.sequence;
        let answer = next_frame(&mut self.frames, conversation, question.during)?;
        if answer.control != LinkControl::message(self.expected, self.sequence) {
            return Err(out_of_step(question.during));
        }
        // The acknowledgement names the frame that is expected next, so the bit changes before it is sent.
        self.expected = !self.expected;
        send(conversation, LinkControl::acknowledge(self.sequence, self.expected), &[], question.during)?;
        Ok(answer.message)
    }

    fn recover(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
        settle(&mut self.frames, conversation, during)?;
        self.connect(conversation)
    }
}

fn send(
    conversation: &mut Conversation<'_>,
    control: LinkControl,
    message: &[u8],
    during: &'static str,
) -> Result<(), MeterError> {
    conversation.send(&Frame { control, message: message.to_vec() }.encode(), during, SEND)
}

fn out_of_step(what: &'static str) -> MeterError {
    MeterError::Malformed { what, reason: "the frame is not the one that comes next".into() }
}
