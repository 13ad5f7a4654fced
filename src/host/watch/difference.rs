//! What changed between two looks. Pure.

use std::time::Instant;

use super::Sighting;
use crate::domain::meter::{Access, Attachment, AttachmentId};
use crate::host::bus::BusEvent;
use crate::host::retry::SETTLING;

/// Something plugged in, from one look to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugged {
    /// As the app knows it.
    pub attachment: Attachment,
    /// As the last look saw it.
    pub seen: Sighting,
    /// When a look first saw it.
    pub since: Instant,
    /// Whether the app was told of it.
    pub is_told: bool,
}

/// What a look changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What is plugged in now, in the order of the look.
    pub plugged: Vec<Plugged>,
    /// What the app has to be told: departures first, so that a replug reads in its order.
    pub events: Vec<BusEvent>,
}

/// Compares what was plugged in with what a look sees `at` this time. The same place is the same plug; a new place gets
/// its number from `next`.
///
/// An arrival that is refused or taken is told only when it is so for longer than a new device needs to settle, or as
/// soon as it is free.
pub fn difference(
    old: &[Plugged],
    new: &[Sighting],
    at: Instant,
    next: &mut dyn FnMut() -> AttachmentId,
) -> Difference {
    let stays = |plugged: &Plugged| new.iter().any(|seen| is_same(&plugged.seen, seen));
    let mut events: Vec<_> = old
        .iter()
        .filter(|plugged| plugged.is_told && !stays(plugged))
        .map(|plugged| BusEvent::Left(plugged.attachment.id))
        .collect();
    let mut now = Vec::with_capacity(new.len());
    for seen in new {
        let before = old.iter().find(|plugged| is_same(&plugged.seen, seen));
        let since = before.map_or(at, |plugged| plugged.since);
        let is_settling =
            matches!(seen.access, Access::Denied | Access::Busy) && at.saturating_duration_since(since) < SETTLING;
        let attachment = seen.attachment(before.map_or_else(&mut *next, |plugged| plugged.attachment.id));
        let is_told = match before {
            Some(plugged) if plugged.is_told => {
                if plugged.attachment != attachment {
                    events.push(BusEvent::Changed(attachment.clone()));
                }
                true
            }
            Some(_) | None if is_settling => false,
            Some(_) | None => {
                events.push(BusEvent::Arrived(attachment.clone()));
                true
            }
        };
        now.push(Plugged { attachment, seen: seen.clone(), since, is_told });
    }
    Difference { plugged: now, events }
}

/// Whether both are one plug of one thing.
fn is_same(before: &Sighting, after: &Sighting) -> bool {
    // The place alone is not enough: a bus gives its 127 numbers anew when they are used up.
    before.place == after.place && before.what == after.what
}
