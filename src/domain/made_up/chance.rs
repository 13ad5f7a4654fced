//! Chance that is the same on every machine and each time.

/// A seed, from which every number is drawn by what it is for and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance(u64);

/// What is drawn. Each has a stream of its own, so that two things drawn for one person have nothing to do with each
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawn {
    FamilyName = 1,
    GivenName,
    BirthDate,
    Gender,
    Status,
    FamilyWord,
    GivenWord,
    Memory,
    Habit,
    Level,
    Moment,
    Value,
    Event,
    Model,
}

impl Chance {
    /// The chance of a seed.
    pub(super) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The number drawn for `whom`: any of 64 bits.
    pub(super) const fn draw(self, what: Drawn, whom: u64) -> u64 {
        mixed(mixed(self.0 ^ (what as u64).rotate_left(48)) ^ whom)
    }

    /// One of `count` places, each as often; 0 if there is none.
    pub(super) fn place(self, what: Drawn, whom: u64, count: usize) -> usize {
        place(self.draw(what, whom), count)
    }
}

/// One of `count` places by a number that was drawn; 0 if there is none.
pub(super) fn place(drawn: u64, count: usize) -> usize {
    u64::try_from(count)
        .ok()
        .and_then(|count| drawn.checked_rem(count))
        .map_or(0, |place| usize::try_from(place).unwrap_or(0))
}

/// `SplitMix64` (Steele, Lea and Flood 2014): one step of its sequence from this state on.
pub(super) const fn mixed(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
