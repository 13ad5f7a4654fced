//! Step 2: upload the data. The attached meter is read by itself; this step shows that read, and explains how to
//! connect a meter that is not there yet.

mod at_platform;
mod cable;
mod find;
mod listed;
mod whose;

pub use self::find::{Found, NO_SUCH_MODEL, find};
pub use self::listed::{Listed, UploadRow};

use crate::app::action::Action;
use crate::app::effect::Ticket;
use crate::app::key_intent::{KeyIntent, Typing};
use crate::app::list::Selection;
use crate::app::panel::{Chosen, Panel, Slot, SlotState};
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{Upload, UploadId};
use crate::domain::meter::{Access, AttachmentId, Bridge, Family, MeterGuide};
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;
use crate::domain::text::fold;
use crate::domain::words::{TextKey, key};

/// Uploading a meter's data for the patient in hand.
#[derive(Debug, Clone)]
pub struct UploadStep {
    /// The person chosen in step 1.
    pub patient: Patient,
    /// What is shown.
    pub view: UploadView,
    /// What is under way.
    pub work: UploadWork,
}

/// What the upload step shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadView {
    /// The attached and the waiting meters, and the two ways to the instructions.
    Meters(Selection<UploadRow>),
    /// The models of a family, or those that may be behind a generic cable.
    Models {
        /// Which models.
        list: ModelList,
        /// The model that is selected, by its slug.
        selection: Selection<String>,
        /// What is typed of a name, to find it.
        typed: TextField,
    },
    /// The steps to connect one model.
    Guide {
        /// From which list it was chosen.
        list: ModelList,
        /// Its slug.
        model: String,
    },
}

/// A choice of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelList {
    /// All models of a family.
    Family(Family),
    /// The models that may be behind the generic cable or chip of this plug.
    BehindCable(AttachmentId, Bridge),
}

/// What the upload step waits for: one of three questions, which one [`crate::app::asked::Asked`] could not tell apart.
#[derive(Debug, Clone, PartialEq)]
pub enum UploadWork {
    /// Nothing but the meter or a key.
    Idle,
    /// Whose the meter is.
    Checking(Ticket),
    /// What the care platform says of a meter that is somebody's.
    AskingPlatform {
        /// The question.
        ticket: Ticket,
        /// The upload.
        upload: Box<Upload>,
    },
    /// The owner's new readings to be appended.
    Appending {
        /// The question.
        ticket: Ticket,
        /// The upload.
        upload: Box<Upload>,
    },
    /// Nothing: the last try failed.
    Failed(Problem),
}

impl UploadStep {
    /// Enters the step with a patient. If one meter may be this patient's and was read in this session, it is gone on
    /// with at once.
    pub fn enter(patient: Patient, context: &mut StepContext<'_>) -> Step {
        let step = Self { patient, view: UploadView::Meters(Selection::default()), work: UploadWork::Idle };
        // Before it is looked at which meters may be theirs: what is nobody's so far is theirs from
        // now on.
        context.panel.claim(&step.patient.id);
        match step.only_one(context) {
            Some(upload) => step.check(upload, context),
            None => Step::Upload(Box::new(step)),
        }
    }

    /// The upload of the one plugged meter that may be this patient's and is not dealt with, if it was read in this
    /// session.
    fn only_one(&self, context: &StepContext<'_>) -> Option<UploadId> {
        // One that is still being read may be theirs as well: with two of them there is something
        // to choose.
        let is_open = |slot: &&Slot| match &slot.state {
            SlotState::Stored(upload) => !context.handled.contains(&upload.id),
            _ => true,
        };
        let mut open = context.panel.for_patient(&self.patient.id).filter(is_open);
        match (open.next(), open.next()) {
            // What somebody read in another session may be anybody's. It is in the list, and a
            // person picks it.
            (Some(slot), None) if slot.was_read_in(context.session) => match &slot.state {
                SlotState::Stored(upload) => Some(upload.id.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Comes back to the step: nothing is gone on with by itself.
    #[must_use]
    pub fn come_back(patient: Patient) -> Step {
        Step::Upload(Box::new(Self { patient, view: UploadView::Meters(Selection::default()), work: UploadWork::Idle }))
    }

    /// Enters the step with a patient and a meter that was read earlier.
    pub fn check_waiting(patient: Patient, upload: &Upload, context: &mut StepContext<'_>) -> Step {
        let step = Self { patient, view: UploadView::Meters(Selection::default()), work: UploadWork::Idle };
        step.check(upload.id.clone(), context)
    }

    /// The rows of the first view: the meters that may be this patient's, in the order of plugging, then those that
    /// wait, then those of others.
    #[must_use]
    pub fn listed<'a>(&self, panel: &'a Panel, waiting: &'a [Upload]) -> Vec<Listed<'a>> {
        let (mine, others): (Vec<&Slot>, Vec<&Slot>) =
            panel.slots().iter().partition(|slot| slot.is_for(&self.patient.id));
        let waiting = waiting.iter().filter(|upload| panel.stored(&upload.id).is_none()).map(Listed::Waiting);
        mine.into_iter()
            .map(Listed::Attached)
            .chain(waiting)
            .chain(others.into_iter().map(Listed::Attached))
            .chain([Family::AccuChek, Family::Other].map(Listed::Instructions))
            .collect()
    }

    /// The models of a list, by name.
    pub fn models(guides: &[MeterGuide], list: ModelList) -> impl Iterator<Item = &MeterGuide> {
        let is_in = |guide: &&MeterGuide| match list {
            ModelList::Family(family) => guide.family == family,
            ModelList::BehindCable(_, bridge) => guide.bridge == Some(bridge),
        };
        let mut models: Vec<&MeterGuide> = guides.iter().filter(is_in).collect();
        models.sort_by_cached_key(|guide| fold(guide.name.as_str()));
        models.into_iter()
    }

    /// The models of a list, by slug.
    #[must_use]
    pub fn model_rows(guides: &[MeterGuide], list: ModelList) -> Vec<&String> {
        Self::models(guides, list).map(|guide| &guide.slug).collect()
    }

    /// What is selected in the first view: where a person moved, else the one attached meter that
    /// may be this patient's.
    #[must_use]
    pub fn selected(&self, panel: &Panel) -> Selection<UploadRow> {
        let UploadView::Meters(selection) = &self.view else { return Selection::default() };
        let attached = panel.for_patient(&self.patient.id).map(|slot| UploadRow::Attached(slot.attachment.id));
        selection.or_the_only(&attached.collect::<Vec<_>>())
    }

    /// What is gone is selected no longer.
    pub fn keep_selection(&mut self, panel: &Panel, waiting: &[Upload], guides: &[MeterGuide]) {
        let listed = self.listed(panel, waiting);
        match &mut self.view {
            UploadView::Meters(selection) => selection.keep_among(&listed, Listed::is),
            UploadView::Models { list, selection, .. } => selection.keep(&Self::model_rows(guides, *list)),
            UploadView::Guide { .. } => {}
        }
    }

    /// Where what is typed goes: in a list of models to the name that is looked for.
    #[must_use]
    pub const fn typing(&self) -> Typing {
        if matches!(self.view, UploadView::Models { .. }) { Typing::Beside } else { Typing::Nowhere }
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        match self.work {
            UploadWork::Checking(_) | UploadWork::AskingPlatform { .. } | UploadWork::Appending { .. } => true,
            UploadWork::Idle | UploadWork::Failed(_) => false,
        }
    }

    /// Whether the care platform is asked, which somebody may not want to wait for.
    #[must_use]
    pub const fn is_asking_platform(&self) -> bool {
        matches!(self.work, UploadWork::AskingPlatform { .. })
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let action = match intent {
            KeyIntent::Act(action) => action,
            KeyIntent::Edit(edit) => {
                self.find_model(edit, context);
                return Step::Upload(self);
            }
        };
        if *action == Action::StopReading && self.is_asking_platform() {
            return self.stop_asking(context);
        }
        match (action, &mut self.view) {
            (Action::StopReading, _) => {
                context.effects.extend(context.panel.stop_reading());
            }
            (Action::ReadAgain, _) => Self::read_again(context),
            (Action::ChooseModel, _) => self.choose_model(context),
            (Action::Back, UploadView::Meters(_)) => {
                // An answer to what was under way finds no one who waits for it: nothing happens any more.
                return Step::FindPatient(FindPatient::default());
            }
            (Action::Back, UploadView::Models { .. }) => self.view = UploadView::Meters(Selection::default()),
            (Action::Back, UploadView::Guide { list, model }) => {
                let selection = Selection::on(std::mem::take(model));
                self.view = UploadView::Models { list: *list, selection, typed: TextField::default() };
            }
            (Action::GoOn, _) => return self.go_on(context),
            (action, UploadView::Meters(_)) => self.act(*action, context),
            (action, UploadView::Models { list, selection, typed }) => {
                // Whoever moves with the arrows looks for no name any more, and the next letter
                // begins another one.
                typed.clear();
                selection.act(*action, &Self::model_rows(context.guides, *list), context.page);
            }
            (_, UploadView::Guide { .. }) => {}
        }
        Step::Upload(self)
    }

    /// Moves in the first view.
    fn act(&mut self, action: Action, context: &StepContext<'_>) {
        let mut selection = self.selected(context.panel);
        let listed = self.listed(context.panel, context.waiting);
        let place = selection.place_among(&listed, Listed::is);
        selection.act_from(action, place, listed.len(), context.page, |moved| listed.get(moved).map(Listed::row));
        self.view = UploadView::Meters(selection);
    }

    fn go_on(mut self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        if self.is_busy() {
            return Step::Upload(self);
        }
        let (selected, is_found_nowhere) = (self.selected(context.panel), self.is_found_nowhere());
        match &mut self.view {
            UploadView::Meters(_) => match selected.id().cloned() {
                None => self.act(Action::Down, context),
                Some(UploadRow::Waiting(upload)) => return self.check(upload, context),
                Some(UploadRow::Instructions(family)) => {
                    let list = ModelList::Family(family);
                    let selection = Selection::first_of(&Self::model_rows(context.guides, list));
                    self.view = UploadView::Models { list, selection, typed: TextField::default() };
                }
                Some(UploadRow::Attached(id)) => return self.go_on_with_attached(id, context),
            },
            UploadView::Models { .. } if is_found_nowhere => context.remark = Some(Remark::NotNow(NO_SUCH_MODEL)),
            UploadView::Models { list, selection, .. } => match selection.id().cloned() {
                Some(model) => self.view = UploadView::Guide { list: *list, model },
                None => drop(selection.act(Action::Down, &Self::model_rows(context.guides, *list), context.page)),
            },
            UploadView::Guide { list, model } => {
                let (list, model) = (*list, std::mem::take(model));
                self.read_as(list, &model, context);
            }
        }
        Step::Upload(self)
    }

    fn go_on_with_attached(mut self: Box<Self>, id: AttachmentId, context: &mut StepContext<'_>) -> Step {
        let Some(slot) = context.panel.slots().iter().find(|slot| slot.attachment.id == id) else {
            return Step::Upload(self);
        };
        match &slot.state {
            SlotState::Stored(upload) => {
                let upload = upload.id.clone();
                return self.check(upload, context);
            }
            SlotState::Recognised if slot.is_cable() => match slot.proposed(context.guides).map(Chosen::from) {
                // A person has just pressed Enter on the name of this model: remembered alone it is
                // never read.
                Some(remembered) => self.read_cable(id, remembered, context),
                None => self.view = cable::models(slot, context.guides),
            },
            SlotState::Recognised | SlotState::Reading { .. } | SlotState::Saving { .. } => {
                context.remark = not_now(slot).map(Remark::NotNow);
            }
            SlotState::Failed(_) | SlotState::NotSaved(_) | SlotState::Stopped
                if slot.may_be_another(context.guides).is_some() =>
            {
                self.view = cable::models(slot, context.guides);
            }
            SlotState::Failed(_) | SlotState::NotSaved(_) | SlotState::Stopped => {
                context.effects.extend(context.panel.read(id, None, context.session, context.tickets));
            }
        }
        Step::Upload(self)
    }
}

/// Why a meter that is there cannot be gone on with now, as a key of the word files: with what a
/// person can do about it.
pub(crate) fn not_now(slot: &Slot) -> Option<TextKey> {
    match (&slot.state, &slot.attachment.access) {
        (SlotState::Recognised, Access::Open) if slot.is_cable() => None,
        (SlotState::Reading { .. } | SlotState::Saving { .. }, _) | (SlotState::Recognised, Access::Open) => {
            Some(key::REASON_STILL_READING)
        }
        (SlotState::Recognised, Access::Denied) => Some(key::REASON_NO_PERMISSION),
        (SlotState::Recognised, Access::Busy) => Some(key::REASON_USED_ELSEWHERE),
        (SlotState::Recognised, Access::NotMounted) => Some(key::REASON_NOT_MOUNTED),
        (SlotState::Recognised, Access::Unsupported) => Some(key::REASON_UNSUPPORTED),
        (SlotState::Stored(_) | SlotState::Failed(_) | SlotState::NotSaved(_) | SlotState::Stopped, _) => None,
    }
}
