//! The meters that are left when one is done: still plugged in and not dealt with, or read earlier and waiting.

use crate::app::panel::{Panel, Slot, SlotState};
use crate::domain::association::{Upload, UploadId, Whereabouts};
use crate::domain::meter::Access;
use crate::domain::patient::Patient;

/// How many more meters may be gone on with for this patient: not those of others, and none of which the readings are
/// in a record. No meter for somebody who may not receive readings.
#[must_use]
pub fn count(patient: &Patient, panel: &Panel, waiting: &[Upload], handled: &[UploadId]) -> usize {
    if !patient.is_selectable() {
        return 0;
    }
    let is_theirs = |upload: &&Upload| may_be_theirs(patient, upload) && !handled.contains(&upload.id);
    let earlier = waiting.iter().filter(|upload| panel.stored(&upload.id).is_none()).filter(is_theirs);
    attached(patient, panel, handled).count() + earlier.count()
}

/// Those of them that are plugged in: read, being read or about to be, or behind a cable that nobody has named yet.
/// What failed, and what cannot be read, does not wait. A meter that was plugged in while another patient was in hand
/// waits all the same, once it was read.
pub fn attached<'a>(patient: &'a Patient, panel: &'a Panel, handled: &'a [UploadId]) -> impl Iterator<Item = &'a Slot> {
    panel.slots().iter().filter(|slot| match &slot.state {
        SlotState::Stored(upload) => may_be_theirs(patient, upload) && !handled.contains(&upload.id),
        SlotState::Reading { .. } | SlotState::Saving { .. } => slot.is_for(&patient.id),
        SlotState::Recognised => slot.attachment.access == Access::Open && slot.is_for(&patient.id),
        SlotState::Failed(_) | SlotState::NotSaved(_) | SlotState::Stopped => false,
    })
}

fn may_be_theirs(patient: &Patient, upload: &Upload) -> bool {
    matches!(upload.whereabouts(Some(&patient.id)), Whereabouts::Wait | Whereabouts::WaitForThis)
}
