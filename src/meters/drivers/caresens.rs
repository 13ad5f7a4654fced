//! i-SENS meters: CareSens behind a CP2110, ReliOn Premier and GLUCOCARD Shine on a serial cable, GLUCOCARD Shine
//! Connex and Express with HID reports of their own. 9600 baud.
//!
//! A single byte asks for the protocol. On a cable the answer says 1 or 3; behind HID any answer will do and the
//! protocol is 3 (Tidepool). Protocol 3 is a conversation in packets, protocol 1 reads the meter's flash memory.
//!
//! Neither protects the records: packets with records carry no valid check value, and the flash is sent without any.
//! So what is not protected is asked for until two answers in a row are the same; an answer that was changed on the way
//! is not the same as the next one. Nor does an answer say for which records it is; therefore a late one is waited for
//! before anything is asked again, and in protocol 3 another question in between sorts them.
//!
//! Where the sources differ or leave a choice:
//! - Values above 600 or below 20 mg/dL are HI and LO also without the flag. Tidepool does so for one model only; the
//!   others measure no such values either.
//! - A test with control solution of a ketone is a control test; it is no patient's value.
//! - A record with the flags of both LO and HI is damaged.
//! - Protocol 1 is proven for the model CVP alone, whose records end at FF FF. For other models all places are read and
//!   those that begin with FF FF passed over. Values beyond the range other than the marks for LO and HI are doubted.
//! - Over a cable the same driver serves several models that cannot be told apart, so all get the same name: the key
//!   of a meter must not depend on what somebody chose.

mod flash;
mod packets;
mod plain_hid;
mod records;
mod wire;

use std::time::Duration;

use self::plain_hid::PlainHid;
use self::wire::Wire;
use super::Driver;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::conversation::Conversation;
use crate::meters::cp2110::{Medium, over_line};
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered};
use crate::meters::link::LineSettings;

/// The name in the catalogue of the meter that takes HID reports without a bridge.
pub const PLAIN_HID: &str = "GLUCOCARD Shine Connex";

/// The name of all meters at a serial cable.
const AT_A_CABLE: &str = "ReliOn Premier or GLUCOCARD Shine";

/// The meter's line.
const LINE: LineSettings = LineSettings::eight_n_one(9600);

/// Which language the meter speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// Reads of the flash memory.
    One,
    /// Packets.
    Three,
}

/// Reads an i-SENS meter.
#[derive(Debug, Clone, Copy)]
pub struct CareSens;

impl Driver for CareSens {
    fn name(&self) -> &'static str {
        "caresens"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        // HID reports of another form than a bridge's. The USB id alone tells them apart, so it is
        // the catalogue that knows.
        if sold_as.as_str() == PLAIN_HID {
            return conversation.through(
                |hid| Box::new(PlainHid::new(hid)),
                |conversation| read(conversation, Medium::Bridge, sold_as.clone()),
            );
        }
        over_line(conversation, LINE, |conversation, medium| {
            let model = match medium {
                Medium::Port => AT_A_CABLE.into(),
                Medium::Bridge if sold_as.is_empty() => "CareSens".into(),
                Medium::Bridge => sold_as.clone(),
            };
            read(conversation, medium, model)
        })
    }
}

fn read(conversation: &mut Conversation<'_>, medium: Medium, model: Clean) -> Result<Account, MeterError> {
    // Tidepool's limits: 5 s on a cable, 2 s over HID.
    let wait = Duration::from_secs(if medium == Medium::Port { 5 } else { 2 });
    let mut wire = Wire::new(conversation, wait);
    let mut gathered = Gathered::default();
    let (serial, model_number, outcome) = match wire.ask_protocol(medium)? {
        Protocol::Three => {
            let serial = packets::serial(&mut wire)?;
            (serial, None, packets::read(&mut wire, &mut gathered))
        }
        Protocol::One => {
            let (model, serial) = flash::identity(&mut wire)?;
            (serial, Some(model.name.into()), flash::read(&mut wire, &mut gathered, model))
        }
    };
    let meter = MeterIdentity {
        manufacturer: "i-SENS".into(),
        model,
        model_number,
        serial: Private::new(Clean::new(&serial, NAME_CELLS)),
        system_id: None,
        firmware: None,
        driver: CareSens.name().into(),
    };
    gathered.close(conversation, meter, outcome)
}
