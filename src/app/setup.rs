//! What the app is told when it starts.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::action::Keymap;
use super::effect::DemoMeterId;
use crate::domain::glucose::Unit;
use crate::domain::meter::MeterGuide;
use crate::domain::report_kind::ExportTarget;
use crate::domain::scanned_code::ScannerRules;
use crate::domain::text::Clean;

/// What the app is told when it starts.
#[derive(Debug, Clone)]
pub struct AppSetup {
    /// The clinic's name; empty until the platform is open, which knows whether it is for training.
    pub site: Clean,
    /// The time now.
    pub at: Timestamp,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// Which key does what.
    pub keymap: Keymap,
    /// Random text, new at every start: idempotency keys are made from it.
    pub nonce: String,
    /// The meters that can be read, with the steps to connect each.
    pub guides: Vec<MeterGuide>,
    /// The meters of the demo clinic that can be plugged by key; empty outside the demo.
    pub demo: Vec<DemoMeter>,
    /// Names and passwords of the demo clinic's users, shown at sign-in; empty outside the demo.
    pub demo_logins: Vec<(Clean, Clean)>,
    /// Whether this computer has USB. Without it the device panel says so, and everything else works.
    pub has_usb: bool,
    /// Whether people sign in by a code that they type on another device.
    pub signs_in_by_code: bool,
    /// The version of the program.
    pub version: &'static str,
    /// The folder of the log, as a person is told it; none where nothing is logged.
    pub log: Option<Clean>,
    /// Where exports go.
    pub exports: ExportTarget,
    /// The unit in which values are shown at first; without it that in which most of somebody's were sent.
    pub unit: Option<Unit>,
    /// How barcode scanners of this computer are set up.
    pub scanner: ScannerRules,
    /// After so long without a key the station locks; without it never.
    pub locks_after: Option<SignedDuration>,
}

/// A simulated meter of the demo clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoMeter {
    /// Which one.
    pub id: DemoMeterId,
    /// Its name: `Accu-Chek Guide ..0105`.
    pub name: Clean,
    /// What is special about it: `memory full`.
    pub remark: Clean,
    /// Whether it is plugged in.
    pub plugged: bool,
}
