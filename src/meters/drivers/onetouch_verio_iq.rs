//! OneTouch Verio IQ: binary frames over the serial line that its own USB plug makes, at 38400 baud; one question, one
//! answer, no acknowledgements.
//!
//! Decisions where the specifications differ or are silent:
//! - Questions begin with 03, as in the published notes; another reader begins them with 04. The meter repeats the byte
//!   it was given.
//! - The unit's answer has the status 06 like all others; the published notes leave it out, but the length of the frame
//!   has room for it.
//! - The data of a record are ten bytes; "12 bytes after the status" counts the two in front of them.
//! - No pause of 20 ms between records: one reader makes it, another does without.
//! - The codes of LO and HI are not known: below 20 is LO, above 600 is HI.
//! - A control mark other than 0 and 1 leaves it in doubt whether blood was measured; an unknown meal mark is remarked.

use super::Driver;
use super::lifescan::line::{SEND, next_frame, settle};
use super::lifescan::{LifeScanQuestion, MemoryFound, RecordLayout, Wire, identify};
use crate::domain::text::Clean;
use crate::meters::codec::lifescan_frame::answer::{ascii, counted_ascii};
use crate::meters::codec::lifescan_frame::control::LinkControl;
use crate::meters::codec::lifescan_frame::record::Layout;
use crate::meters::codec::lifescan_frame::{Frame, Frames};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Account;
use crate::meters::link::LineSettings;

/// Reads a OneTouch Verio IQ.
#[derive(Debug, Clone, Copy)]
pub struct OneTouchVerioIq;

impl Driver for OneTouchVerioIq {
    fn name(&self) -> &'static str {
        "onetouch-verio-iq"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings::eight_n_one(38_400))
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        let mut wire = PlainFrames::default();
        // With 01 02 or 00 02 at its end, by the source; meters answer both.
        let question = LifeScanQuestion::new("asking for the serial number", &[3, 0x0B, 1, 2]);
        let serial = identify(&mut wire, conversation, &question, |data| ascii(data).map(str::to_owned))?;
        let mut found = MemoryFound::default();
        let outcome = read_all(&mut found, &mut wire, conversation);
        let model = if sold_as.is_empty() { "OneTouch Verio IQ".into() } else { sold_as.clone() };
        found.into_download(outcome, conversation, self.name(), (model, &serial))
    }
}

/// No two questions in a row have answers of one form, so that a late answer is never taken for the next one.
fn read_all(
    found: &mut MemoryFound,
    wire: &mut PlainFrames,
    conversation: &mut Conversation<'_>,
) -> Result<(), MeterError> {
    found.check_unit(wire, conversation, &LifeScanQuestion::new("asking for the unit", &[3, 9, 2, 2]))?;
    let version = LifeScanQuestion::new("asking for the software version", &[3, 0x0D, 1]);
    let parse = |data: &[u8]| counted_ascii(data).map(str::to_owned);
    found.read_version(wire, conversation, &version, parse, usize::MAX)?;
    let clock = LifeScanQuestion::new("asking for the clock", &[3, 0x20, 2]);
    found.read_clock(wire, conversation, &clock, Layout::VerioIq.epoch())?;
    let memory = RecordLayout {
        layout: Layout::VerioIq,
        count: LifeScanQuestion::new("asking for the number of records", &[3, 0x27, 0]),
        record: |index| {
            let [low, high] = index.to_le_bytes();
            LifeScanQuestion::new("asking for a record", &[3, 0x21, low, high])
        },
    };
    found.read_memory(wire, conversation, &memory)
}

/// Frames without link control.
#[derive(Default)]
struct PlainFrames(Frames);

impl Wire for PlainFrames {
    fn exchange(
        &mut self,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
    ) -> Result<Vec<u8>, MeterError> {
        self.0.clear();
        let asks = Frame { control: LinkControl::default(), message: question.message.clone() };
        conversation.send(&asks.encode(), question.during, SEND)?;
        let answer = next_frame(&mut self.0, conversation, question.during)?;
        // This meter numbers no frames: one with a number was damaged, though its check value is
        // right.
        if answer.control != LinkControl::default() {
            let reason = "the frame carries link control".to_owned();
            return Err(MeterError::Malformed { what: question.during, reason: reason.into() });
        }
        Ok(answer.message)
    }

    fn recover(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
        settle(&mut self.0, conversation, during)
    }
}
