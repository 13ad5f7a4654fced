//! Step 5: confirm the assignment. Device and person stand on one screen; what the person says of themselves is typed,
//! with one retry for a slip of the finger. What is asked is in [`identity_check`]; wrong answers are
//! counted by the store.

mod at_platform;
mod focus;
mod wristband;

pub(in crate::app::wizard) use self::at_platform::ConfirmedThere;
pub use self::focus::AssignmentFocus;

use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::{StationTask, Ticket};
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::wizard::done::Done;
use crate::app::wizard::intake_question::{IntakeQuestion, UseAskedBy};
use crate::app::wizard::scan::ScanMatch;
use crate::app::wizard::select_patient::SelectPatient;
use crate::app::wizard::upload::UploadStep;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{Assignment, AssignmentResult, IdempotencyKey, Owner, Proof, Upload};
use crate::domain::identity_check::{
    self, IdentityCheck, IdentityQuestion, IdentityStanding, Others, Shared, TypedAnswer, Verdict, Who,
};
use crate::domain::patient::Patient;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::taken_back::TakenBack;
use crate::domain::text::Private;
use crate::domain::typed_date;
use crate::domain::words::key;

/// Confirming that this device belongs to this person.
#[derive(Debug, Clone)]
pub struct ConfirmAssignment {
    /// The upload whose device was confirmed.
    pub upload: Upload,
    /// The person who was selected.
    pub patient: Patient,
    /// How the person stands to the upload, and who may be taken for them.
    pub check: Asked<Box<IdentityCheck>>,
    /// What the care platform has of the person and the meter now. Nobody waits for it: without an answer the
    /// assignment is confirmed by what is known here, and the platform decides when it is told.
    at_platform: Attempt,
    /// What is typed in the first field: initials or an identifier.
    pub who: TextField,
    /// What is typed in the second field: year or date of birth.
    pub born: TextField,
    /// What has the focus.
    pub focus: AssignmentFocus,
    /// A field that was to be acted on and is empty.
    pub missing: Option<AssignmentFocus>,
    /// What is said of the last answer.
    pub told: Option<IdentityNotice>,
    /// How the wristband that was scanned last stands to the person.
    pub scanned: ScanMatch,
    /// One key for all tries of this assignment: however often it is sent, it happens once.
    key: IdempotencyKey,
    /// What is under way.
    pub work: AssignmentWork,
}

/// What is said of an answer that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityNotice {
    /// It was wrong; one more try.
    Mismatch,
    /// The full birth date is needed, because somebody with these initials was born in the same year.
    DateNeeded,
    /// The date that was typed can be read in several ways. No answer yet, so it is not counted as a wrong one.
    DateUnclear,
    /// The year that was typed has two digits. No answer yet either.
    YearShort,
    /// Meanwhile something else is asked for than what was typed.
    AskedAnew,
    /// The platform has changed what it says of the person. What was typed may be right for what was shown before.
    PersonChanged,
    /// The record that the meter was given to was merged into this one, which can be another person's.
    OwnerMerged,
    /// That the meter is theirs had ended, and that was undone.
    EndUndone,
    /// What was decided of the meter last was undone: it was the wrong person then.
    WasUndone,
    /// At the platform the meter was taken off its owner, who has it here.
    TakenOff,
}

impl IdentityNotice {
    /// Whether it is about what was typed last, and over with what is typed or scanned next.
    const fn is_of_answer(self) -> bool {
        matches!(self, Self::Mismatch | Self::DateNeeded | Self::DateUnclear | Self::YearShort | Self::AskedAnew)
    }
}

/// What the confirm screen waits for: one of two questions that somebody's key asks, or the answer to
/// [`ConfirmAssignment::check`] and then one of them. An [`Asked`] for each could wait for all at once.
#[derive(Debug, Clone, PartialEq)]
pub enum AssignmentWork {
    /// Nothing but keys.
    Idle,
    /// What is known of the person; then the answer is looked at.
    Checking,
    /// That a wrong answer is counted.
    Noting(Ticket),
    /// The assignment.
    Assigning(Ticket),
    /// Nothing: the last try failed. The fields still hold what matched.
    Failed(Problem),
}

impl ConfirmAssignment {
    /// Enters the step, and asks how the person stands and who may be taken for them.
    pub fn enter(upload: Upload, patient: Patient, context: &mut StepContext<'_>) -> Step {
        Step::ConfirmAssignment(Box::new(Self::begin(upload, patient, context)))
    }

    /// Enters the step for the owner's meter: for this reason the station does not add its readings before somebody
    /// says who the person is.
    pub fn enter_for_owner(
        upload: Upload,
        patient: Patient,
        why: IdentityNotice,
        context: &mut StepContext<'_>,
    ) -> Step {
        let step = Self::begin(upload, patient, context);
        let told = step.told.or(Some(why));
        Step::ConfirmAssignment(Box::new(Self { told, ..step }))
    }

    fn begin(upload: Upload, patient: Patient, context: &mut StepContext<'_>) -> Self {
        let ticket =
            context.ask(StationTask::BeginIdentityCheck { upload: upload.id.clone(), patient: patient.id.clone() });
        // Whoever is in hand may come from a list that is as old as the last search.
        let at_platform = Asked::Waiting(at_platform::ask(&upload, &patient, context));
        let told = upload.taken_back.is_some_and(TakenBack::is_undone).then_some(IdentityNotice::WasUndone);
        Self {
            upload,
            patient,
            check: Asked::Waiting(ticket),
            at_platform,
            who: TextField::default(),
            born: TextField::default(),
            focus: AssignmentFocus::Who,
            missing: None,
            told,
            scanned: ScanMatch::NotScanned,
            key: context.tickets.key(),
            work: AssignmentWork::Idle,
        }
    }

    /// Whether a text field has the focus.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        matches!(self.focus, AssignmentFocus::Who | AssignmentFocus::Born) && !self.is_waiting()
    }

    /// Whether something is on its way whose answer decides.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.work, AssignmentWork::Checking | AssignmentWork::Noting(_) | AssignmentWork::Assigning(_))
    }

    /// What is asked of this person.
    #[must_use]
    pub fn question(&self) -> IdentityQuestion {
        let standing = self.check.ready().map_or(IdentityStanding::Open, |check| check.standing);
        identity_check::question(&self.patient, self.others(), standing)
    }

    /// How what is typed stands to what is asked.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        identity_check::verdict(self.question(), &self.patient, self.others(), &self.typed())
    }

    fn others(&self) -> Others<'_> {
        match &self.check {
            // Until it is known, the easiest question stands there. Nothing is judged by it:
            // `confirm` waits for the answer.
            Asked::Idle | Asked::Waiting(_) => Others::Known(&[], Shared::Nothing),
            Asked::Ready(check) => Others::Known(&check.look_alikes, check.shared),
            Asked::Failed(_) => Others::Unknown,
        }
    }

    fn typed(&self) -> TypedAnswer {
        TypedAnswer { who: Private::new(self.who.clean()), born: Private::new(self.born.clean()) }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        if self.is_waiting() {
            // What is on its way cannot be called back; its answer decides.
            return Step::ConfirmAssignment(self);
        }
        match intent {
            KeyIntent::Edit(edit) => {
                self.missing = None;
                match self.focus {
                    AssignmentFocus::Who => self.who.edit(edit),
                    AssignmentFocus::Born => self.born.edit(edit),
                    AssignmentFocus::Confirm | AssignmentFocus::Back => false,
                };
            }
            KeyIntent::Act(Action::GoOn) => return self.go_on(context),
            KeyIntent::Act(Action::Back) => return self.back(),
            KeyIntent::Act(Action::NextControl | Action::Down | Action::Right) => self.focus = self.focus.next(),
            KeyIntent::Act(Action::PreviousControl | Action::Up | Action::Left) => {
                // Of four controls, three further is one back.
                self.focus = self.focus.next().next().next();
            }
            KeyIntent::Act(_) => {}
        }
        Step::ConfirmAssignment(self)
    }

    fn go_on(mut self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        match self.focus {
            // Enter on an empty field leads nowhere, and says so.
            AssignmentFocus::Who if self.who.is_blank() => self.missing = Some(self.focus),
            AssignmentFocus::Born if self.born.is_blank() => self.missing = Some(self.focus),
            AssignmentFocus::Who | AssignmentFocus::Born => self.focus = self.focus.next(),
            AssignmentFocus::Back => return self.back(),
            AssignmentFocus::Confirm => return self.confirm(context),
        }
        Step::ConfirmAssignment(self)
    }

    fn back(self: Box<Self>) -> Step {
        Step::SelectPatient(Box::new(SelectPatient::new(self.upload, Some(self.patient))))
    }

    fn confirm(mut self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        if self.scanned == ScanMatch::Mismatch {
            self.work = AssignmentWork::Idle;
            context.remark = Some(Remark::NotNow(key::REASON_WRISTBAND_MISMATCH));
            return Step::ConfirmAssignment(self);
        }
        if self.who.is_blank() || self.born.is_blank() {
            self.focus = if self.who.is_blank() { AssignmentFocus::Who } else { AssignmentFocus::Born };
            self.missing = Some(self.focus);
            return Step::ConfirmAssignment(self);
        }
        if self.check.is_waiting() {
            self.work = AssignmentWork::Checking;
            return Step::ConfirmAssignment(self);
        }
        // Both before the verdict: what can be read in more than one way is no answer. Counted as a
        // wrong one it would bring the person one step nearer to being blocked for this upload.
        if typed_date::lacks_century(self.born.text()) {
            self.ask_for_the_date(IdentityNotice::YearShort);
            return Step::ConfirmAssignment(self);
        }
        if matches!(typed_date::read(self.born.text().trim()), typed_date::Typed::Days(days) if days.len() > 1) {
            self.ask_for_the_date(IdentityNotice::DateUnclear);
            return Step::ConfirmAssignment(self);
        }
        let (upload, patient) = (self.upload.id.clone(), self.patient.id.clone());
        match self.verdict() {
            Verdict::Match => return self.assign(context),
            Verdict::DateNeeded => self.ask_for_the_date(IdentityNotice::DateNeeded),
            Verdict::Mismatch => {
                // Counted by the store before another try is given: neither going back and forth
                // nor another station gives more of them.
                self.work = AssignmentWork::Noting(context.ask(StationTask::NoteMismatch { upload, patient }));
            }
        }
        Step::ConfirmAssignment(self)
    }

    /// Assigns by what is typed, which matches.
    pub fn assign(mut self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        let (upload, patient) = (self.upload.id.clone(), self.patient.id.clone());
        let proof = Proof::Typed(self.typed());
        // What the screen showed, not what is there by now: the store compares the two, and assigns nothing that nobody
        // has seen.
        let seen = self.upload.seen();
        let assignment = Assignment { upload, patient, key: self.key.clone(), proof, seen };
        self.work = AssignmentWork::Assigning(context.ask(StationTask::Assign { assignment }));
        Step::ConfirmAssignment(self)
    }

    /// Whether this step waits for the answer to this question.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.check.waits_for(ticket)
            || self.at_platform.waits_for(ticket)
            || matches!(self.work, AssignmentWork::Noting(asked) | AssignmentWork::Assigning(asked) if asked == ticket)
    }

    /// The readings are in the record, or why they are not.
    pub fn assigned(self: Box<Self>, result: Result<AssignmentResult, Problem>, context: &mut StepContext<'_>) -> Step {
        let result = match result {
            Ok(result) => result,
            Err(problem) => return self.not_assigned(problem, context),
        };
        let mut upload = self.upload;
        // A meter that cannot be told from others stays nobody's: its readings were assigned, and
        // the next one that looks like it may be another person's.
        if upload.owner == Owner::Nobody {
            upload.owner = Owner::Patient(Box::new(self.patient.clone()));
        }
        context.is_recorded(&mut upload, &self.patient);
        Done::assigned(self.patient, upload, result, context)
    }

    /// How the person stands and who may be taken for them came, or it is not known.
    pub fn checked(
        mut self: Box<Self>,
        check: Result<Box<IdentityCheck>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        self.check = match check {
            Ok(check) if check.standing == IdentityStanding::Blocked => {
                return Step::SelectPatient(Box::new(SelectPatient::anew(self.upload, key::IDENTITY_BLOCKED)));
            }
            check => check.into(),
        };
        // Initials that were typed before anybody knew that an identifier is asked for are no wrong answer.
        if self.question().who == Who::Identifier && !self.who.is_blank() {
            self.ask_anew(IdentityNotice::AskedAnew);
        } else if self.work == AssignmentWork::Checking {
            return self.confirm(context);
        }
        Step::ConfirmAssignment(self)
    }

    /// A wrong answer was counted, or could not be.
    pub fn noted(
        mut self: Box<Self>,
        standing: Result<IdentityStanding, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        let anew = match standing {
            Ok(IdentityStanding::Open | IdentityStanding::OneMoreTry) => {
                if let Asked::Ready(check) = &mut self.check {
                    check.standing = IdentityStanding::OneMoreTry;
                }
                self.ask_anew(IdentityNotice::Mismatch);
                return Step::ConfirmAssignment(self);
            }
            Ok(IdentityStanding::IdentifierNeeded | IdentityStanding::Blocked) => key::IDENTITY_MISMATCH_TWICE,
            // An answer that could not be counted is not followed by another.
            Err(problem) => {
                context.remark = Some(Remark::failed(key::TOLD_NOT_NOTED, problem));
                key::IDENTITY_NOT_COUNTED
            }
        };
        Step::SelectPatient(Box::new(SelectPatient::anew(self.upload, anew)))
    }

    fn ask_for_the_date(&mut self, why: IdentityNotice) {
        self.told = Some(why);
        self.born.clear();
        self.focus = AssignmentFocus::Born;
        self.work = AssignmentWork::Idle;
    }

    fn ask_anew(&mut self, why: IdentityNotice) {
        self.told = Some(why);
        self.who.clear();
        self.born.clear();
        self.focus = AssignmentFocus::Who;
        self.work = AssignmentWork::Idle;
    }

    fn not_assigned(mut self: Box<Self>, problem: Problem, context: &mut StepContext<'_>) -> Step {
        match problem.code {
            // Somebody was faster: the check of the upload step finds the new owner and stops.
            ProblemCode::AlreadyAssigned => UploadStep::check_waiting(self.patient, &self.upload, context),
            // What was confirmed is not what is there: it is looked at, and asked about, before it is confirmed anew.
            ProblemCode::UploadChanged | ProblemCode::ClockUndecided | ProblemCode::HeldByAnother => {
                context.remark = Some(Remark::failed(key::TOLD_CHANGED, problem));
                UploadStep::check_waiting(self.patient, &self.upload, context)
            }
            ProblemCode::UseUnanswered => {
                self.work = AssignmentWork::Idle;
                let (upload, patient) = (self.upload.clone(), self.patient.clone());
                IntakeQuestion::ask_who_uses(UseAskedBy::Confirmed(self), upload, patient, context)
            }
            // Somebody similar was registered meanwhile, or another station had wrong answers.
            ProblemCode::IdentityNotProved => {
                let mut anew = Self::begin(self.upload, self.patient, context);
                anew.work = AssignmentWork::Failed(problem);
                Step::ConfirmAssignment(Box::new(anew))
            }
            _ => {
                // What was typed was right and stays. One Enter tries again, under the same key, so
                // that an assignment whose answer was lost does not happen twice.
                self.work = AssignmentWork::Failed(problem);
                self.focus = AssignmentFocus::Confirm;
                Step::ConfirmAssignment(self)
            }
        }
    }
}
