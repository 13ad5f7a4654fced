//! The numbers of an account: announced, taken, set aside, not taken.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::reading::Reading;
use crate::meters::error::MeterError;

/// A record that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeterRecord {
    /// It is a reading.
    Reading(Box<Reading>),
    /// It is known by name to be no reading: insulin, carbohydrates, an average.
    Aside(Cow<'static, str>, Counted),
}

impl From<Reading> for MeterRecord {
    fn from(reading: Reading) -> Self {
        Self::Reading(Box::new(reading))
    }
}

/// Whether a meter's announcement counts what is no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// It does.
    Always,
    /// It is not documented: with or without all of this name will do.
    Perhaps,
}

/// What has been counted so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    announced: Option<u32>,
    may_exceed: bool,
    taken: u32,
    refused: u32,
    aside: BTreeMap<(Cow<'static, str>, Counted), u32>,
}

impl Tally {
    /// Adds an announcement and returns the sum of all.
    pub(super) fn announce(&mut self, announced: u32) -> u32 {
        let sum = self.announced.unwrap_or(0).saturating_add(announced);
        self.announced = Some(sum);
        sum
    }

    pub(super) const fn may_exceed(&mut self) {
        self.may_exceed = true;
    }

    pub(super) const fn announced(&self) -> Option<u32> {
        self.announced
    }

    pub(super) const fn take(&mut self) {
        self.taken = self.taken.saturating_add(1);
    }

    pub(super) const fn refuse(&mut self) {
        self.refused = self.refused.saturating_add(1);
    }

    pub(super) fn set_aside(&mut self, name: Cow<'static, str>, counted: Counted) {
        let count = self.aside.entry((name, counted)).or_default();
        *count = count.saturating_add(1);
    }

    pub(super) const fn refused(&self) -> u32 {
        self.refused
    }

    /// Readings and records that were not taken.
    pub(super) const fn seen(&self) -> u32 {
        self.taken.saturating_add(self.refused)
    }

    /// Records that were understood; what an announcement may leave out is not among them.
    pub(super) fn understood(&self) -> u32 {
        self.taken.saturating_add(self.counted())
    }

    /// The same, and never more than was announced.
    pub(super) fn done(&self) -> u32 {
        self.announced.map_or_else(|| self.understood(), |announced| self.understood().min(announced))
    }

    /// Records that came.
    pub(super) fn came(&self) -> u32 {
        self.understood().saturating_add(self.refused)
    }

    fn counted(&self) -> u32 {
        let always = self.aside.iter().filter(|((_, counted), _)| *counted == Counted::Always);
        always.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// What is no reading, and how many of each.
    pub(super) fn asides(&self) -> impl Iterator<Item = (&str, u32)> {
        self.aside.iter().map(|((name, _), count)| (name.as_ref(), *count))
    }

    /// Compares what came with what was announced.
    pub(super) fn check(&self) -> Result<(), MeterError> {
        let Some(announced) = self.announced else { return Ok(()) };
        let came = self.came();
        // No source says whether a Contour counts logbook entries and the average in its header, so each sort of them
        // may be in the number or not.
        let mut totals = BTreeSet::from([came]);
        for ((_, counted), count) in &self.aside {
            if *counted == Counted::Perhaps {
                let with: Vec<u32> = totals.iter().map(|total| total.saturating_add(*count)).collect();
                totals.extend(with);
            }
        }
        if totals.contains(&announced) || came > announced && self.may_exceed {
            Ok(())
        } else if came < announced {
            Err(MeterError::Short { received: came, announced })
        } else {
            let reason = "more came than were announced".to_owned();
            Err(MeterError::Malformed { what: "the records", reason: reason.into() })
        }
    }
}
