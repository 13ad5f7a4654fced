//! A simulated Accu-Chek meter on USB: an agent of IEEE 11073-20601 with a permanent store.
//!
//! Speaks first, offers to talk three more times, and then stays silent, as a meter that was left plugged in. It holds
//! the host to the protocol: a wrong acknowledgement ends the conversation, and a request to erase is remembered.

mod config;
mod memory;
mod objects;
#[cfg(test)]
mod tests;
mod transfer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(super) use self::config::CASES;
pub use self::config::{AccuChekConfig, Quirks, TransferRefusal};
use self::memory::StoredSegment;
use self::transfer::SegmentTransfer;
use super::SimulatedMeter;
use super::wanted::{SettableClock, Wanted};
use crate::domain::cause::Cause;
use crate::meters::codec::ieee11073::apdu::Apdu;
use crate::meters::codec::ieee11073::association::AssociationResult;
use crate::meters::codec::ieee11073::configuration::ConfigurationResponse;
use crate::meters::codec::ieee11073::data::{Data, Message};
use crate::meters::codec::ieee11073::nomenclature::{MDS_HANDLE, action, event};
use crate::meters::codec::ieee11073::segment::encode_segments;
use crate::meters::codec::ieee11073::time::AbsoluteTime;

/// How often a meter asks for an association, how many times, and how long it waits for the answer to its configuration
/// and for an acknowledgement (11073-20601: after 10 s, three times again; 10 s; 3 s).
const REPEAT_OFFER: Duration = Duration::from_secs(10);
const MOST_OFFERS: u32 = 4;
const CONFIGURATION_TIMEOUT: Duration = Duration::from_secs(10);
const ACKNOWLEDGEMENT_TIMEOUT: Duration = Duration::from_secs(3);
/// Event time of a meter without a relative clock.
const NO_TIME: u32 = 0xFFFF_FFFF;

/// Error: no such object.
const NO_SUCH_OBJECT: u16 = 1;
/// Error: no such action.
const NO_SUCH_ACTION: u16 = 9;
/// Error: the object does not allow it.
const NOT_ALLOWED: u16 = 24;

/// How far the conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Offering to talk, so many times so far.
    Offering(u32),
    /// The configuration was sent under this number.
    Configuring(u16),
    /// Answers requests, and perhaps sends a segment.
    Operating(Option<SegmentTransfer>),
    /// Says nothing more.
    Closed,
}

/// The meter.
#[derive(Debug)]
pub struct SimulatedAccuChek {
    config: AccuChekConfig,
    clock: SettableClock,
    segments: Vec<StoredSegment>,
    state: State,
    invoke_id: u16,
    refusals: u32,
    erase: Arc<AtomicBool>,
}

/// The meter that describes no entries and marks no meals.
pub(super) const ACTIVE: &str = "accu-chek-active";

/// The cases of [`CASES`] that are nothing new in it.
pub(super) const USUAL_IN_ACTIVE: &[&str] = &["no-maps", "no-meals", "stray-meal"];

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let number = model_number(&wanted.slug).ok_or_else(|| format!("{} cannot be simulated", wanted.slug))?;
    let mut quirks = wanted.fault.map(Quirks::from).unwrap_or_default();
    if wanted.slug == ACTIVE {
        (quirks.has_no_maps, quirks.has_short_entries) = (true, true);
    }
    let meter = SimulatedAccuChek::new(AccuChekConfig {
        model_number: number.to_owned(),
        serial: wanted.serial.unwrap_or_else(|| format!("000{number}00001")),
        quirks: Quirks { is_clock_adjusted: quirks.is_clock_adjusted || wanted.clock_was_adjusted, ..quirks },
        ..AccuChekConfig::guide(wanted.memory, (wanted.clock)())
    });
    Ok(Box::new(SimulatedAccuChek { clock: SettableClock::new(wanted.clock), ..meter }))
}

/// A number that an Accu-Chek meter of this slug reports as its model: one of the numbers that the driver knows.
fn model_number(slug: &str) -> Option<&'static str> {
    Some(match slug {
        // What number an Active reports is not published.
        ACTIVE => "000",
        "accu-chek-guide" => "925",
        "accu-chek-guide-me" => "897",
        "accu-chek-instant" => "972",
        "accu-chek-aviva-connect" => "483",
        "relion-platinum" => "982",
        _ => return None,
    })
}

impl SimulatedAccuChek {
    /// A meter set up like this, not yet plugged in. Its clock stands still.
    #[must_use]
    pub fn new(config: AccuChekConfig) -> Self {
        let segments = memory::segments(&config);
        let (invoke_id, refusals) = (config.first_invoke_id, config.quirks.refusal.map_or(0, |refusal| refusal.times));
        let (clock, state) = (SettableClock::still(config.clock), State::Offering(0));
        Self { config, clock, segments, state, invoke_id, refusals, erase: Arc::default() }
    }

    /// Whether anybody ever asked this meter to erase something.
    #[must_use]
    pub fn erase_was_asked(&self) -> bool {
        self.erase.load(Ordering::Acquire)
    }

    /// The same as [`SimulatedAccuChek::erase_was_asked`], for when the meter is behind a link.
    #[must_use]
    pub fn erase_watch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.erase)
    }

    fn offer(&mut self, times: u32) -> Vec<Apdu> {
        self.state = State::Offering(times);
        vec![Apdu::AssociationRequest(objects::offer(&self.config))]
    }

    fn abort(&mut self, reason: u16) -> Vec<Apdu> {
        self.state = State::Closed;
        vec![Apdu::Abort { reason }]
    }

    fn own_id(&mut self) -> u16 {
        let id = self.invoke_id;
        self.invoke_id = id.wrapping_add(1);
        id
    }

    fn associate(&mut self, result: AssociationResult) -> Vec<Apdu> {
        match result {
            // A host that accepts outright knows the configuration, so none is sent (11073-20601).
            AssociationResult::Accepted => {
                self.state = State::Operating(None);
                Vec::new()
            }
            AssociationResult::AcceptedUnknownConfiguration if self.config.quirks.asks_association_twice => {
                self.config.quirks.asks_association_twice = false;
                self.offer(1)
            }
            AssociationResult::AcceptedUnknownConfiguration => {
                let invoke_id = self.own_id();
                self.state = State::Configuring(invoke_id);
                let info = objects::configuration(&self.config).encode();
                let (confirmed, handle, event) = (true, MDS_HANDLE, event::CONFIGURATION);
                let message = Message::Event { confirmed, handle, time: NO_TIME, event, info };
                vec![Apdu::Data(Data { invoke_id, message })]
            }
            AssociationResult::Rejected(_) => {
                self.state = State::Closed;
                Vec::new()
            }
        }
    }

    fn configured(&mut self, data: &Data, expected: u16) -> Vec<Apdu> {
        // An agent describes itself before its configuration is confirmed, too (11073-20601, agent table 5.22).
        if let Message::Get { handle: MDS_HANDLE, attributes } = &data.message {
            let message = self.system(attributes);
            return vec![Apdu::Data(Data { invoke_id: data.invoke_id, message })];
        }
        let Message::EventResponse { handle: MDS_HANDLE, event: event::CONFIGURATION, info, .. } = &data.message else {
            return self.abort(0);
        };
        let accepted = Ok(ConfigurationResponse { id: objects::CONFIGURATION, result: 0 });
        if data.invoke_id != expected || ConfigurationResponse::decode(info) != accepted {
            return self.abort(0);
        }
        self.state = State::Operating(None);
        Vec::new()
    }

    fn system(&self, attributes: &[u16]) -> Message {
        let mut all = objects::system(&self.config, self.clock.now());
        all.0.retain(|attribute| attributes.is_empty() || attributes.contains(&attribute.id));
        Message::GetResponse { handle: MDS_HANDLE, attributes: all }
    }

    fn operate(&mut self, data: Data, transfer: Option<SegmentTransfer>) -> Vec<Apdu> {
        let invoke_id = data.invoke_id;
        let error = |error| Message::Error { error, parameter: Vec::new() };
        let answer = match data.message {
            Message::EventResponse { handle, event, info, .. } => {
                let is_ours = (handle, event) == (self.config.store_handle, event::SEGMENT_DATA);
                let Some(transfer) = transfer.filter(|transfer| is_ours && transfer.invoke_id == invoke_id) else {
                    return self.abort(0);
                };
                return self.acknowledged(transfer, &info);
            }
            Message::Get { handle: MDS_HANDLE, attributes } => self.system(&attributes),
            Message::Get { .. } => error(NO_SUCH_OBJECT),
            Message::Action { handle, action, info } => return self.act(invoke_id, handle, action, &info),
            Message::Event { .. }
            | Message::GetResponse { .. }
            | Message::ActionResponse { .. }
            | Message::Error { .. }
            | Message::Reject { .. }
            | Message::Other { .. } => error(NO_SUCH_ACTION),
        };
        vec![Apdu::Data(Data { invoke_id, message: answer })]
    }

    fn act(&mut self, invoke_id: u16, handle: u16, action: u16, info: &[u8]) -> Vec<Apdu> {
        // Noticed whatever object it is asked of, and then refused below as an action that there is
        // not.
        if action == action::SEGMENT_CLEAR {
            self.erase.store(true, Ordering::Release);
        }
        let mut events = Vec::new();
        let done = if handle == self.config.store_handle && action == action::SEGMENT_GET_INFO {
            let descriptions: Vec<_> = self.segments.iter().map(|segment| segment.description.clone()).collect();
            Ok(encode_segments(&descriptions))
        } else if handle == self.config.store_handle && action == action::SEGMENT_TRIGGER_TRANSFER {
            let (result, first) = self.trigger(info);
            events = first;
            Ok([info, &result.to_be_bytes()].concat())
        } else if handle == MDS_HANDLE && action == action::SET_TIME {
            self.set_time(info)
        } else {
            Err(NO_SUCH_ACTION)
        };
        let message = match done {
            Ok(info) => Message::ActionResponse { handle, action, info },
            Err(error) => Message::Error { error, parameter: Vec::new() },
        };
        let mut said = vec![Apdu::Data(Data { invoke_id, message })];
        said.extend(events);
        said
    }

    fn set_time(&mut self, info: &[u8]) -> Result<Vec<u8>, u16> {
        let stamp = info.first_chunk().map(|stamp| AbsoluteTime(*stamp));
        let time = stamp.and_then(|stamp| stamp.decode().ok()).filter(|_| !self.config.quirks.has_fixed_clock);
        self.clock.set(time.ok_or(NOT_ALLOWED)?);
        Ok(Vec::new())
    }

    /// Messages as transfers, cut and padded as the quirks have it.
    fn transfers(&self, said: &[Apdu]) -> Vec<Vec<u8>> {
        let quirks = &self.config.quirks;
        let mut transfers = Vec::new();
        for apdu in said {
            let bytes = apdu.encode();
            transfers.extend(quirks.empty_transfers.then(Vec::new));
            let Some(size) = quirks.transfer_size.filter(|size| *size > 0) else {
                transfers.push(bytes);
                continue;
            };
            transfers.extend(bytes.chunks(size).map(<[u8]>::to_vec));
            // Otherwise a host could not see the end of a message that fills its last piece.
            transfers.extend(bytes.len().is_multiple_of(size).then(Vec::new));
        }
        transfers
    }
}

impl SimulatedMeter for SimulatedAccuChek {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        let said = self.offer(1);
        self.transfers(&said)
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let said = match (Apdu::decode(bytes), self.state) {
            (_, State::Closed) => Vec::new(),
            (Ok(Apdu::ReleaseRequest { .. }), _) => {
                self.state = State::Closed;
                vec![Apdu::ReleaseResponse { reason: 0 }]
            }
            (Ok(Apdu::Abort { .. }), _) => {
                self.state = State::Closed;
                Vec::new()
            }
            (Ok(Apdu::AssociationResponse(response)), State::Offering(_) | State::Configuring(_)) => {
                self.associate(response.result)
            }
            (Ok(Apdu::Data(data)), State::Configuring(invoke_id)) => self.configured(&data, invoke_id),
            (Ok(Apdu::Data(data)), State::Operating(transfer)) => self.operate(data, transfer),
            _ => self.abort(0),
        };
        self.transfers(&said)
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        let said = match self.state {
            State::Offering(times) if times < MOST_OFFERS && silence >= REPEAT_OFFER * times => self.offer(times + 1),
            State::Configuring(_) if silence >= CONFIGURATION_TIMEOUT => self.abort(3),
            State::Operating(Some(_)) if silence >= ACKNOWLEDGEMENT_TIMEOUT => self.abort(2),
            State::Offering(_) | State::Configuring(_) | State::Operating(_) | State::Closed => Vec::new(),
        };
        self.transfers(&said)
    }
}
