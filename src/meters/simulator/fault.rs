//! What can go wrong between a simulated meter and the host, as it is written: on the wire at a chosen byte, so that a
//! test can put a fault at every place, or in what the meter says, which the meter applies itself.

mod wire;

pub use self::wire::FaultyWire;
use crate::domain::text::quoted;

/// What can go wrong with a meter, as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultDescription {
    /// Its name.
    pub name: &'static str,
    /// Whether a number follows the name: `name@N`.
    pub takes_number: bool,
    /// What happens, in a line.
    pub what: &'static str,
}

impl FaultDescription {
    /// How it is written, with N for the number.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}{}", self.name, if self.takes_number { "@N" } else { "" })
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The byte from the meter is lost.
    Drop,
    /// The lowest bit of the byte from the meter is inverted.
    Flip,
    /// The byte from the meter arrives twice.
    Repeat,
    /// The byte from the meter and everything after it never arrive; the link stays.
    Stall,
    /// The cable is pulled before the byte from the meter.
    Unplug,
    /// The byte to the meter is lost.
    ToDrop,
    /// The lowest bit of the byte to the meter is inverted.
    ToFlip,
    /// The byte to the meter arrives twice.
    ToRepeat,
    /// The byte to the meter and everything after it never arrive; the link stays.
    ToStall,
    /// The cable is pulled before the byte to the meter.
    ToUnplug,
    /// The cable is pulled when so many readings have come. Whoever plugs the meter turns it into [`FaultKind::Unplug`]
    /// at a byte, because only the meter's language tells where a reading ends.
    UnplugReading,
    /// The meter does not hear the first transfers.
    SlowStart,
    /// The meter says everything in pieces of at most so many bytes.
    Chunks,
    /// The check value of the message in which the byte lies is wrong; applied by meters that send check values.
    Checksum,
    /// The meter announces this many readings more than it sends; applied by the simulated meter.
    CountHigh,
    /// An odd case of the meter's own family, by its name; applied by the simulated meter.
    Odd(&'static str),
}

impl FaultKind {
    /// Every kind that is no odd case of one family, in the order of the documentation.
    pub const GENERAL: [Self; 15] = [
        Self::Drop,
        Self::Flip,
        Self::Repeat,
        Self::Stall,
        Self::Unplug,
        Self::ToDrop,
        Self::ToFlip,
        Self::ToRepeat,
        Self::ToStall,
        Self::ToUnplug,
        Self::UnplugReading,
        Self::SlowStart,
        Self::Chunks,
        Self::Checksum,
        Self::CountHigh,
    ];

    /// The name on the command line and in scripts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Odd(name) => name,
            general => general.described().0,
        }
    }

    /// The kind as it is listed; `None` for the odd cases, which their families describe.
    #[must_use]
    pub const fn told(self) -> Option<FaultDescription> {
        match self {
            Self::Odd(_) => None,
            general => {
                let (name, what) = general.described();
                Some(FaultDescription { name, takes_number: true, what })
            }
        }
    }

    const fn described(self) -> (&'static str, &'static str) {
        match self {
            Self::Drop => ("drop", "byte N from the meter is lost"),
            Self::Flip => ("flip", "the lowest bit of byte N from the meter is inverted"),
            Self::Repeat => ("repeat", "byte N from the meter comes twice"),
            Self::Stall => ("stall", "nothing comes from byte N on"),
            Self::Unplug => ("unplug", "the cable is pulled before byte N from the meter"),
            Self::ToDrop => ("to-drop", "byte N to the meter is lost"),
            Self::ToFlip => ("to-flip", "the lowest bit of byte N to the meter is inverted"),
            Self::ToRepeat => ("to-repeat", "byte N to the meter comes twice"),
            Self::ToStall => ("to-stall", "the meter hears nothing from byte N on"),
            Self::ToUnplug => ("to-unplug", "the cable is pulled before byte N to the meter"),
            Self::UnplugReading => ("unplug-reading", "the cable is pulled when N readings have come"),
            Self::SlowStart => ("slow-start", "the meter does not hear the first N transfers"),
            Self::Chunks => ("chunks", "the meter says everything in pieces of at most N bytes"),
            Self::Checksum => ("checksum", "the check value of the message with byte N is wrong"),
            Self::CountHigh => ("count-high", "the meter announces N readings too many"),
            Self::Odd(name) => (name, ""),
        }
    }
}

/// A fault and its place, written `drop@300`; an odd case without a number is written by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The byte it happens to: its position from 0 among all bytes of its direction since the simulator began; or the
    /// number that the kind needs. 0 for a kind without a number.
    pub at: u64,
}

/// Why a text names no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The kind needs a number.
    #[error("the fault {kind} is written {kind}@N, for example {kind}@3")]
    NoNumber {
        /// The kind.
        kind: &'static str,
    },
    /// The kind takes no number.
    #[error("the fault {kind} is written without a number")]
    NeedlessNumber {
        /// The kind.
        kind: &'static str,
    },
    /// The kind is not known, or this meter has no such fault.
    #[error("no fault of kind {}; there are {known}", quoted(kind))]
    UnknownKind {
        /// What stood before the `@`.
        kind: String,
        /// What would be right.
        known: String,
    },
    /// The number is no whole number.
    #[error("the position {} is not a whole number from 0", quoted(position))]
    BadPosition {
        /// What stood behind the `@`.
        position: String,
    },
}

impl Fault {
    /// The fault of these that is written so.
    ///
    /// # Errors
    /// [`FaultError`] if it is none of them, or has a number without need or lacks one.
    pub fn among(text: &str, known: &[FaultDescription]) -> Result<Self, FaultError> {
        let (name, number) = text.split_once('@').map_or((text, None), |(name, number)| (name, Some(number)));
        let told = known.iter().find(|told| told.name == name).ok_or_else(|| {
            let known: Vec<String> = known.iter().map(FaultDescription::written).collect();
            FaultError::UnknownKind { kind: name.to_owned(), known: known.join(", ") }
        })?;
        let at = match number {
            Some(_) if !told.takes_number => return Err(FaultError::NeedlessNumber { kind: told.name }),
            None if told.takes_number => return Err(FaultError::NoNumber { kind: told.name }),
            Some(number) => number.parse().map_err(|_| FaultError::BadPosition { position: number.to_owned() })?,
            None => 0,
        };
        let general = FaultKind::GENERAL.into_iter().find(|kind| kind.name() == name);
        Ok(Self { kind: general.unwrap_or(FaultKind::Odd(told.name)), at })
    }
}
