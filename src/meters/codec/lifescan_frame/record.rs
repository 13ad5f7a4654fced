//! One stored result of a LifeScan meter with binary frames. Values are mg/dL, whatever the display shows.

use std::collections::BTreeMap;

use super::answer::{AnswerError, Epoch, exactly, first_possible_time};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};

/// The lowest and the highest number that is a value: below the meter shows LO, above HI.
pub const RANGE: std::ops::RangeInclusive<u32> = 20..=600;

/// Stored by the `UltraEasy` for LO (Tidepool; other readers take it for a number).
pub const LOW: u32 = 0xFFFE;

/// Stored by the `UltraEasy` for HI (Tidepool).
pub const HIGH: u32 = 0xFFFF;

/// How a family lays out a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `UltraEasy`: time and value of four bytes each; neither control tests nor meals are marked.
    UltraEasy,
    /// Verio IQ: time, value of two bytes, control, meal, two bytes that nobody knows.
    VerioIq,
    /// Verio and later: the record in a register, with its lifetime number.
    Verio,
}

impl Layout {
    /// From when the family counts its seconds.
    #[must_use]
    pub const fn epoch(self) -> Epoch {
        match self {
            Self::UltraEasy => Epoch::Year1970,
            Self::VerioIq | Self::Verio => Epoch::Year2000,
        }
    }
}

/// One record as it stands on the wire. What a layout does not have is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// Seconds of the wall clock since the layout's epoch.
    pub seconds: u32,
    /// The value in mg/dL, or a number beyond [`RANGE`].
    pub value: u32,
    /// Verio IQ: 1 is a test with control solution. Verio: bit 0 is.
    pub control: u8,
    /// 0 no mark, 1 before, 2 after a meal.
    pub meal: u8,
    /// Verio: the number of the record counted the other way.
    pub inverse: u16,
    /// Verio: how many results the meter had stored in its life by then.
    pub counter: u16,
    /// Verio: flags that nobody knows.
    pub flags: u8,
}

impl Record {
    /// Reads the data of a record's answer.
    ///
    /// # Errors
    /// [`AnswerError::Length`], or [`AnswerError::Value`] for a number that needs more than two bytes.
    pub fn parse(layout: Layout, data: &[u8]) -> Result<Self, AnswerError> {
        match layout {
            Layout::UltraEasy => {
                let [t0, t1, t2, t3, v0, v1, v2, v3] = exactly(data)?;
                let value = u32::from_le_bytes([v0, v1, v2, v3]);
                // All four bytes: the lower two alone of a damaged number may be a value that a
                // person can have.
                if value > HIGH {
                    return Err(AnswerError::Value);
                }
                Ok(Self { seconds: u32::from_le_bytes([t0, t1, t2, t3]), value, ..Self::default() })
            }
            Layout::VerioIq => {
                let [t0, t1, t2, t3, v0, v1, control, meal, _, _] = exactly(data)?;
                Ok(Self {
                    seconds: u32::from_le_bytes([t0, t1, t2, t3]),
                    value: u32::from(u16::from_le_bytes([v0, v1])),
                    control,
                    meal,
                    ..Self::default()
                })
            }
            Layout::Verio => {
                let [i0, i1, control, c0, c1, t0, t1, t2, t3, v0, v1, meal, _, flags, _, _] = exactly(data)?;
                Ok(Self {
                    seconds: u32::from_le_bytes([t0, t1, t2, t3]),
                    value: u32::from(u16::from_le_bytes([v0, v1])),
                    control,
                    meal,
                    inverse: u16::from_le_bytes([i0, i1]),
                    counter: u16::from_le_bytes([c0, c1]),
                    flags,
                })
            }
        }
    }

    /// The data of a record's answer. A value that the layout has no room for becomes the largest it has.
    #[must_use]
    pub fn encode(&self, layout: Layout) -> Vec<u8> {
        let seconds = self.seconds.to_le_bytes();
        let value = u16::try_from(self.value).unwrap_or(u16::MAX).to_le_bytes();
        match layout {
            Layout::UltraEasy => [seconds, self.value.to_le_bytes()].concat(),
            Layout::VerioIq => [&seconds[..], &value, &[self.control, self.meal, 0, 0]].concat(),
            Layout::Verio => [
                &self.inverse.to_le_bytes()[..],
                &[self.control],
                &self.counter.to_le_bytes(),
                &seconds,
                &value,
                &[self.meal, 0, self.flags, 0x0B, 0x00],
            ]
            .concat(),
        }
    }

    /// What the meter showed.
    ///
    /// A number beyond the range stands for the word. The `UltraEasy`'s codes are asked first: its code of LO would be
    /// HI as a number. The other layouts' codes are not known; the one of LO is taken for the same there.
    #[must_use]
    pub fn measured(&self) -> Measured {
        match self.value {
            LOW => Measured::Low,
            value if value < *RANGE.start() => Measured::Low,
            value if value > *RANGE.end() => Measured::High,
            value => Measured::Value(Concentration::mg_per_dl(value)),
        }
    }

    /// The meal mark: `None` where the layout has none, or where the mark is not a known one.
    #[must_use]
    pub const fn meal_mark(&self, layout: Layout) -> Option<Meal> {
        match (layout, self.meal) {
            (Layout::VerioIq | Layout::Verio, 0) => Some(Meal::None),
            (Layout::VerioIq | Layout::Verio, 1) => Some(Meal::Before),
            (Layout::VerioIq | Layout::Verio, 2) => Some(Meal::After),
            (Layout::UltraEasy | Layout::VerioIq | Layout::Verio, _) => None,
        }
    }

    /// The reading at this place of the memory.
    #[must_use]
    pub fn reading(&self, layout: Layout, index: u32) -> Reading {
        let (kind, is_kind_sure) = match (layout, self.control) {
            (Layout::VerioIq, 0) => (Kind::Blood, true),
            (Layout::VerioIq, 1) => (Kind::Control, true),
            // The UltraEasy marks no control tests at all, so each of its results may be one; of a Verio IQ only 0 and
            // 1 are known.
            (Layout::UltraEasy | Layout::VerioIq, _) => (Kind::Blood, false),
            // Bit 0 is known from Tidepool; glucometerutils does not look at this byte, and prints control tests as a
            // patient's.
            (Layout::Verio, control) => (if control & 1 == 0 { Kind::Blood } else { Kind::Control }, true),
        };
        let time = layout.epoch().time(self.seconds);
        let mut doubts = Vec::new();
        // As a number it would be HI, the opposite of what it is taken for, so somebody has to look
        // at it.
        if layout != Layout::UltraEasy && self.value == LOW {
            doubts.push(Doubt::Questionable);
        }
        if time < first_possible_time() {
            doubts.push(Doubt::TimeUncertain);
        }
        if !is_kind_sure {
            doubts.push(Doubt::KindUncertain);
        }
        Reading {
            corrected_from: None,
            index,
            time: Some(time),
            measured: self.measured(),
            kind,
            meal: self.meal_mark(layout),
            doubts,
            raw: self.raw(layout),
        }
    }

    fn raw(&self, layout: Layout) -> BTreeMap<String, String> {
        let mut raw = vec![("time", format!("{:08x}", self.seconds)), ("value", format!("{:04x}", self.value))];
        if layout != Layout::UltraEasy {
            raw.push(("control", format!("{:02x}", self.control)));
            raw.push(("meal", format!("{:02x}", self.meal)));
        }
        if layout == Layout::Verio {
            raw.push(("inverse", format!("{:04x}", self.inverse)));
            raw.push(("counter", format!("{:04x}", self.counter)));
            raw.push(("flags", format!("{:02x}", self.flags)));
        }
        raw.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
    }
}
