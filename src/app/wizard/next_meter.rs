//! The meters that are left when one is done: still plugged in and not dealt with, or read earlier and waiting.

use crate::app::panel::{Panel, SlotState};
use crate::domain::association::{Upload, UploadId, Whereabouts};
use crate::domain::patient::Patient;

/// How many more meters may be gone on with for this patient: not those of others, and none of which the readings are in a
/// record. No meter for somebody who may not receive readings.
#[must_use]
pub fn count(patient: &Patient, panel: &Panel, waiting: &[Upload], handled: &[UploadId]) -> usize {
    if !patient.is_selectable() {
        return 0;
    }
    let may_be_theirs = |upload: &Upload| {
        let whereabouts = upload.whereabouts(Some(&patient.id));
        matches!(whereabouts, Whereabouts::Wait | Whereabouts::WaitForThis) && !handled.contains(&upload.id)
    };
    let attached = panel.for_patient(&patient.id).filter(|slot| match &slot.state {
        SlotState::Stored(upload) => may_be_theirs(upload),
        _ => true,
    });
    let earlier = waiting.iter().filter(|upload| panel.stored(&upload.id).is_none() && may_be_theirs(upload));
    attached.count() + earlier.count()
}
