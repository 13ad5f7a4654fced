//! From the plug to an identified meter: association, configuration, and what the meter says of itself.

use std::time::Duration;

use super::dialogue::{Dialogue, malformed, unexpected};
use super::models;
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::ieee11073::apdu::Apdu;
use crate::meters::codec::ieee11073::association::{
    AssociationRequest, AssociationResponse, AssociationResult, MANAGER, Party,
};
use crate::meters::codec::ieee11073::attribute::Attributes;
use crate::meters::codec::ieee11073::configuration::{Configuration, ConfigurationResponse};
use crate::meters::codec::ieee11073::data::{Data, Message};
use crate::meters::codec::ieee11073::nomenclature::{DATA_PROTOCOL_20601, MDS_HANDLE, event};
use crate::meters::codec::ieee11073::system::{Specification, System};
use crate::meters::error::MeterError;

/// How long the association request may take from the plug on. Tidepool waits 5 s from the opening of the device, which
/// is later.
const ASSOCIATION: Duration = Duration::from_secs(10);
/// How long the configuration report may take (11073-20601, `TO_config`).
const CONFIGURATION: Duration = Duration::from_secs(10);
/// How long to look for further association requests of a meter that was left plugged in. They are ready to be
/// fetched by then: the next one takes a millisecond of the bus. One that comes later is answered while the
/// configuration is awaited.
const DRAIN: Duration = Duration::from_millis(10);
/// Messages that are passed over while waiting for the first association request and behind it.
const STALE_MESSAGES: usize = 32;
/// How often the association is answered again before giving up. A meter that repeats its request has not heard the
/// answer; Tidepool answers once more before it gives up.
const REPEATED_ANSWERS: u32 = 2;

const WAITING_ASSOCIATION: &str = "waiting for the association request";
const ANSWERING_ASSOCIATION: &str = "answering the association request";
const WAITING_CONFIGURATION: &str = "waiting for the configuration report";
const ACCEPTING_CONFIGURATION: &str = "accepting the configuration";
const IDENTIFYING: &str = "asking the meter who it is";

/// A meter that has said who it is.
pub(super) struct Identified {
    pub(super) meter: MeterIdentity,
    /// The clock, if the meter tells it and it shows a time that exists.
    pub(super) clock: Option<ClockReading>,
    /// Whether the meter tells its clock.
    pub(super) tells_clock: bool,
    pub(super) configuration: Configuration,
    /// Handle of the permanent store.
    pub(super) store: u16,
}

/// Does all of it.
pub(super) fn identify(
    dialogue: &mut Dialogue<'_, '_>,
    driver: &'static str,
    sold_as: &Clean,
) -> Result<Identified, MeterError> {
    let offered = await_offer(dialogue)?;
    let (configuration, store) = configure(dialogue)?;
    let request = Message::Get { handle: MDS_HANDLE, attributes: Vec::new() };
    let Message::GetResponse { handle: MDS_HANDLE, attributes } = dialogue.request(request, IDENTIFYING)? else {
        return Err(unexpected(IDENTIFYING));
    };
    // Taken at the answer: the comparison of the two clocks must not hold the time that the segments take.
    let host = dialogue.conversation.now();
    let (meter, system) = identity(&attributes, &offered, driver, sold_as)?;
    let shown = system.clock.and_then(|shown| shown.decode().ok());
    let clock = shown.map(|meter| ClockReading { meter, host });
    Ok(Identified { meter, clock, tells_clock: system.clock.is_some(), configuration, store })
}

/// Waits for an association request, and for the last one if several were waiting.
fn await_offer(dialogue: &mut Dialogue<'_, '_>) -> Result<AssociationRequest, MeterError> {
    let mut offered = None;
    for _ in 0..STALE_MESSAGES {
        match dialogue.next(WAITING_ASSOCIATION, if offered.is_some() { DRAIN } else { ASSOCIATION }) {
            Ok(Apdu::AssociationRequest(request)) => offered = Some(request),
            // Left over from a conversation that was broken off.
            Ok(_) => {}
            Err(error @ MeterError::Silent { .. }) => return offered.ok_or(error),
            Err(error) => return Err(error),
        }
    }
    Err(MeterError::Malformed { what: WAITING_ASSOCIATION, reason: "too many other messages".into() })
}

/// Accepts the association and the configuration; gives the configuration and the handle of the permanent store.
fn configure(dialogue: &mut Dialogue<'_, '_>) -> Result<(Configuration, u16), MeterError> {
    for _ in 0..=REPEATED_ANSWERS {
        dialogue.send(&answer(), ANSWERING_ASSOCIATION)?;
        // The meter has asked once more: it did not hear the answer.
        let Some((invoke_id, configuration)) = await_configuration(dialogue)? else { continue };
        // A configuration without a store may be a damaged one. The handle is 5 on a Guide and not fixed, so it is
        // looked for.
        let Some(store) = configuration.store() else { continue };
        let message = Message::EventResponse {
            handle: MDS_HANDLE,
            time: 0,
            event: event::CONFIGURATION,
            info: ConfigurationResponse { id: configuration.id, result: 0 }.encode(),
        };
        // The answer carries the number of the report and of the configuration as they came. Tidepool writes 4000 for
        // the latter whatever the meter says.
        dialogue.send(&Apdu::Data(Data { invoke_id, message }), ACCEPTING_CONFIGURATION)?;
        dialogue.count_from(invoke_id);
        return Ok((configuration, store));
    }
    Err(MeterError::Malformed { what: WAITING_CONFIGURATION, reason: "no permanent store is described".into() })
}

/// The configuration report and its number; `None` if the meter asks for the association once more.
fn await_configuration(dialogue: &mut Dialogue<'_, '_>) -> Result<Option<(u16, Configuration)>, MeterError> {
    for _ in 0..STALE_MESSAGES {
        match dialogue.next(WAITING_CONFIGURATION, CONFIGURATION)? {
            Apdu::AssociationRequest(_) => return Ok(None),
            Apdu::Data(Data { invoke_id, message: Message::Event { event: event::CONFIGURATION, info, .. } }) => {
                let configuration =
                    Configuration::decode(&info).map_err(|error| malformed("configuration report", &error))?;
                return Ok(Some((invoke_id, configuration)));
            }
            Apdu::AssociationResponse(_)
            | Apdu::ReleaseRequest { .. }
            | Apdu::ReleaseResponse { .. }
            | Apdu::Abort { .. }
            | Apdu::Data(_) => {}
        }
    }
    Err(MeterError::Silent { during: WAITING_CONFIGURATION, waited: CONFIGURATION })
}

/// The answer to an association request: accepted, and the configuration shall be sent.
///
/// The protocol version 8000 0002 is not the standard's; every known reader sends it and no meter is known to have been
/// tried with another.
fn answer() -> Apdu {
    Apdu::AssociationResponse(AssociationResponse {
        // Even if the meter names a configuration that the standard describes: only its own report
        // tells the handle of the store and the units.
        result: AssociationResult::AcceptedUnknownConfiguration,
        protocol: DATA_PROTOCOL_20601,
        party: Party {
            protocol_version: 0x8000_0002,
            encoding_rules: 0x8000,
            nomenclature_version: 0x8000_0000,
            functional_units: 0,
            system_type: MANAGER,
            // Any EUI-64 will do: another reader (accuchek) sends other bytes, and meters accept
            // both.
            system_id: vec![0x12, 0x34, 0x56, 0x78, 0x87, 0x65, 0x43, 0x21],
            configuration: 0,
            request_modes: 0,
            request_counts: [0, 0],
            options: Attributes::default(),
        },
    })
}

fn identity(
    attributes: &Attributes,
    offered: &AssociationRequest,
    driver: &'static str,
    sold_as: &Clean,
) -> Result<(MeterIdentity, System), MeterError> {
    let system = System::from_attributes(attributes).map_err(|error| malformed(IDENTIFYING, &error))?;
    let clean = |text: &str| Clean::new(text, NAME_CELLS);
    let number = system.model.digits();
    let meter = MeterIdentity {
        manufacturer: "Roche".into(),
        // The model that the meter tells, not the one that its USB id suggests: an unknown number is named as such and
        // is no error, as new regions get new numbers.
        model: if number.is_empty() { sold_as.clone() } else { clean(&models::name(number, sold_as.as_str())) },
        model_number: (!number.is_empty()).then(|| clean(number)),
        serial: Private::new(clean(system.entry(Specification::Serial).unwrap_or_default())),
        system_id: system
            .id
            .filter(|id| offers(offered, *id))
            .map(|id| Private::new(clean(&id.map(|byte| hex::encode_upper([byte])).join("-")))),
        firmware: system.entry(Specification::Firmware).map(clean),
        driver: driver.into(),
    };
    Ok((meter, system))
}

/// Whether a meter that says that this is its system id has said so in its association request too. Nothing else guards
/// it: one that is told in two ways is none.
fn offers(offered: &AssociationRequest, id: [u8; 8]) -> bool {
    let offers = offered.offers().unwrap_or_default();
    offers.iter().filter_map(|offer| offer.party.as_ref()).any(|party| party.system_id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::transcript::hex;

    /// A system id that is told in two ways is none, and one that is not offered cannot be looked at twice.
    #[test]
    fn a_system_id_is_told_twice_or_not_at_all() {
        let id = [0x00, 0x60, 0x19, 0x00, 0x00, 0x00, 0x00, 0x42];
        let Apdu::AssociationResponse(AssociationResponse { party, .. }) = answer() else { panic!("no response") };
        let request = |system_id: Vec<u8>| AssociationRequest::new(&Party { system_id, ..party.clone() });
        assert!(offers(&request(id.to_vec()), id));
        let mut other = id;
        other[7] ^= 1;
        assert!(!offers(&request(other.to_vec()), id));
        assert!(!offers(&request(id[..7].to_vec()), id));
        assert!(!offers(&AssociationRequest { content: vec![7] }, id));
    }

    /// Section 10, message 2: what the Tidepool Uploader sends, byte for byte.
    #[test]
    fn the_answer_is_the_one_that_meters_are_known_to_accept() {
        let bytes = "E3 00 00 2C 00 03 50 79 00 26 80 00 00 02 80 00 80 00 00 00 00 00 00 00 80 00 00 00 00 08 12 34
                     56 78 87 65 43 21 00 00 00 00 00 00 00 00 00 00";
        assert_eq!(answer().encode(), hex(bytes).unwrap());
    }
}
