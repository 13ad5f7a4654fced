//! What a person must say of a meter's readings before they may go into a record: which clock is right, if the two are
//! more than a day apart; and that readings are this patient's, if another patient has them. No answer is proposed.

use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::wizard::confirm_assignment::ConfirmAssignment;
use crate::app::wizard::select_patient::SelectPatient;
use crate::app::wizard::upload::UploadStep;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{IntakeAnswer, Upload};
use crate::domain::intake_check::ClockVerdict;
use crate::domain::patient::Patient;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::words::key;

/// A question that stops the way until it is answered.
#[derive(Debug, Clone)]
pub struct IntakeQuestion {
    /// The person in hand.
    pub patient: Patient,
    /// The upload, which waits.
    pub upload: Upload,
    /// What is asked.
    pub question: IntakeSubject,
    /// The answer under the cursor; none at first.
    pub selection: Selection<Reply>,
    /// The answer that is to be kept.
    pub keeping: Attempt,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeSubject {
    /// The clocks are more than a day apart: which is right? Asked between the upload and the device.
    Clock,
    /// Another patient has these readings: whose are they? Asked between the patient and the assignment.
    Shared,
}

/// A row of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The meter's times are wrong, or right.
    Clock(ClockVerdict),
    /// The readings are this patient's.
    ThisPatient,
    /// Back, with nothing said.
    Back,
}

impl IntakeSubject {
    /// The answers there are, in the order in which they are shown.
    #[must_use]
    pub const fn replies(self) -> &'static [Reply] {
        match self {
            Self::Clock => {
                &[Reply::Clock(ClockVerdict::MeterWrong), Reply::Clock(ClockVerdict::MeterRight), Reply::Back]
            }
            Self::Shared => &[Reply::Back, Reply::ThisPatient],
        }
    }
}

impl IntakeQuestion {
    /// Stops with a question.
    #[must_use]
    pub fn ask(question: IntakeSubject, upload: Upload, patient: Patient) -> Step {
        let selection = Selection::default();
        Step::IntakeQuestion(Box::new(Self { patient, upload, question, selection, keeping: Asked::Idle }))
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.keeping.is_waiting()
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        // The answer is on its way into the store; what comes of it decides.
        if self.is_waiting() {
            return Step::IntakeQuestion(self);
        }
        match intent {
            KeyIntent::Act(Action::Back) => return self.back(),
            KeyIntent::Act(Action::GoOn) => match self.selection.id().copied() {
                None => context.remark = Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)),
                Some(Reply::Back) => return self.back(),
                Some(Reply::Clock(verdict)) => self.keep(IntakeAnswer::Clock(verdict), context),
                Some(Reply::ThisPatient) => {
                    let answer = IntakeAnswer::Shared(self.patient.id.clone());
                    self.keep(answer, context);
                }
            },
            // Meant for the fields of the next step, which the fingers know: nothing may be answered by that.
            KeyIntent::Act(Action::NextControl | Action::PreviousControl) | KeyIntent::Edit(_) => {
                self.selection.leave();
                context.remark = Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED));
            }
            KeyIntent::Act(action) => {
                self.selection.act(*action, self.question.replies(), context.page);
            }
        }
        Step::IntakeQuestion(self)
    }

    fn keep(&mut self, answer: IntakeAnswer, context: &mut StepContext<'_>) {
        // With what was on the screen: another station may have read the meter since, or answered
        // otherwise, and this is no answer to that.
        let ticket = context.ask(StationTask::AnswerIntake {
            upload: self.upload.id.clone(),
            read_at: self.upload.read_at,
            seen: self.upload.seen(),
            answer,
        });
        self.keeping = Asked::Waiting(ticket);
    }

    fn back(self: Box<Self>) -> Step {
        match self.question {
            IntakeSubject::Clock => UploadStep::come_back(self.patient),
            IntakeSubject::Shared => Step::SelectPatient(Box::new(SelectPatient::new(self.upload, Some(self.patient)))),
        }
    }

    /// The meter was read again: the question is about what it holds now, and what was answered before is no answer to
    /// it; or nothing is to be asked any more.
    #[must_use]
    pub fn read_again(mut self: Box<Self>, upload: &Upload, context: &mut StepContext<'_>) -> Step {
        context.remark = Some(Remark::Happened(key::TOLD_READ_AGAIN));
        match self.question {
            IntakeSubject::Clock if !upload.asks_for_clock() => UploadStep::come_back(self.patient),
            // The answer that is on its way was given for the read before. The store keeps it or
            // refuses it as changed, and both lead on from here.
            IntakeSubject::Shared if self.is_waiting() => {
                self.upload = upload.clone();
                Step::IntakeQuestion(self)
            }
            question => Self::ask(question, upload.clone(), self.patient),
        }
    }

    /// What was said is in the store, and the way goes on with the upload as it stands now; or why it is not.
    pub fn kept(mut self: Box<Self>, kept: Result<Box<Upload>, Problem>, context: &mut StepContext<'_>) -> Step {
        match (kept, self.question) {
            (Ok(upload), IntakeSubject::Clock) => UploadStep::clock_is_judged(self.patient, upload, context),
            (Ok(upload), IntakeSubject::Shared) => ConfirmAssignment::enter(*upload, self.patient, context),
            // What was answered is not what is there: it is looked at, and asked about, anew.
            (Err(problem), _) if problem.code == ProblemCode::UploadChanged => {
                context.remark = Some(Remark::failed(key::TOLD_CHANGED, problem));
                UploadStep::check_waiting(self.patient, &self.upload, context)
            }
            (Err(problem), _) => {
                self.keeping = Asked::failed(problem);
                Step::IntakeQuestion(self)
            }
        }
    }
}
