//! What others do to a record while it is shown: somebody at another terminal on the same store, another program, or
//! another step of this one.
//!
//! It is looked for from time to time, and only while a dashboard is shown. What is shown stays until the record as it
//! is now has come, with the cursor on what it was on. A change leads to one reload: it is known up to where the trail
//! had come, and a reload writes nothing into it.

use jiff::{SignedDuration, Timestamp};

use super::DashboardStep;
use crate::app::asked::Asked;
use crate::app::effect::StationTask;
use crate::app::remark::Remark;
use crate::app::wizard::StepContext;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::record::ChangeMark;
use crate::domain::statistics::Dashboard;
use crate::domain::words::key;

/// How long after one look the next comes: soon enough for whoever waits for the other terminal to be done. A look
/// reads the last lines of the trail, which costs less than a key.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// As often it is doubled at most, where look after look finds a change: whatever makes so many must not have the
/// record loaded without end.
const MOST_DOUBLED: u32 = 4;

/// The same after a look that failed: whatever is wrong is told by what somebody does then, and the log is not filled.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_mins(1);

/// Whether a record that is shown has changed, as far as it was looked.
#[derive(Debug, Clone, Default)]
pub struct RecordWatch {
    /// Up to where changes are shown, or asked for.
    mark: ChangeMark,
    /// When it is looked next, if it is at all.
    due: Option<Timestamp>,
    /// The look that is under way.
    pub look: Asked<()>,
    /// Whether the record has changed, and is asked for as it is now.
    is_stale: bool,
    /// How many looks one after the other have found a change.
    changes: u32,
}

impl RecordWatch {
    /// When it is looked next.
    #[must_use]
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Whether what is shown is known to be no more what the record is.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// The record as it is now is asked for.
    fn is_asked(&mut self) {
        (self.due, self.look, self.is_stale) = (None, Asked::Idle, true);
    }

    /// A record is shown that was loaded up to this mark.
    pub(super) fn shows(&mut self, mark: ChangeMark, at: Timestamp) {
        // A platform that tells no mark is believed up to where it was asked.
        self.mark = self.mark.max(mark);
        let wait = LOOK_AGAIN * 2_i32.pow(self.changes.saturating_sub(1).min(MOST_DOUBLED));
        (self.due, self.look, self.is_stale) = (at.checked_add(wait).ok(), Asked::Idle, false);
    }

    /// What is shown is asked for by somebody, or cannot be loaded: nothing is looked for until something is shown.
    pub(super) fn rests(&mut self) {
        *self = Self { mark: self.mark, changes: self.changes, ..Self::default() };
    }
}

impl DashboardStep {
    /// Looks whether somebody has changed the record that is shown, if that is due.
    pub fn look_if_due(&mut self, context: &mut StepContext<'_>) {
        let Some(dashboard) = self.content.ready() else { return };
        if self.watch.due.is_some_and(|due| due <= context.at) {
            let (patient, since) = (dashboard.patient.id.clone(), self.watch.mark);
            self.watch.due = None;
            self.watch.look = Asked::Waiting(context.ask(StationTask::LookForChange { patient, since }));
        }
    }

    /// Up to where somebody has changed the record, if somebody has.
    pub fn looked_for_change(&mut self, found: &Result<Option<ChangeMark>, Problem>, context: &mut StepContext<'_>) {
        self.watch.look = Asked::Idle;
        let next = match found {
            Ok(Some(mark)) => {
                self.watch.mark = *mark;
                self.watch.changes = self.watch.changes.saturating_add(1);
                return self.refresh(context);
            }
            Ok(None) => {
                self.watch.changes = 0;
                LOOK_AGAIN
            }
            Err(_) => AFTER_FAILURE,
        };
        self.watch.due = context.at.checked_add(next).ok();
    }

    /// The record has changed behind what is shown: it is asked for as it is now, and what is shown stays until then.
    pub fn refresh(&mut self, context: &mut StepContext<'_>) {
        if self.content.ready().is_none() {
            return self.load(context);
        }
        self.again = Asked::Waiting(context.ask(self.question()));
        self.watch.is_asked();
    }

    /// The record as it is now, in the place of what was shown.
    pub(super) fn show_anew(
        &mut self,
        before: &Dashboard,
        mut dashboard: Box<Dashboard>,
        context: &mut StepContext<'_>,
    ) {
        if let Some((kind, _)) = before.behind {
            dashboard.look_behind(kind);
        }
        let is_as_before = shows_the_same(before, &mut dashboard);
        self.tab = self.tab.clone().kept(before, &dashboard);
        self.content = Asked::Ready(dashboard);
        if is_as_before {
            return;
        }
        // That nothing was exported because of the change is not over with it.
        let says_so = |problem: &Problem| problem.code == ProblemCode::RecordChanged;
        if !self.export.problem().is_some_and(says_so) {
            self.forget_export();
        }
        if self.watch.is_stale {
            context.remark = Some(Remark::Happened(key::TOLD_RECORD_CHANGED));
            if self.sources_shown().is_some() {
                self.ask_sources(context);
            }
        }
    }
}

/// Whether two dashboards differ in nothing but when they were loaded.
fn shows_the_same(before: &Dashboard, after: &mut Dashboard) -> bool {
    let own = (after.mark, after.origin);
    // Whatever of the record changes where it is from changes it elsewhere, too.
    (after.mark, after.origin) = (before.mark, before.origin);
    let is_same = before == after;
    (after.mark, after.origin) = own;
    is_same && std::mem::discriminant(&before.origin) == std::mem::discriminant(&after.origin)
}
