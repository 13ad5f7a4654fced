//! GLUCOCARD Expression and EmbraceTALK: packets of eleven bytes over a serial line at 19200 baud. The
//! meter must show PC Link.
//!
//! Order: ping, serial number, clock, memory. The memory is asked for as a whole and comes as 300 packets, one for each
//! place, used or not; so a lost packet is noticed. It is read again, up to three times, if anything is damaged. Values
//! are in mg/dL. Values from 600 up and from 20 down are HI and LO, as Tidepool has them. The month stands in the high
//! half of its byte in a record and in the low half in the clock; that is how it is published.
//!
//! A record that says mmol/L is refused. No specification and no recording of such a meter is published. The only other
//! reader, Tidepool's, took a tenth of the number for the value in a draft, and gave that up: as released it refuses
//! ("mmol/L meter not yet supported"). Taken for tenths, 100 would be 10.0 mmol/L; if the unit only says what the
//! display shows, it is 100 mg/dL, or 5.6 mmol/L. Both are values that people have, so no check would find a wrong
//! guess. The person is told, and told to write the readings down from the display.

use std::time::Duration;

use super::Driver;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::glucocard_expression::{
    CLOCK, EMPTY, PACKET, PING, PLACES, PacketError, READ_ALL, SERIAL, Sender, decode, encode, parse_clock,
    parse_serial, reading,
};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered, sold_under};
use crate::meters::link::LineSettings;

/// How often anything is asked for at most.
const ATTEMPTS: u32 = 3;

/// Every packet; the specification names no time, and five seconds is the limit for the maker's other meters.
const ANSWER: Duration = Duration::from_secs(5);

/// Silence that shows that nothing of a damaged answer is still on its way.
const PAUSE: Duration = Duration::from_secs(1);

/// More bytes than a memory has; a line that is still not silent is noise.
const LONGEST: usize = 16 * 1024;

/// A packet that came once too often is behind the last one at once.
const BEHIND_THE_LAST: Duration = Duration::from_millis(100);

/// More transfers than a packet has bytes; those without a byte count too.
const MOST_PARTS: usize = 256;

const MEMORY: &str = "reading the memory";

/// Reads a GLUCOCARD Expression or EmbraceTALK.
#[derive(Debug, Clone, Copy)]
pub struct GlucocardExpression;

impl Driver for GlucocardExpression {
    fn name(&self) -> &'static str {
        "glucocard-expression"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings::eight_n_one(19_200))
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        let mut packets = Packets::default();
        // The meter answers only while it shows PC Link, and a ping is the question that changes and tells nothing.
        packets.ask(conversation, PING, "waiting for the meter")?;
        let serial = parse_serial(packets.ask(conversation, SERIAL, "asking for the serial number")?);
        let mut gathered = Gathered::default();
        let outcome = read_rest(conversation, &mut packets, &mut gathered);
        let meter = MeterIdentity {
            manufacturer: "Arkray".into(),
            model: sold_under(sold_as, "GLUCOCARD Expression"),
            model_number: None,
            serial: Private::new(Clean::new(&serial, NAME_CELLS)),
            system_id: None,
            firmware: None,
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

fn read_rest(
    conversation: &mut Conversation<'_>,
    packets: &mut Packets,
    gathered: &mut Gathered,
) -> Result<(), MeterError> {
    let clock = packets.ask(conversation, CLOCK, "asking for the clock").map(parse_clock);
    gathered.note_clock_answer(conversation, clock)?;
    let mut attempt = 1;
    loop {
        // Each round for itself: packets have no number, so two damaged rounds make no whole one.
        let mut places = Vec::new();
        let outcome = packets.read_memory(conversation, &mut places);
        match outcome {
            Err(error) if attempt < ATTEMPTS && is_worth_a_repeat(&error) => {
                attempt += 1;
                packets.settle(conversation, MEMORY)?;
            }
            outcome => return keep(conversation, gathered, &places, outcome),
        }
    }
}

/// Keeps the sound records; the index of each is its place among the packets.
fn keep(
    conversation: &mut Conversation<'_>,
    gathered: &mut Gathered,
    places: &[Result<[u8; 8], PacketError>],
    outcome: Result<(), MeterError>,
) -> Result<(), MeterError> {
    // If every place came, whatever is wrong is wrong with single records.
    let mut outcome = if u32::try_from(places.len()) == Ok(PLACES) { Ok(()) } else { outcome };
    for (place, index) in places.iter().zip(0..) {
        let (said, record) = match place {
            Ok(EMPTY) => continue,
            Ok(payload) => (hex::encode_upper(payload), reading(*payload, index)),
            Err(error) => (String::new(), Err(*error)),
        };
        let record = record.map_err(|error| unusable("a record", error));
        if let Err(error @ MeterError::Unsupported { .. }) = &record {
            // A whole meter that is not understood, rather than a record.
            outcome = outcome.and_then(|()| Err(error.clone()));
        }
        gathered.take(conversation, index, &said, record);
    }
    outcome
}

const fn is_worth_a_repeat(error: &MeterError) -> bool {
    matches!(error, MeterError::Silent { .. } | MeterError::Checksum { .. } | MeterError::Malformed { .. })
}

/// Cuts what arrives into packets.
#[derive(Debug, Default)]
struct Packets {
    pending: Vec<u8>,
}

impl Packets {
    /// Asks, up to three times, and returns the payload of the answer.
    fn ask(
        &mut self,
        conversation: &mut Conversation<'_>,
        operation: u8,
        during: &'static str,
    ) -> Result<[u8; 8], MeterError> {
        let mut attempt = 1;
        loop {
            let answer = self.ask_once(conversation, operation, during);
            match answer {
                Err(error) if attempt < ATTEMPTS && is_worth_a_repeat(&error) => {
                    attempt += 1;
                    self.settle(conversation, during)?;
                }
                other => return other,
            }
        }
    }

    fn ask_once(
        &mut self,
        conversation: &mut Conversation<'_>,
        operation: u8,
        during: &'static str,
    ) -> Result<[u8; 8], MeterError> {
        conversation.send(&encode(Sender::Host, operation, [0; 8]), during, ANSWER)?;
        match self.next(conversation, during)?.map_err(|error| unusable(during, error))? {
            (answered, payload) if answered == operation => Ok(payload),
            _ => Err(malformed(during, "another answer came")),
        }
    }

    /// One round over the memory; a damaged packet stands at its place as its error.
    fn read_memory(
        &mut self,
        conversation: &mut Conversation<'_>,
        places: &mut Vec<Result<[u8; 8], PacketError>>,
    ) -> Result<(), MeterError> {
        conversation.send(&encode(Sender::Host, READ_ALL, [0; 8]), MEMORY, ANSWER)?;
        for _ in 0..PLACES {
            let place = match self.next(conversation, MEMORY)? {
                Ok((READ_ALL, payload)) => Ok(payload),
                Ok(_) => return Err(malformed(MEMORY, "another answer came")),
                // Without its start there is no telling where the next packet begins.
                Err(PacketError::Form) => return Err(unusable(MEMORY, PacketError::Form)),
                Err(error) => Err(error),
            };
            places.push(place);
        }
        // A packet that came twice pushes the last one out of the 300; it is seen only by what is left over.
        match conversation.receive(MEMORY, BEHIND_THE_LAST) {
            Ok(bytes) => self.pending.extend(bytes),
            Err(MeterError::Silent { .. }) => {}
            Err(error) => return Err(error),
        }
        if !self.pending.is_empty() {
            // A packet came twice: from there on every record stands at the place of another.
            places.clear();
            return Err(malformed(MEMORY, "more came than the memory holds"));
        }
        let damage = places.iter().find_map(|place| match place {
            Ok(EMPTY) => None,
            Ok(payload) => reading(*payload, 0).err().filter(|error| *error != PacketError::Unit),
            Err(error) => Some(*error),
        });
        damage.map_or(Ok(()), |error| Err(unusable("a record", error)))
    }

    fn next(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
    ) -> Result<Result<(u8, [u8; 8]), PacketError>, MeterError> {
        let mut transfers = 0;
        while self.pending.len() < PACKET {
            transfers += 1;
            if transfers > MOST_PARTS {
                return Err(malformed(during, "no packet comes"));
            }
            self.pending.extend(conversation.receive(during, ANSWER)?);
        }
        let packet: Vec<u8> = self.pending.drain(..PACKET).collect();
        Ok(decode(Sender::Meter, &packet))
    }

    /// Throws away what still comes, until the line is silent.
    fn settle(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
        self.pending.clear();
        conversation.settle(during, PAUSE, LONGEST)
    }
}

fn unusable(what: &'static str, error: PacketError) -> MeterError {
    match error {
        PacketError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(sent), expected: u32::from(computed) }
        }
        PacketError::Form => malformed(what, &error.to_string()),
        PacketError::Unit => MeterError::Unsupported { reason: Cause::of(error) },
    }
}

fn malformed(what: &'static str, reason: &str) -> MeterError {
    MeterError::Malformed { what, reason: reason.into() }
}
