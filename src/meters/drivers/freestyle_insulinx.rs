//! FreeStyle `InsuLinx`: the Neo's language with shorter rows.
//!
//! One source knows it, and has never tried it on a meter. It is not known where a row marks a control test, so each
//! reading carries that doubt; insulin and other records are counted and left out.

use super::Driver;
use super::freestyle_hid::{FreeStyleModel, List, read};
use super::freestyle_neo::sorted;
use crate::domain::text::Clean;
use crate::meters::codec::freestyle_hid::neo::Layout;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Account;

/// The language of the `InsuLinx`.
const INSULINX: FreeStyleModel = FreeStyleModel {
    driver: "freestyle-insulinx",
    sold_as: "FreeStyle InsuLinx",
    serial: "$serlnum?",
    lists: &[List {
        command: "$result?",
        during: "reading the results",
        parse: |row, index| sorted(row, Layout::InsuLinx, index),
    }],
};

/// Reads a FreeStyle `InsuLinx`.
#[derive(Debug, Clone, Copy)]
pub struct FreeStyleInsuLinx;

impl Driver for FreeStyleInsuLinx {
    fn name(&self) -> &'static str {
        INSULINX.driver
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        read(&INSULINX, conversation, sold_as)
    }
}
