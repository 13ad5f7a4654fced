//! What a person must say of a meter's readings before they may go into a record: which clock is right, if the two are
//! more than a day apart; that readings are this patient's, if another patient has them; and who uses the meter, if
//! they are odd beside the record. No answer is proposed.

use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::{StationTask, Ticket};
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::wizard::confirm_assignment::{ConfirmAssignment, ConfirmedThere};
use crate::app::wizard::select_patient::SelectPatient;
use crate::app::wizard::upload::UploadStep;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{IntakeAnswer, Upload, UseAnswer};
use crate::domain::intake_check::ClockVerdict;
use crate::domain::oddity::{Oddity, WhoUses};
use crate::domain::patient::Patient;
use crate::domain::platform_check::PlatformCheck;
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
#[derive(Debug, Clone)]
pub enum IntakeSubject {
    /// The clocks are more than a day apart: which is right? Asked between the upload and the device.
    Clock,
    /// Another patient has these readings: whose are they? Asked between the patient and the assignment.
    Shared,
    /// The readings are odd: who uses the meter? Asked once the person was confirmed, before they are assigned.
    Use(Box<UseQuestion>),
}

/// Who uses a meter, and what goes on once that is said.
#[derive(Debug, Clone)]
pub struct UseQuestion {
    /// What is odd.
    pub oddities: Asked<Vec<Oddity>>,
    /// What waits for the answer.
    asked_by: UseAskedBy,
}

impl UseQuestion {
    /// Whether the readings are added to the meter's owner, who is not asked who they are.
    #[must_use]
    pub const fn is_of_owner(&self) -> bool {
        matches!(self.asked_by, UseAskedBy::Owner(_))
    }
}

/// What was to be assigned when it turned out to be odd.
#[derive(Debug, Clone)]
pub enum UseAskedBy {
    /// What was confirmed by what the person says of themselves.
    Confirmed(Box<ConfirmAssignment>),
    /// What is added to the meter's owner.
    Owner(Box<UploadStep>),
}

/// A row of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The meter's times are wrong, or right.
    Clock(ClockVerdict),
    /// The readings are this patient's.
    ThisPatient,
    /// Who uses the meter.
    Uses(WhoUses),
    /// Back, with nothing said.
    Back,
}

impl IntakeSubject {
    /// The answers there are, in the order in which they are shown.
    #[must_use]
    pub const fn replies(&self) -> &'static [Reply] {
        match self {
            Self::Clock => {
                &[Reply::Clock(ClockVerdict::MeterWrong), Reply::Clock(ClockVerdict::MeterRight), Reply::Back]
            }
            Self::Shared => &[Reply::Back, Reply::ThisPatient],
            Self::Use(_) => &[
                Reply::Back,
                Reply::Uses(WhoUses::OnePerson),
                Reply::Uses(WhoUses::MorePeople),
                Reply::Uses(WhoUses::NotKnown),
            ],
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

    /// Stops with the question who uses the meter, whose readings are odd beside the patient's record.
    pub fn ask_who_uses(asked_by: UseAskedBy, upload: Upload, patient: Patient, context: &mut StepContext<'_>) -> Step {
        let oddities = Asked::Waiting(look(&upload, &patient, context));
        Self::ask(IntakeSubject::Use(Box::new(UseQuestion { oddities, asked_by })), upload, patient)
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.keeping.is_waiting()
    }

    /// What is odd, where who uses the meter is asked.
    #[must_use]
    pub const fn oddities(&self) -> Option<&Asked<Vec<Oddity>>> {
        match &self.question {
            IntakeSubject::Use(question) => Some(&question.oddities),
            IntakeSubject::Clock | IntakeSubject::Shared => None,
        }
    }

    /// What went wrong.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.keeping.problem().or_else(|| self.oddities()?.problem())
    }

    /// Whether this step waits for the answer to this question.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.keeping.waits_for(ticket)
            || self.oddities().is_some_and(|oddities| oddities.waits_for(ticket))
            || self.confirmed().is_some_and(|step| step.waits_for(ticket))
    }

    /// What was confirmed by what the person says, and waits behind the question.
    const fn confirmed(&self) -> Option<&ConfirmAssignment> {
        match &self.question {
            IntakeSubject::Use(question) => match &question.asked_by {
                UseAskedBy::Confirmed(step) => Some(step),
                UseAskedBy::Owner(_) => None,
            },
            IntakeSubject::Clock | IntakeSubject::Shared => None,
        }
    }

    /// What the care platform has of the person and the meter came while the question stands, or it is not known: what
    /// was confirmed before may stand no more.
    pub fn checked_at_platform(
        mut self: Box<Self>,
        check: Result<Box<PlatformCheck>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        match self.question {
            IntakeSubject::Use(question) => match *question {
                UseQuestion { oddities, asked_by: UseAskedBy::Confirmed(step) } => {
                    match step.held_against_platform(check, context) {
                        ConfirmedThere::AsConfirmed(step) => {
                            self.patient = step.patient.clone();
                            let asked_by = UseAskedBy::Confirmed(step);
                            self.question = IntakeSubject::Use(Box::new(UseQuestion { oddities, asked_by }));
                        }
                        ConfirmedThere::Elsewhere(step) => return *step,
                    }
                }
                of_owner => self.question = IntakeSubject::Use(Box::new(of_owner)),
            },
            of_readings => self.question = of_readings,
        }
        Step::IntakeQuestion(self)
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        // The answer is on its way into the store; what comes of it decides.
        if self.is_waiting() {
            return Step::IntakeQuestion(self);
        }
        match intent {
            KeyIntent::Act(Action::Back) => return self.back(),
            // What is odd is not on the screen: nothing is answered before it is.
            intent if self.oddities().is_some_and(|oddities| oddities.ready().is_none()) => {
                if *intent == KeyIntent::Act(Action::GoOn) {
                    self.look_again(context);
                }
            }
            KeyIntent::Act(Action::GoOn) => match self.selection.id().copied() {
                None => context.remark = Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)),
                Some(Reply::Back) => return self.back(),
                Some(Reply::Clock(verdict)) => self.keep(IntakeAnswer::Clock(verdict), context),
                Some(Reply::ThisPatient) => {
                    let answer = IntakeAnswer::Shared(self.patient.id.clone());
                    self.keep(answer, context);
                }
                Some(Reply::Uses(who)) => self.keep_use(who, context),
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

    fn keep_use(&mut self, who: WhoUses, context: &mut StepContext<'_>) {
        let Some(about) = self.oddities().and_then(Asked::ready).cloned() else { return };
        let (upload, patient) = (self.upload.id.clone(), self.patient.id.clone());
        let answer = Box::new(UseAnswer { upload, patient, who, about });
        let read_at = self.upload.read_at;
        self.keeping = Asked::Waiting(context.ask(StationTask::AnswerUse { answer, read_at }));
    }

    /// Asks once more what is odd, if that failed.
    fn look_again(&mut self, context: &mut StepContext<'_>) {
        if let IntakeSubject::Use(question) = &mut self.question
            && question.oddities.problem().is_some()
        {
            question.oddities = Asked::Waiting(look(&self.upload, &self.patient, context));
        }
    }

    /// What is odd came, or it is not known.
    pub fn oddities_found(
        mut self: Box<Self>,
        found: Result<Vec<Oddity>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Step {
        // What was chosen before it was shown was not chosen because of it.
        self.selection.leave();
        match &mut self.question {
            // What was odd a moment ago is not so any more: it is looked at anew.
            IntakeSubject::Use(_) if found.as_ref().is_ok_and(Vec::is_empty) => {
                context.remark = Some(Remark::Happened(key::TOLD_NOTHING_ODD));
                return UploadStep::check_waiting(self.patient, &self.upload, context);
            }
            IntakeSubject::Use(question) => question.oddities = found.into(),
            IntakeSubject::Clock | IntakeSubject::Shared => {}
        }
        Step::IntakeQuestion(self)
    }

    fn back(self: Box<Self>) -> Step {
        match self.question {
            IntakeSubject::Clock | IntakeSubject::Use(_) => UploadStep::come_back(self.patient),
            IntakeSubject::Shared => Step::SelectPatient(Box::new(SelectPatient::new(self.upload, Some(self.patient)))),
        }
    }

    /// The meter was read again: the question is about what it holds now, and what was answered before is no answer to
    /// it; or nothing is to be asked any more.
    #[must_use]
    pub fn read_again(mut self: Box<Self>, upload: &Upload, context: &mut StepContext<'_>) -> Step {
        context.remark = Some(Remark::Happened(key::TOLD_READ_AGAIN));
        match &self.question {
            IntakeSubject::Clock if !upload.asks_for_clock() => UploadStep::come_back(self.patient),
            // The answer that is on its way was given for the read before. The store keeps it or
            // refuses it as changed, and both lead on from here.
            IntakeSubject::Shared | IntakeSubject::Use(_) if self.keeping.is_waiting() => {
                self.upload = upload.clone();
                Step::IntakeQuestion(self)
            }
            IntakeSubject::Clock => Self::ask(IntakeSubject::Clock, upload.clone(), self.patient),
            IntakeSubject::Shared => Self::ask(IntakeSubject::Shared, upload.clone(), self.patient),
            // What is odd may be something else now, and what was confirmed is not what the meter holds.
            IntakeSubject::Use(_) => UploadStep::check_waiting(self.patient, upload, context),
        }
    }

    /// What was said is in the store, and the way goes on with the upload as it stands now; or why it is not.
    pub fn kept(mut self: Box<Self>, kept: Result<Box<Upload>, Problem>, context: &mut StepContext<'_>) -> Step {
        match (kept, self.question) {
            (Ok(upload), IntakeSubject::Clock) => UploadStep::clock_is_judged(self.patient, upload, context),
            (Ok(upload), IntakeSubject::Shared) => ConfirmAssignment::enter(*upload, self.patient, context),
            // What was asked for before goes on: the store holds it against what was answered.
            (Ok(_), IntakeSubject::Use(question)) => match question.asked_by {
                UseAskedBy::Confirmed(step) => step.assign(context),
                // As it was shown: what somebody else said of it meanwhile nobody here has seen.
                UseAskedBy::Owner(step) => step.append(Box::new(self.upload), context),
            },
            // What was answered is not what is there: it is looked at, and asked about, anew.
            (Err(problem), _) if problem.code == ProblemCode::UploadChanged => {
                context.remark = Some(Remark::failed(key::TOLD_CHANGED, problem));
                UploadStep::check_waiting(self.patient, &self.upload, context)
            }
            (Err(problem), question) => {
                self.question = question;
                self.keeping = Asked::failed(problem);
                Step::IntakeQuestion(self)
            }
        }
    }
}

fn look(upload: &Upload, patient: &Patient, context: &mut StepContext<'_>) -> Ticket {
    context.ask(StationTask::LookAtUse { upload: upload.id.clone(), patient: patient.id.clone() })
}
