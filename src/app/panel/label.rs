//! What an attached meter is called, so that no two are called the same.

use super::{Panel, Slot, SlotState};
use crate::domain::association::Upload;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::Clean;

/// A meter's name, and what tells it from another of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The name of the model, or of the cable before a meter behind it was read.
    pub name: Clean,
    /// What tells it from others.
    pub ending: Ending,
}

/// What tells a meter from another of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The last characters of its serial number.
    Serial(String),
    /// Where it is plugged in.
    Connection(Clean),
    /// Its number among those of its name, in the order of plugging.
    Number(u32),
    /// Nothing has to: there is no other.
    None,
}

impl Label {
    /// What an upload's meter is called by itself: its model and the end of its serial number.
    #[must_use]
    pub fn of(upload: &Upload) -> Self {
        Self::of_meter(&upload.meter)
    }

    /// The same of a meter.
    #[must_use]
    pub fn of_meter(meter: &MeterIdentity) -> Self {
        Self { name: meter.model.clone(), ending: meter.serial_end().map_or(Ending::None, Ending::Serial) }
    }
}

impl Panel {
    /// What an attached meter is called.
    #[must_use]
    pub fn label(&self, slot: &Slot) -> Label {
        let said = match &slot.state {
            SlotState::Stored(upload) => Label::of(upload),
            _ => Label { name: slot.attachment.name.clone(), ending: Ending::None },
        };
        if said.ending == Ending::None { Label { ending: self.plug_ending(slot), ..said } } else { said }
    }

    /// What its plug is called, whatever was read through it.
    #[must_use]
    pub fn plug_label(&self, slot: &Slot) -> Label {
        Label { name: slot.attachment.name.clone(), ending: self.plug_ending(slot) }
    }

    /// What tells its plug from others.
    fn plug_ending(&self, slot: &Slot) -> Ending {
        let others = || {
            let is_other = |other: &&Slot| other.attachment.id != slot.attachment.id;
            self.slots.iter().filter(is_other).filter(|other| other.attachment.name == slot.attachment.name)
        };
        let shares_connection = others().any(|other| other.attachment.connection == slot.attachment.connection);
        // Two on the same bus are both at "USB": only the order of plugging tells them apart then.
        if shares_connection {
            Ending::Number(slot.number)
        } else if others().next().is_some() {
            Ending::Connection(slot.attachment.connection.clone())
        } else {
            Ending::None
        }
    }

    /// The lowest number that no attached meter of this name has.
    pub(super) fn free_number(&self, name: &Clean) -> u32 {
        let is_taken = |number: u32| self.slots.iter().any(|s| s.attachment.name == *name && s.number == number);
        (1..=u32::MAX).find(|number| !is_taken(*number)).unwrap_or(u32::MAX)
    }
}
