//! Protocol 3: packets. Serial number, clock, number of records, the records in blocks, the number once more.

use jiff::civil::DateTime;

use super::records::{decode, remark_on_meal, remark_on_time};
use super::wire::{ATTEMPTS, MOST_BYTES, Wire, agreed, is_worth_a_repeat, noise};
use crate::meters::codec::isens::record::{LENGTH, Record, Stamp};
use crate::meters::codec::isens::{IsensPacket, PacketError, Packets, Received, command};
use crate::meters::error::MeterError;
use crate::meters::gathered::Gathered;

/// Most records of one answer. 27 of nine bytes are 243; a size of one byte has room for 248.
const BLOCK: u16 = 27;

/// The number of records, the serial number and the clock as they are asked for.
const SERIAL: CareSensQuestion = CareSensQuestion { command: command::SERIAL, during: "asking for the serial number" };
const CLOCK: CareSensQuestion = CareSensQuestion { command: command::CLOCK, during: "asking for the clock" };
const COUNT: CareSensQuestion =
    CareSensQuestion { command: command::COUNT, during: "asking for the number of records" };
const RECORDS: CareSensQuestion = CareSensQuestion { command: command::RECORDS, during: "reading the records" };

struct CareSensQuestion {
    command: [u8; 4],
    /// What is being done, for errors.
    during: &'static str,
}

/// An answer, and how often it was asked for.
struct CountedAnswer {
    received: Received,
    attempts: u32,
}

/// Asks for the serial number: a text whose last byte does not belong to it.
pub(super) fn serial(wire: &mut Wire<'_, '_>) -> Result<String, MeterError> {
    let payload = ask(wire, &SERIAL, &[])?.received.packet.payload;
    // Tidepool drops the last byte as well; what it is has not been published.
    let text = payload.split_last().map(|(_, text)| text).unwrap_or_default();
    let is_text = text.iter().all(|byte| matches!(byte, 0 | 0x20..=0x7E));
    let text = std::str::from_utf8(text).ok().filter(|_| is_text);
    text.map(|text| text.trim_matches([' ', '\0']).to_owned())
        .ok_or_else(|| malformed(&SERIAL, "the serial number is no text"))
}

/// Reads the rest.
pub(super) fn read(wire: &mut Wire<'_, '_>, gathered: &mut Gathered) -> Result<(), MeterError> {
    let clock = read_clock(wire);
    gathered.note_clock_answer(wire.conversation, clock)?;
    let count = ask_count(wire)?;
    gathered.announce(wire.conversation, u32::from(count));
    for first in (0..count).step_by(usize::from(BLOCK)) {
        let records = ask_block(wire, first, (count - first).min(BLOCK))?;
        for (index, record) in (u32::from(first)..).zip(records) {
            let reading = decode(index, record);
            if let Ok(reading) = &reading {
                remark_on_time(gathered, reading);
                remark_on_meal(gathered, reading);
            }
            gathered.take(wire.conversation, index, &hex::encode_upper(record.encode()), reading);
        }
    }
    // A result that was measured meanwhile moves the others by a place, and no record says its own.
    if ask_count(wire)? != count {
        return Err(malformed(&COUNT, "it changed during the reading"));
    }
    Ok(())
}

fn read_clock(wire: &mut Wire<'_, '_>) -> Result<Option<DateTime>, MeterError> {
    let payload = ask(wire, &CLOCK, &[])?.received.packet.payload;
    let stamp = payload.try_into().map_err(|_| malformed(&CLOCK, "the answer is not six bytes"))?;
    Ok(Stamp(stamp).decode())
}

fn ask_count(wire: &mut Wire<'_, '_>) -> Result<u16, MeterError> {
    let payload = ask(wire, &COUNT, &[])?.received.packet.payload;
    let count = payload.try_into().map_err(|_| malformed(&COUNT, "the answer is not two bytes"))?;
    Ok(u16::from_be_bytes(count))
}

/// The records from `first` on, counted from 0. One answer is enough if its check value is right.
fn ask_block(wire: &mut Wire<'_, '_>, first: u16, count: u16) -> Result<Vec<Record>, MeterError> {
    // A block that is protected must not be compared with one that is not.
    let mut protected = None;
    let payload = agreed("a block of records", || {
        if let Some(payload) = &protected {
            return Ok(Vec::clone(payload));
        }
        let received = ask_block_once(wire, first, count)?;
        if received.is_checked {
            protected = Some(received.packet.payload.clone());
        }
        Ok(received.packet.payload)
    })?;
    let (records, _) = payload.as_chunks::<LENGTH>();
    Ok(records.iter().copied().map(Record::decode).collect())
}

fn ask_block_once(wire: &mut Wire<'_, '_>, first: u16, count: u16) -> Result<Received, MeterError> {
    let [high, low] = first.saturating_add(1).to_be_bytes();
    let payload = [high, low, u8::try_from(count).unwrap_or(u8::MAX)];
    let answer = ask(wire, &RECORDS, &payload)?;
    if answer.attempts > 1 {
        // A late answer to the first attempt must not be taken for the next block: it comes before this one.
        ask_count(wire)?;
    }
    if answer.received.packet.payload.len() != usize::from(count) * LENGTH {
        return Err(malformed(&RECORDS, "the answer has another number of records than asked for"));
    }
    Ok(answer.received)
}

/// Asks and returns the answer. Asks up to four times.
fn ask(wire: &mut Wire<'_, '_>, question: &CareSensQuestion, payload: &[u8]) -> Result<CountedAnswer, MeterError> {
    let mut attempts = 1;
    loop {
        match ask_once(wire, question, payload) {
            Ok(received) => return Ok(CountedAnswer { received, attempts }),
            // A complaint of the meter as well: it is about a question that was damaged on its way.
            Err(error) if is_worth_a_repeat(&error) && attempts < ATTEMPTS => attempts += 1,
            Err(error) => return Err(error),
        }
        wire.settle(question.during)?;
    }
}

/// Asks once. Sound answers to something else are passed over.
fn ask_once(wire: &mut Wire<'_, '_>, question: &CareSensQuestion, payload: &[u8]) -> Result<Received, MeterError> {
    let packet = IsensPacket { command: question.command, payload: payload.to_vec() };
    wire.send(&packet.encode(), question.during)?;
    let mut packets = Packets::default();
    let mut bytes = 0;
    while bytes <= MOST_BYTES {
        let arrived = wire.receive(question.during)?;
        bytes += arrived.len().max(1);
        packets.extend(&arrived);
        while let Some(result) = packets.next_packet() {
            let received = result.map_err(|error| damaged(question, error))?;
            let answer = received.packet.command;
            if answer == question.command {
                return Ok(received);
            }
            if command::COMPLAINTS.contains(&answer) {
                let reason = String::from_utf8_lossy(&answer).into_owned();
                return Err(MeterError::Refused { what: question.during, reason: reason.into() });
            }
        }
    }
    Err(noise(question.during))
}

fn malformed(question: &CareSensQuestion, reason: &str) -> MeterError {
    MeterError::Malformed { what: question.during, reason: reason.into() }
}

fn damaged(question: &CareSensQuestion, error: PacketError) -> MeterError {
    match error {
        PacketError::Checksum { sent, computed } => {
            MeterError::Checksum { what: question.during, got: u32::from(sent), expected: u32::from(computed) }
        }
        PacketError::End => malformed(question, &error.to_string()),
    }
}
