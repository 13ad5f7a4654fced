//! FreeStyle Precision Neo, sold as Optium Neo and Neo H too: `$result?` lists everything, newest first.
//!
//! Values are mg/dL whatever the display shows; ketones are sent as eighteenths of 1 mmol/L and shown with one decimal.
//! Insulin and basal titration records are counted and left out; a type that nobody names makes the download partial. A
//! stamp stays as the meter wrote it: one source corrects older stamps by the records of clock changes; here they get a
//! doubt instead, because a corrected stamp is one that no meter has shown. The protocol is in the module
//! `freestyle_hid`, the rows are in [`crate::meters::codec::freestyle_hid::neo`].

use super::Driver;
use super::freestyle_hid::{FreeStyleModel, List, Sort, read};
use crate::domain::text::Clean;
use crate::meters::codec::freestyle_hid::neo::{Layout, NeoRow, parse};
use crate::meters::codec::freestyle_hid::row::RowError;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Account;

/// The Neo's language.
const NEO: FreeStyleModel = FreeStyleModel {
    driver: "freestyle-neo",
    sold_as: "FreeStyle Precision Neo",
    serial: "$serlnum?",
    lists: &[List {
        command: "$result?",
        during: "reading the results",
        parse: |row, index| sorted(row, Layout::Neo, index),
    }],
};

/// Reads a FreeStyle Precision Neo.
#[derive(Debug, Clone, Copy)]
pub struct FreeStyleNeo;

impl Driver for FreeStyleNeo {
    fn name(&self) -> &'static str {
        NEO.driver
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        read(&NEO, conversation, sold_as)
    }
}

/// Sorts a row of `$result?`. The list begins with the newest, so a larger place is an earlier record.
pub(super) fn sorted(row: &str, layout: Layout, index: u32) -> Result<Sort, RowError> {
    let stored = -i64::from(index);
    Ok(match parse(row, layout, index)? {
        NeoRow::Reading(reading) => Sort::Reading(stored, reading),
        NeoRow::ClockChange(change) => Sort::ClockChange(stored, change),
        NeoRow::Other(kind) => Sort::Other(kind),
    })
}
