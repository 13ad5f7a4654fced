//! OneTouch Verio (2015), Verio Flex, Verio Reflect, Select Plus, Select Plus Flex, Ultra Plus Flex: a USB drive whose
//! blocks 3 and 4 are registers. A question is written to one, and the answer is read from the same.
//!
//! Writing to a real drive would damage it. So nothing is written before the device has named itself `LifeScan` to
//! INQUIRY and its block 0 holds the label `LIFESCAN   FAT16`, and never to another block than 3 and 4. The USB vendor
//! was checked by whoever opened the link. (One source asks for the label only as an alternative;
//! both are wanted here.)
//!
//! Decisions where the specifications differ or are silent:
//! - Questions begin with 03, as in the published notes; another reader begins them with 04. The answer to a parameter
//!   always begins with 03, so that 03 needs no exception.
//! - The question for the unit is sent in its documented form, with a last byte that the meter ignores.
//! - The values LO and HI are those below 20 and above 600. (A reader that cuts at 21 and 599 takes true values of 20
//!   and 600 for LO and HI.)
//! - Bit 0 of the third byte of a record marks a test with control solution, as one source has it; the other shows 0.
//! - The lifetime number of a record is its own: a record that comes again in another's place is not taken.
//! - No pause between writing and reading.

mod drive;

use self::drive::Registers;
use super::Driver;
use super::lifescan::{BlockRegister, LifeScanQuestion, MemoryFound, RecordLayout, Wire, identify};
use crate::domain::text::{Clean, NAME_CELLS};
use crate::meters::codec::lifescan_frame::answer::utf16;
use crate::meters::codec::lifescan_frame::record::Layout;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Account;

/// Reads a OneTouch Verio and its successors.
#[derive(Debug, Clone, Copy)]
pub struct OneTouchVerio;

impl Driver for OneTouchVerio {
    fn name(&self) -> &'static str {
        "onetouch-verio"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        let mut wire = Registers::of_a_meter(conversation)?;
        let serial = identify(&mut wire, conversation, &text("asking for the serial number", 0), utf16)?;
        let model = identify(&mut wire, conversation, &text("asking for the model", 1), utf16)?;
        let mut found = MemoryFound::default();
        let outcome = read_all(&mut found, &mut wire, conversation);
        let told = Clean::new(&model, NAME_CELLS);
        let model = if told.is_empty() { sold_as.clone() } else { told };
        found.into_download(outcome, conversation, self.name(), (model, &serial))
    }
}

/// The question for one of the meter's texts.
fn text(during: &'static str, which: u8) -> LifeScanQuestion {
    LifeScanQuestion::new(during, &[3, 0xE6, 2, which])
}

fn read_all(
    found: &mut MemoryFound,
    wire: &mut dyn Wire,
    conversation: &mut Conversation<'_>,
) -> Result<(), MeterError> {
    found.read_version_twice(wire, conversation, &text("asking for the software version", 2), utf16)?;
    let unit = LifeScanQuestion::new("asking for the unit", &[3, 4, 0]);
    found.check_unit(wire, conversation, &LifeScanQuestion { register: BlockRegister::Parameters, ..unit })?;
    let clock = LifeScanQuestion::new("asking for the clock", &[3, 0x20, 2]);
    found.read_clock(wire, conversation, &clock, Layout::Verio.epoch())?;
    let memory = RecordLayout {
        layout: Layout::Verio,
        count: LifeScanQuestion::new("asking for the number of records", &[3, 0x27, 0]),
        record: |index| {
            let [low, high] = index.to_le_bytes();
            LifeScanQuestion::new("asking for a record", &[3, 0x31, 2, low, high, 0])
        },
    };
    found.read_memory(wire, conversation, &memory)
}
