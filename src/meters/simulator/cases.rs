//! The odd cases of the families, by name: what a meter does wrong or differently in ways that only its own language
//! has. A fault of the command line or of a script names one; the family says what it means.

use super::fault::{Fault, FaultDescription, FaultKind};

/// The number of a fault, as the place or the amount that a family needs. What does not fit becomes the largest that
/// does.
#[derive(Debug, Clone, Copy)]
pub(super) struct FaultNumber(u64);

impl FaultNumber {
    pub(super) fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    pub(super) fn amount(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }

    pub(super) fn short(self) -> u16 {
        u16::try_from(self.0).unwrap_or(u16::MAX)
    }
}

/// One odd case of a family whose faults are an `F`. The `CASES` of a family are the faults that a command line or a
/// script can ask for by name; the general ones (a count too high, a wrong check value at a byte) come by their kind,
/// and what neither can say is for tests alone.
pub(super) struct Case<F: 'static> {
    told: FaultDescription,
    set: fn(&mut F, FaultNumber),
}

impl<F> Case<F> {
    /// A case that is there or not.
    pub(super) const fn plain(name: &'static str, what: &'static str, set: fn(&mut F, FaultNumber)) -> Self {
        Self { told: FaultDescription { name, takes_number: false, what }, set }
    }

    /// A case with a place or an amount.
    pub(super) const fn at(name: &'static str, what: &'static str, set: fn(&mut F, FaultNumber)) -> Self {
        Self { told: FaultDescription { name, takes_number: true, what }, set }
    }
}

/// Brings about the case that the fault names, if it names one of these.
pub(super) fn apply<F>(faults: &mut F, cases: &[Case<F>], fault: Option<Fault>) {
    let Some(Fault { kind: FaultKind::Odd(name), at }) = fault else { return };
    if let Some(case) = cases.iter().find(|case| case.told.name == name) {
        (case.set)(faults, FaultNumber(at));
    }
}

/// The faults of a meter that does only what `fault` names.
pub(super) fn only<F: Default>(cases: &[Case<F>], fault: Option<Fault>) -> F {
    let mut faults = F::default();
    apply(&mut faults, cases, fault);
    faults
}

/// What the cases are, for a list.
pub(super) fn told<F>(cases: &[Case<F>]) -> Vec<FaultDescription> {
    cases.iter().map(|case| case.told).collect()
}
