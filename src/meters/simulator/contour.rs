//! A Contour meter from its own side: transmits its memory frame by frame, over HID reports or a serial cable.
//!
//! Asked to start over it does; everything that is no byte of a transmission (remote commands among them) it
//! remembers. A serial meter announces no number of results and sends the average of its results first. Refused its
//! request to transmit (NAK), it ends, and once it was asked (ENQ) it takes remote commands, each acknowledged (Bayer's
//! interface specification); none of them does anything here. The meters with a plug take none.

mod quirks;
mod records;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) use self::quirks::CASES;
pub use self::quirks::ContourQuirks;
pub use self::records::ContourConfig;
use super::SimulatedMeter;
use super::cases::only;
use super::fault::FaultKind;
use super::wanted::{SettableClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::glucose::Unit;
use crate::meters::codec::astm::result::Layout;
use crate::meters::codec::astm::{ACK, CAN, ENQ, EOT, Frame, NAK};
use crate::meters::codec::contour_report;

/// How far the transmission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not begun.
    Idle,
    /// A request to transmit was sent.
    Greeted,
    /// This record was sent last.
    Sending(usize),
    /// Over.
    Ended,
    /// Refused, and waits to be asked whether it takes remote commands.
    Refused,
    /// Takes remote commands.
    Remote,
}

/// The meter.
#[derive(Debug)]
pub struct SimulatedContour {
    config: ContourConfig,
    clock: SettableClock,
    /// The transmission, record by record. Its header has the time at which it began.
    records: Vec<String>,
    state: State,
    /// Openers to come that it does not hear.
    deaf: u32,
    /// The record whose frames are to be damaged, and how many more times.
    damage: Option<(usize, u32)>,
    /// The byte whose frame gets a wrong checksum, counted as the wire counts.
    checksum_at: Option<u64>,
    said: u64,
    command: Arc<AtomicBool>,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let (layout, product) = model(&wanted.slug).ok_or_else(|| format!("{} cannot be simulated", wanted.slug))?;
    let of_kind = |kind| wanted.fault.filter(|fault| fault.kind == kind).map(|fault| fault.at);
    let more = of_kind(FaultKind::CountHigh).map_or(0, |more| u32::try_from(more).unwrap_or(u32::MAX));
    let number = product.trim_start_matches(|c: char| !c.is_ascii_digit());
    let serial = wanted.serial.unwrap_or_else(|| match layout {
        Layout::Hid => "0000001".to_owned(),
        Layout::Serial => format!("{number}-0000001"),
    });
    if !serial.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') || serial.is_empty() {
        return Err("a serial number of a Contour meter is letters, digits and -".into());
    }
    let config = ContourConfig {
        layout,
        product: product.to_owned(),
        serial: if layout == Layout::Hid { format!("{number}-{serial}") } else { serial },
        unit: if wanted.shows_mmol { Unit::MmolPerL } else { Unit::MgPerDl },
        memory: wanted.memory,
        clock: (wanted.clock)(),
        quirks: ContourQuirks { count_too_high: more, ..only(CASES, wanted.fault) },
    };
    let meter = SimulatedContour::new(config);
    let (clock, checksum_at) = (SettableClock::new(wanted.clock), of_kind(FaultKind::Checksum));
    Ok(Box::new(SimulatedContour { clock, checksum_at, ..meter }))
}

/// What a model of the catalogue reports as its product.
fn model(slug: &str) -> Option<(Layout, &'static str)> {
    Some(match slug {
        "contour" => (Layout::Serial, "Bayer7150"),
        "contour-next" => (Layout::Hid, "Bayer7350"),
        "contour-next-ez" => (Layout::Serial, "Bayer7160"),
        "contour-next-gen" => (Layout::Hid, "Contour7900"),
        "contour-next-link" => (Layout::Hid, "Bayer6200"),
        "contour-next-link-24" => (Layout::Hid, "Bayer6210"),
        "contour-next-one" => (Layout::Hid, "Contour7800"),
        "contour-next-usb" => (Layout::Hid, "Bayer7410"),
        "contour-plus" => (Layout::Serial, "Contour7600"),
        "contour-plus-blue" => (Layout::Hid, "Contour7950"),
        "contour-usb" => (Layout::Hid, "Bayer7390"),
        _ => return None,
    })
}

impl SimulatedContour {
    /// A meter set up like this, not yet plugged in. Its clock stands still.
    #[must_use]
    pub fn new(config: ContourConfig) -> Self {
        let records = records::transmission(&config);
        let (deaf, damage) = (config.quirks.deaf_openers, config.quirks.damaged);
        let (clock, state, said, checksum_at) = (SettableClock::still(config.clock), State::Idle, 0, None);
        Self { config, clock, records, state, deaf, damage, checksum_at, said, command: Arc::default() }
    }

    /// Whether anything was sent to it that is no byte of a transmission, such as a remote command to erase or to set
    /// its clock. Works while the meter is behind a link, too.
    #[must_use]
    pub fn command_watch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.command)
    }

    fn hear_byte(&mut self, byte: u8) -> Vec<Vec<u8>> {
        let is_serial = self.config.layout == Layout::Serial;
        let is_opening = matches!(self.state, State::Idle | State::Ended);
        if is_opening && self.deaf > 0 && matches!(byte, ACK | EOT | NAK) {
            self.deaf -= 1;
            return Vec::new();
        }
        match (byte, self.state) {
            (ACK, State::Idle) if self.config.quirks.asks_first => {
                self.look_at_clock();
                self.state = State::Greeted;
                vec![vec![ENQ]]
            }
            (NAK, State::Idle | State::Greeted) if is_serial => {
                self.state = State::Refused;
                vec![vec![EOT]]
            }
            // A meter with a plug has been seen to begin at once, without a request to transmit.
            (ACK | NAK, State::Idle) => {
                self.look_at_clock();
                self.send(0)
            }
            (ACK | NAK, State::Greeted) => self.send(0),
            (ACK, State::Sending(at)) => {
                let twice = self.config.quirks.twice == Some(at + 1);
                let mut said = self.send(at + 1);
                if twice {
                    said.extend(said.clone());
                }
                said
            }
            (NAK, State::Sending(at)) => self.send(at),
            (NAK, State::Refused | State::Remote) | (ACK | NAK, State::Ended) => vec![vec![EOT]],
            (ACK, State::Refused | State::Remote) | (EOT, _) => self.start_over(),
            (ENQ, _) => {
                if self.state == State::Refused {
                    self.state = State::Remote;
                }
                vec![vec![ACK]]
            }
            (CAN, _) => {
                self.state = State::Ended;
                vec![vec![EOT]]
            }
            _ => {
                self.command.store(true, Ordering::Release);
                match (self.state, byte) {
                    (State::Remote, b'|') => vec![vec![ACK]],
                    (State::Remote, _) => Vec::new(),
                    _ => vec![vec![NAK]],
                }
            }
        }
    }

    /// A foretaste of the header and a request to transmit; older meters only request.
    fn start_over(&mut self) -> Vec<Vec<u8>> {
        self.look_at_clock();
        self.state = State::Greeted;
        let mut message = vec![EOT];
        if self.config.layout == Layout::Hid {
            // As captured of a Contour USB: EOT, the header and ENQ in one message. The header then comes again.
            message.extend(self.frame(0));
        }
        message.push(ENQ);
        vec![message]
    }

    /// A transmission begins: its header has the time.
    fn look_at_clock(&mut self) {
        if let Some(header) = self.records.first_mut() {
            *header = records::header(&self.config, self.clock.now());
        }
    }

    fn send(&mut self, at: usize) -> Vec<Vec<u8>> {
        let quirks = &self.config.quirks;
        if quirks.cancelled == Some(at) {
            self.state = State::Ended;
            return vec![vec![CAN]];
        }
        if at >= self.records.len() {
            self.state = State::Ended;
            return vec![vec![EOT]];
        }
        self.state = State::Sending(at);
        let mut frame = self.frame(at);
        if let Some((_, times @ 1..)) = self.damage.filter(|(place, _)| *place == at) {
            self.damage = Some((at, times - 1));
            spoil_checksum(&mut frame);
        }
        vec![frame]
    }

    fn frame(&self, at: usize) -> Vec<u8> {
        let text = self.records.get(at).cloned().unwrap_or_default();
        let is_skipped = self.config.quirks.skips_number.is_some_and(|skipped| at >= skipped);
        // Frames count from 1 and go on from 7 with 0 (ASTM E1381).
        let number = u8::try_from((at + 1 + usize::from(is_skipped)) % 8).unwrap_or_default();
        Frame { number, text, is_last: at + 1 == self.records.len() }.encode()
    }

    /// Messages as transfers, with the checksum wrong that the fault names.
    fn say(&mut self, messages: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for mut message in messages {
            let mut transfers = self.transfers(&message);
            let length: u64 = transfers.iter().map(|transfer| transfer.len() as u64).sum();
            let end = self.said + length;
            if self.checksum_at.is_some_and(|at| (self.said..end).contains(&at)) {
                spoil_checksum(&mut message);
                transfers = self.transfers(&message);
            }
            self.said = end;
            all.extend(transfers);
        }
        all
    }

    fn transfers(&self, message: &[u8]) -> Vec<Vec<u8>> {
        if self.config.layout == Layout::Serial {
            return vec![message.to_vec()];
        }
        let mut reports = contour_report::encode(message);
        if self.config.quirks.ends_full_reports && message.len().is_multiple_of(contour_report::CAPACITY) {
            reports.push(contour_report::report(&[]));
        }
        reports
    }
}

/// Changes the last digit of a frame's checksum. A message without a frame stays.
fn spoil_checksum(message: &mut [u8]) {
    let end = message.len() - usize::from(message.ends_with(&[ENQ]));
    if let Some([digit, b'\r', b'\n']) = message.get_mut(..end).and_then(<[u8]>::last_chunk_mut::<3>) {
        *digit = if *digit == b'0' { b'1' } else { b'0' };
    }
}

impl SimulatedMeter for SimulatedContour {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.state = State::Idle;
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let heard = match self.config.layout {
            Layout::Serial => bytes,
            Layout::Hid => contour_report::decode(bytes).unwrap_or_default(),
        };
        let said = heard.iter().flat_map(|byte| self.hear_byte(*byte)).collect();
        self.say(said)
    }

    fn baud(&self) -> Option<u32> {
        (self.config.layout == Layout::Serial).then_some(9600)
    }
}

#[cfg(test)]
mod tests;
