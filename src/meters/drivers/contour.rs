//! Contour meters (Bayer, now Ascensia): records of ASTM E1394 in frames of ASTM E1381, over HID reports or a serial
//! cable at 9600 baud.
//!
//! The meter transmits its whole memory: a header with its identity, clock and number of results, then each result,
//! then a terminator. Every frame has a checksum and a number, every result a number of its own; a frame that is
//! damaged is asked for again. The transmission is complete with the terminator and, where the header announces a
//! number of results, with so many of them.
//!
//! Where the sources differ:
//! - The conversation is opened with ACK (Tidepool, every HID model) and not with EOT (glucodump, glucometerutils; two
//!   models): EOT comes second, for a meter that was left in the middle of a transmission and has to start anew.
//! - The limits in the header stay in mg/dL on meters that show mmol/L: captured headers of such meters have 10600 and
//!   20600. One source reads them as tenths of mmol/L, which would be 60 mmol/L for a meter that ends at 33.3.
//! - A control test has the whole mark `C`. Tidepool looks for the letter anywhere, and so loses results that are
//!   marked `ZC`, three hours after food.
//! - A message ends where its frame ends, not where a report is shorter than 60 bytes: a frame of 60 bytes has no
//!   shorter report behind it.
//! - A serial meter may send the average of its results among them. It says so (`GlucoseA`, without a date) and is left
//!   out, with a remark. Tidepool drops the first result whatever it is, and with it a reading where
//!   there is no average.
//!
//! The clock is the header's. Remote commands, with which a clock could be set, are never sent.

mod exchange;
mod models;
mod transfer;
mod wire;

use self::exchange::Exchange;
use self::transfer::ContourTransfer;
use self::wire::{ContourMedium, Wire};
use super::Driver;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::astm::header::Header;
use crate::meters::codec::astm::result::Layout;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Account;
use crate::meters::link::LineSettings;

/// Reads the Contour meters with a USB plug.
#[derive(Debug, Clone, Copy)]
pub struct ContourHid;

/// Reads the Contour meters with a serial cable.
#[derive(Debug, Clone, Copy)]
pub struct ContourSerial;

impl Driver for ContourHid {
    fn name(&self) -> &'static str {
        "contour-hid"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, _sold_as: &Clean) -> Result<Account, MeterError> {
        read(conversation, self.name(), ContourMedium::Hid, Layout::Hid)
    }
}

impl Driver for ContourSerial {
    fn name(&self) -> &'static str {
        "contour-serial"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, _sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings::eight_n_one(9600))
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        read(conversation, self.name(), ContourMedium::Serial, Layout::Serial)
    }
}

fn read(
    conversation: &mut Conversation<'_>,
    driver: &'static str,
    medium: ContourMedium,
    layout: Layout,
) -> Result<Account, MeterError> {
    let mut exchange = Exchange::new(conversation, Wire::new(medium));
    let text = exchange.open()?;
    let header =
        Header::parse(&text).map_err(|error| MeterError::Malformed { what: "the header", reason: Cause::of(error) })?;
    // The meter writes its clock into the header as it sends it; the memory behind it takes minutes.
    let host = exchange.conversation.now();
    let meter = identity(&header, driver, layout);
    let clock = header.clock.map(|meter| ClockReading { meter, host });
    let mut transfer = ContourTransfer::new(&header, layout, clock);
    let outcome = transfer.run(&mut exchange);
    // A person who has cancelled gets nothing, even if the last record came in the same moment.
    conversation.check_cancelled()?;
    transfer.gathered.close(conversation, meter, outcome)
}

fn identity(header: &Header, driver: &'static str, layout: Layout) -> MeterIdentity {
    let clean = |text: &str| Clean::new(text, NAME_CELLS);
    let number = header.product_number();
    MeterIdentity {
        manufacturer: "Ascensia".into(),
        model: clean(models::name(number).unwrap_or(&header.product)),
        model_number: (!number.is_empty()).then(|| clean(number)),
        // Labels of the serial family show the number with its prefix.
        serial: Private::new(clean(if layout == Layout::Hid { header.label_serial() } else { &header.serial })),
        system_id: None,
        firmware: header.versions.first().filter(|version| !version.is_empty()).map(|version| clean(version)),
        driver: driver.into(),
    }
}

#[cfg(test)]
mod tests;
