//! How the care platform takes what was decided: waited for as long as a person waits, and told whenever it comes.

use jiff::{SignedDuration, Timestamp};

use crate::app::asked::Attempt;
use crate::app::effect::{PlatformTask, Ticket};
use crate::app::wizard::StepContext;
use crate::domain::association::UploadId;
use crate::domain::delivery::{DeliveryStanding, KeptFromPlatform};
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;

/// How long the screen says that it waits: a server that takes two seconds for each of its answers is through by then.
const PATIENCE: SignedDuration = SignedDuration::from_secs(8);

/// How the care platform takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// Whether any platform is told.
    is_told: bool,
    /// The question that is under way, or why no more is known.
    asked: Attempt,
    /// Until when the screen waits.
    until: Option<Timestamp>,
    /// What was said last.
    standing: Option<DeliveryStanding>,
    /// What of it goes into no record there.
    kept: KeptFromPlatform,
}

/// What is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saying<'a> {
    /// The readings are in the record, which is here.
    InRecordHere,
    /// The platform is being told, and the screen waits.
    Telling,
    /// It stands so.
    Stands(&'a DeliveryStanding),
    /// It is safe here, and no more is known.
    SafeHere,
}

impl FollowUp {
    /// Asks how a platform takes it, if one is told: what is decided about a patient of this store is in the record.
    pub(super) fn begin(patient: &PatientId, upload: &UploadId, context: &mut StepContext<'_>) -> Self {
        let mut follow_up = Self {
            is_told: patient.is_of_directory(),
            asked: Attempt::Idle,
            until: None,
            standing: None,
            kept: KeptFromPlatform::default(),
        };
        if follow_up.is_told {
            follow_up.look_again(upload, context);
            follow_up.until = context.at.checked_add(PATIENCE).ok();
        }
        follow_up
    }

    /// Asks how it stands now, unless that is asked already or cannot change any more.
    pub(super) fn look_again(&mut self, upload: &UploadId, context: &mut StepContext<'_>) {
        let is_over = matches!(self.standing, Some(DeliveryStanding::InTheRecord | DeliveryStanding::AlreadyThere));
        if self.is_told && !self.asked.is_waiting() && !is_over {
            self.asked = Attempt::Waiting(context.ask(PlatformTask::FollowDelivery { upload: upload.clone() }));
        }
    }

    /// It stands so, or that could not be found out.
    pub(super) fn came(&mut self, standing: Result<Option<DeliveryStanding>, Problem>) {
        self.until = None;
        self.asked = match standing {
            // That nothing is said is no news: what was said before holds.
            Ok(standing) => {
                self.standing = standing.or_else(|| self.standing.take());
                Attempt::Idle
            }
            Err(problem) => Attempt::failed(problem),
        };
    }

    /// So much of it goes into no record there.
    pub(super) const fn keeps(&mut self, kept: KeptFromPlatform) {
        self.kept = kept;
    }

    /// What of it goes into no record there, once anything is.
    #[must_use]
    pub const fn kept(&self) -> Option<KeptFromPlatform> {
        match self.saying() {
            Saying::Stands(DeliveryStanding::InTheRecord | DeliveryStanding::AlreadyThere) if self.kept.kept > 0 => {
                Some(self.kept)
            }
            _ => None,
        }
    }

    /// Why no more is known.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        self.asked.problem()
    }

    /// The person does not wait. What comes of it is told when it comes.
    pub(super) const fn stop_waiting(&mut self) {
        self.until = None;
    }

    /// It is so late.
    pub fn at(&mut self, at: Timestamp) {
        self.until = self.until.filter(|until| *until > at);
    }

    /// Until when the screen waits.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether the answer to this question is waited for.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.asked.waits_for(ticket)
    }

    /// Whether the screen says that it waits.
    #[must_use]
    pub const fn is_waited_for(&self) -> bool {
        self.until.is_some()
    }

    /// What is to be said of it.
    #[must_use]
    pub const fn saying(&self) -> Saying<'_> {
        match &self.standing {
            _ if !self.is_told => Saying::InRecordHere,
            _ if self.until.is_some() => Saying::Telling,
            Some(standing) => Saying::Stands(standing),
            None => Saying::SafeHere,
        }
    }
}
