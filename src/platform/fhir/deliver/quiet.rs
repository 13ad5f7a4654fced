//! When nothing can arrive any more of what is withdrawn. An answer that was lost says nothing of what was sent, a
//! search may lag behind what was written, and a server that keeps no versions does what comes late as if it were new.
//!
//! Of one store one program delivers at a time: while a withdrawal is carried, nothing else of its assignment is sent.
//! So it is looked once more when so much time has passed since the first look ended.

use std::time::Duration;

use jiff::SignedDuration;

use super::super::FhirPlatform;
use super::not_carried::NotCarried;
use crate::domain::delivery::{Outcome, Parcel};

/// For so long after it was sent something may still arrive, through whatever stands before the server: far longer than
/// anything keeps a request that nobody waits for any more.
const MAY_ARRIVE: Duration = Duration::from_mins(4);

/// It is looked again so much later than that, so that the look is not a moment too early.
const MARGIN: Duration = Duration::from_secs(10);

impl FhirPlatform {
    /// Stops as long as something may still arrive, unless nothing was changed this time and nothing was sent for long
    /// enough before: by the clock of this computer and, as far as this program saw it, by how long the computer runs.
    /// So a clock that is set makes no wait shorter while the program runs.
    pub(super) async fn must_be_quiet(
        &self,
        parcel: &Parcel,
        quiet_for: Option<SignedDuration>,
        is_changed: bool,
    ) -> Result<(), NotCarried> {
        let uptime = (self.surroundings.uptime)();
        let mut quiet_since = self.quiet_since.lock().await;
        let before = quiet_since.get(&parcel.key).copied().filter(|_| !is_changed);
        let since = *before.as_ref().unwrap_or(&uptime);
        let lasted = uptime.saturating_sub(since);
        let is_long = quiet_for.is_some_and(|quiet| quiet >= signed(MAY_ARRIVE));
        // Of a program that was begun anew meanwhile the clock alone says it.
        if !is_changed && is_long && (before.is_none() || lasted >= MAY_ARRIVE) {
            quiet_since.remove(&parcel.key);
            return Ok(());
        }
        quiet_since.insert(parcel.key.clone(), since);
        let left = signed((MAY_ARRIVE + MARGIN).saturating_sub(lasted).max(MARGIN));
        let until = (self.surroundings.now)().checked_add(left).ok();
        let why = "some of what was sent may still arrive: it is looked again whether any did";
        Err(NotCarried::With(Outcome::put_off(until, why)))
    }
}

fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}
