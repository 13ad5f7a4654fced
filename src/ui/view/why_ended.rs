//! Why a meter is somebody's no more.

use crate::domain::ownership::EndingReason;
use crate::domain::words::{TextKey, key};

/// Why a meter is somebody's no more, in a word.
pub(super) const fn why_word(why: EndingReason) -> TextKey {
    match why {
        EndingReason::Replaced => key::METER_REPLACED,
        EndingReason::Lost => key::METER_LOST,
        EndingReason::Returned => key::METER_RETURNED,
        EndingReason::Error => key::METER_IN_ERROR,
    }
}
