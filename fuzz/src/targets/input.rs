//! A conversation as the bytes of a fuzzer, so that a changed byte changes little: a byte of settings, then the events.

use super::played::{Ending, Event};

/// An event that is no short transfer.
const LONG_TRANSFER: u8 = 0xF0;
const SILENCE: u8 = 0xF1;
const UNPLUG: u8 = 0xF2;
const FAILURE: u8 = 0xF3;

/// What a hostile meter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    /// What comes when all events have.
    pub(crate) ending: Ending,
    /// Whether the link takes feature reports.
    pub(crate) takes_features: bool,
    /// Whether the check values of its messages are put right, so that what they guard is reached.
    pub(crate) is_repaired: bool,
    /// What comes.
    pub(crate) events: Vec<Event>,
}

impl Input {
    /// What these bytes say; any bytes say something.
    #[must_use]
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let (settings, mut rest) = bytes.split_first().map_or((0, bytes), |(settings, rest)| (*settings, rest));
        let mut events = Vec::new();
        while let Some((kind, after)) = rest.split_first() {
            rest = after;
            let mut take = |length: usize| {
                let (taken, left) = rest.split_at(length.min(rest.len()));
                rest = left;
                taken.to_vec()
            };
            match *kind {
                LONG_TRANSFER => {
                    let length = take(2).iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
                    events.push(Event::Transfer(take(length)));
                }
                SILENCE => {
                    let times = take(1).first().map_or(1, |times| usize::from(*times) + 1);
                    events.extend(vec![Event::Silence; times]);
                }
                UNPLUG => events.push(Event::Unplug),
                FAILURE => events.push(Event::Failure),
                length if length < LONG_TRANSFER => events.push(Event::Transfer(take(length.into()))),
                _ => {}
            }
        }
        let ending = match settings & 3 {
            1 => Ending::Unplug,
            2 => Ending::Again,
            _ => Ending::Silence,
        };
        Self { ending, takes_features: settings & 4 != 0, is_repaired: settings & 8 != 0, events }
    }

    /// The bytes that say this. Transfers beyond 65,535 bytes are cut into several.
    #[must_use]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let ending = match self.ending {
            Ending::Silence => 0,
            Ending::Unplug => 1,
            Ending::Again => 2,
        };
        let mut bytes = vec![ending | u8::from(self.takes_features) << 2 | u8::from(self.is_repaired) << 3];
        let mut events = self.events.as_slice();
        while let Some((event, rest)) = events.split_first() {
            events = rest;
            match event {
                Event::Transfer(transfer) if transfer.len() < usize::from(LONG_TRANSFER) => {
                    bytes.push(u8::try_from(transfer.len()).unwrap_or(0));
                    bytes.extend(transfer);
                }
                Event::Transfer(transfer) => {
                    for part in transfer.chunks(usize::from(u16::MAX)) {
                        bytes.push(LONG_TRANSFER);
                        bytes.extend(u16::try_from(part.len()).unwrap_or(u16::MAX).to_le_bytes());
                        bytes.extend(part);
                    }
                }
                Event::Silence => {
                    let more = rest.iter().take(255).take_while(|event| **event == Event::Silence).count();
                    events = rest.get(more..).unwrap_or_default();
                    bytes.extend([SILENCE, u8::try_from(more).unwrap_or(u8::MAX)]);
                }
                Event::Unplug => bytes.push(UNPLUG),
                Event::Failure => bytes.push(FAILURE),
            }
        }
        bytes
    }
}
