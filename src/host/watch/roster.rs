//! What is plugged in now, known to the watch and to the bus that opens meters.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Difference, Plugged, Sighting, difference};
use crate::domain::meter::{Access, AttachmentId};
use crate::host::bus::BusEvent;

/// Numbers plugs; no number is used twice. One counter for all buses of a program.
#[derive(Debug, Default)]
pub struct AttachmentIds(AtomicU64);

impl AttachmentIds {
    /// The next number, from 1.
    pub fn next(&self) -> AttachmentId {
        // Only the number must be its own; nothing else is ordered by it.
        AttachmentId(self.0.fetch_add(1, Ordering::Relaxed).saturating_add(1))
    }
}

/// What is plugged in, as of the last look; shared between the watch and the bus that opens meters.
#[derive(Debug, Default)]
pub struct Roster(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    plugged: Vec<Plugged>,
    held: Vec<AttachmentId>,
}

impl Roster {
    /// What this plug is.
    #[must_use]
    pub fn find(&self, id: AttachmentId) -> Option<Sighting> {
        self.lock().plugged.iter().find(|plugged| plugged.attachment.id == id).map(|plugged| plugged.seen.clone())
    }

    /// Notes that this program has the meter open, until the result is dropped: being busy with it is no news.
    #[must_use]
    pub fn hold(self: &Arc<Self>, id: AttachmentId) -> MeterInUse {
        self.lock().held.push(id);
        MeterInUse { roster: Arc::clone(self), id }
    }

    /// Takes in what a look at this time saw; the events are what changed.
    pub(super) fn take_in(&self, mut seen: Vec<Sighting>, at: Instant, ids: &AttachmentIds) -> Vec<BusEvent> {
        let mut entries = self.lock();
        for plugged in &entries.plugged {
            // libusb claims the interface for us, which a look cannot tell from another program's claim.
            if entries.held.contains(&plugged.attachment.id)
                && let Some(ours) = seen.iter_mut().find(|seen| seen.place == plugged.seen.place)
                && ours.access == Access::Busy
            {
                ours.access = Access::Open;
            }
        }
        let Difference { plugged, events } = difference(&entries.plugged, &seen, at, &mut || ids.next());
        entries.plugged = plugged;
        events
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// This program has a meter open.
#[derive(Debug)]
pub struct MeterInUse {
    roster: Arc<Roster>,
    id: AttachmentId,
}

impl Drop for MeterInUse {
    fn drop(&mut self) {
        let mut entries = self.roster.lock();
        if let Some(position) = entries.held.iter().position(|held| *held == self.id) {
            entries.held.remove(position);
        }
    }
}
