//! FreeStyle Libre reader (the first Libre, and Libre Pro): `$arresult?` lists strips, ketones and scans, `$history?`
//! what the sensor measured each quarter of an hour.
//!
//! The two sources read it in two ways: one by text commands, the other by the reader's binary tables. The text way is
//! taken. It carries every value the binary way does, with two sums and a count; its answers from real readers are
//! published row by row; and the other source unpacks a compressed table only as far as its first record. What the
//! binary way has more, a check value for each record, would tell damage in the reader's memory; the number of fields
//! of a row tells the damage that has been seen. A list whose own sum is wrong under a right sum of the answer comes
//! from a reader with a damaged memory: it is shown, and never complete.
//!
//! Sensor values have the kind of a sensor and never count as blood glucose. Record numbers are those of one memory for
//! both lists, so a change of the clock in one casts its doubt on the other. A Libre 2 answers only in cipher, and is
//! refused with that reason. `$resetpatient` erases a reader and `$swreset` restarts it: neither is ever sent.
//! The protocol is in the module `freestyle_hid`, the rows are in [`crate::meters::codec::freestyle_hid::libre`].

use super::Driver;
use super::freestyle_hid::{FreeStyleModel, List, Sort, read};
use crate::domain::text::Clean;
use crate::meters::codec::freestyle_hid::libre::{LibreRow, parse_history, parse_result};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Account;

/// The language of the Libre.
const LIBRE: FreeStyleModel = FreeStyleModel {
    driver: "freestyle-libre",
    sold_as: "FreeStyle Libre",
    serial: "$sn?",
    lists: &[
        List {
            command: "$arresult?",
            during: "reading strips and scans",
            parse: |row, index| Ok(sorted(parse_result(row, index)?)),
        },
        List {
            command: "$history?",
            during: "reading the sensor's history",
            parse: |row, index| Ok(sorted(parse_history(row, index)?)),
        },
    ],
};

/// Reads a FreeStyle Libre reader.
#[derive(Debug, Clone, Copy)]
pub struct FreeStyleLibre;

impl Driver for FreeStyleLibre {
    fn name(&self) -> &'static str {
        LIBRE.driver
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        read(&LIBRE, conversation, sold_as)
    }
}

fn sorted(row: LibreRow) -> Sort {
    match row {
        LibreRow::Reading(id, reading) => Sort::Reading(i64::from(id), reading),
        LibreRow::ClockChange(id, change) => Sort::ClockChange(i64::from(id), change),
        LibreRow::Other(kind) => Sort::Other(kind),
    }
}
