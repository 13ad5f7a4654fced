//! Values of the domain as the database holds them. What does not come back whole is an error, never a default.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

use super::error::StoreError;
use crate::domain::download::{Direction, Packet};

/// Nanoseconds since 1970 UTC: sorts as it passes, and loses nothing until the year 2262.
pub(super) fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

pub(super) fn timestamp(nanoseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_nanosecond(i128::from(nanoseconds)).map_err(|_| StoreError::Damaged { what: "time" })
}

/// The word under which an enum of the domain is stored, the same as in its JSON.
pub(super) fn word<T: Serialize>(value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) | Err(_) => Err(StoreError::Damaged { what: "word" }),
    }
}

pub(super) fn from_word<T: DeserializeOwned>(word: &str, what: &'static str) -> Result<T, StoreError> {
    T::deserialize(StrDeserializer::<Error>::new(word)).map_err(|_| StoreError::Damaged { what })
}

/// A structure as JSON.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Damaged { what: "structure" })
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged { what })
}

/// A conversation as bytes: for each packet its direction (0 to the meter, 1 from it), its length in four bytes, little
/// end first, and itself.
pub(super) fn transcript(packets: &[Packet]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(packets.iter().map(|packet| packet.bytes.len() + 5).sum());
    for packet in packets {
        let length = u32::try_from(packet.bytes.len()).map_err(|_| StoreError::Damaged { what: "transcript" })?;
        bytes.push(match packet.direction {
            Direction::ToMeter => 0,
            Direction::FromMeter => 1,
        });
        bytes.extend(length.to_le_bytes());
        bytes.extend(&packet.bytes);
    }
    Ok(bytes)
}

pub(super) fn packets(transcript: &[u8]) -> Result<Vec<Packet>, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged { what: "transcript" };
    let mut packets = Vec::new();
    let mut rest = transcript;
    while let Some((direction, after)) = rest.split_first() {
        let (length, after) = after.split_first_chunk::<4>().ok_or(DAMAGED)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| DAMAGED)?;
        let (bytes, after) = after.split_at_checked(length).ok_or(DAMAGED)?;
        let direction = match direction {
            0 => Direction::ToMeter,
            1 => Direction::FromMeter,
            _ => return Err(DAMAGED),
        };
        packets.push(Packet { direction, bytes: bytes.to_vec() });
        rest = after;
    }
    Ok(packets)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::glucose::Unit;
    use crate::domain::patient::Status;
    use crate::domain::reading::Doubt;

    #[test]
    fn words_are_those_of_the_json() {
        assert_eq!(word(Unit::MgPerDl).unwrap(), "mg/dL");
        assert_eq!(word(Status::Active).unwrap(), "ACTIVE");
        assert_eq!(from_word::<Doubt>("time-uncertain", "doubt").unwrap(), Doubt::TimeUncertain);
        assert!(matches!(from_word::<Unit>("furlong", "unit"), Err(StoreError::Damaged { what: "unit" })));
    }

    #[test]
    fn a_transcript_has_the_documented_form() {
        let packets_in = [Packet { direction: Direction::FromMeter, bytes: vec![0xAB, 0xCD] }];
        assert_eq!(transcript(&packets_in).unwrap(), [1, 2, 0, 0, 0, 0xAB, 0xCD]);
        assert!(packets(&[1, 2, 0, 0, 0, 0xAB]).is_err());
        assert!(packets(&[2, 0, 0, 0, 0]).is_err());
    }

    proptest! {
        #[test]
        fn a_transcript_comes_back(
            parts in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..70)), 0..9),
        ) {
            let there: Vec<Packet> = parts
                .into_iter()
                .map(|(to, bytes)| Packet {
                    direction: if to { Direction::ToMeter } else { Direction::FromMeter },
                    bytes,
                })
                .collect();
            prop_assert_eq!(packets(&transcript(&there).unwrap()).unwrap(), there);
        }

        #[test]
        fn a_time_comes_back(nanosecond in any::<i64>()) {
            prop_assert_eq!(nanoseconds(timestamp(nanosecond).unwrap()), nanosecond);
        }
    }
}
