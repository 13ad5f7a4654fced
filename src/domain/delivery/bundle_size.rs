//! How many resources go to a platform at once that is too slow for as many as it would take.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

/// After a parcel that came through, this part of the size is put on: slowly, because each attempt at too many costs a
/// whole wait for an answer.
const GROWTH: usize = 8;

/// The most that goes at once; nothing is known of it before a first time-out. It is halved after each, down to one,
/// and grows only when all of a parcel came through: an attempt of a size that the platform can bear comes to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BundleSize(Option<NonZeroUsize>);

impl BundleSize {
    /// How many go at once where the platform would take so many. Never fewer than one.
    #[must_use]
    pub fn at_once(self, taken: usize) -> usize {
        self.0.map_or(taken, |most| taken.min(most.get())).max(1)
    }

    /// No answer came in time to so many.
    #[must_use]
    pub fn after_time_out(self, sent: usize) -> Self {
        Self(Some(NonZeroUsize::new(sent / 2).unwrap_or(NonZeroUsize::MIN)))
    }

    /// All of a parcel of so many came through, where the platform would take so many at once.
    #[must_use]
    pub fn after_parcel(self, sent: usize, taken: usize) -> Self {
        // A parcel smaller than the limit came through: that says nothing of a larger one.
        let Some(most) = self.0.filter(|most| sent >= most.get()) else { return self };
        let grown = most.saturating_add((most.get() / GROWTH).max(1));
        // Grown to what the platform takes anyway, there is no limit left to remember, and a
        // platform that takes more one day is sent more.
        Self(Some(grown).filter(|grown| grown.get() < taken))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// One attempt to send so many, each with a condition by which it is created once; whether all came through. What
    /// the platform does not answer in time it has done all the same, or has not.
    fn attempt(
        size: &mut BundleSize,
        platform: &mut BTreeMap<usize, u32>,
        (count, taken, bearable): (usize, usize, usize),
        is_done_late: bool,
    ) -> bool {
        let (all, at_once) = ((0..count).collect::<Vec<_>>(), size.at_once(taken));
        for bundle in all.chunks(at_once) {
            let is_in_time = bundle.len() <= bearable;
            if is_in_time || is_done_late {
                for entry in bundle {
                    platform.entry(*entry).or_insert(1);
                }
            }
            if !is_in_time {
                *size = size.after_time_out(bundle.len());
                return false;
            }
        }
        *size = size.after_parcel(count, taken);
        true
    }

    proptest! {
        /// Whatever a platform can bear, a parcel comes through after as many time-outs as its size can be halved, with
        /// each entry there once. What was halved comes back, and by no more than an eighth or one with each parcel.
        #[test]
        fn a_parcel_comes_through_in_pieces_that_the_platform_can_bear(
            count in 1_usize..800, taken in 1_usize..200, bearable in 1_usize..200, is_done_late: bool,
        ) {
            let (mut size, mut platform, mut attempts) = (BundleSize::default(), BTreeMap::new(), 1);
            prop_assert_eq!(size.at_once(taken), taken);
            while !attempt(&mut size, &mut platform, (count, taken, bearable), is_done_late) {
                attempts += 1;
                prop_assert!(attempts <= 9, "more often than 200 can be halved");
            }
            prop_assert_eq!(platform.len(), count);
            prop_assert!(platform.values().all(|times| *times == 1));
            let mut parcels = 0;
            while size != BundleSize::default() {
                let before = size.at_once(taken);
                size = size.after_parcel(taken, taken);
                let now = size.at_once(taken);
                prop_assert!(before < now || now == taken);
                prop_assert!(now <= before + (before / GROWTH).max(1));
                parcels += 1;
                prop_assert!(parcels < 100);
            }
        }

        #[test]
        fn never_fewer_than_one_goes(sent in 0_usize..5, taken in 0_usize..5) {
            let size = BundleSize::default().after_time_out(sent);
            prop_assert!(size.at_once(taken) >= 1 && size.at_once(200) <= 2);
        }
    }
}
