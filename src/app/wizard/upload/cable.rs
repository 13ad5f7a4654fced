//! A meter behind a generic cable in the upload step: which one it is, and reading it as that.

use super::{ModelList, UploadRow, UploadStep, UploadView};
use crate::app::list::Selection;
use crate::app::panel::{Chosen, Panel, Slot};
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::wizard::StepContext;
use crate::domain::meter::{AttachmentId, MeterGuide};
use crate::domain::words::{TextKey, key};

/// The list of models for this cable, with the cursor on the one that was tried now, else on the one read last time.
pub(super) fn models(slot: &Slot, guides: &[MeterGuide]) -> UploadView {
    let list = ModelList::BehindCable(slot.attachment.id, slot.bridge());
    let likely = slot.chosen(guides).or_else(|| slot.remembered(guides));
    let first = || Selection::first_of(&UploadStep::model_rows(guides, list));
    let selection = likely.map_or_else(first, |likely| Selection::on(likely.slug.clone()));
    UploadView::Models { list, selection, typed: TextField::default() }
}

impl UploadStep {
    /// Whether what is shown is about an attached meter: about the cable for which a model is chosen.
    #[must_use]
    pub fn is_about(&self, slot: &Slot) -> bool {
        match &self.view {
            UploadView::Meters(_) => false,
            UploadView::Models { list, .. } | UploadView::Guide { list, .. } => {
                matches!(list, ModelList::BehindCable(id, _) if *id == slot.attachment.id)
            }
        }
    }

    /// A model of a list.
    #[must_use]
    pub fn model<'a>(guides: &'a [MeterGuide], list: ModelList, slug: &str) -> Option<&'a MeterGuide> {
        Self::models(guides, list).find(|guide| guide.slug == slug)
    }

    /// The cable that a model of a list is read through: the one it was chosen for and no other, or the one that waits
    /// if it was chosen for none. `None` for a model with a plug of its own.
    #[must_use]
    pub fn cable_for<'a>(list: ModelList, model: &str, panel: &'a Panel, guides: &[MeterGuide]) -> Option<&'a Slot> {
        let bridge = Self::model(guides, list, model)?.bridge?;
        match list {
            // This plug or none. What was chosen for a cable that was pulled is said to no other
            // meter.
            ModelList::BehindCable(id, _) => panel.slots().iter().find(|slot| slot.attachment.id == id),
            // Chosen from all models and for no plug: a cable through which a meter was read to the
            // end is left to that meter.
            ModelList::Family(_) => panel.waiting_cable(bridge),
        }
        .filter(|slot| slot.is_free_cable())
    }

    /// Opens the list of models for the cable under the marker, else for the first that waits, else for any. Where such
    /// a list is open already, it is the one of the next cable: so each can be reached.
    pub(super) fn choose_model(&mut self, context: &StepContext<'_>) {
        let cables = context.panel.nameable_cables();
        let place = |id: AttachmentId| cables.iter().position(|slot| slot.attachment.id == id);
        let place = match &self.view {
            // The key that opened the list leads on to the next cable, round and round; at the
            // last, `get` finds none, and the first follows.
            UploadView::Models { list: ModelList::BehindCable(id, _), .. } => place(*id).map(|place| place + 1),
            UploadView::Guide { list: ModelList::BehindCable(id, _), .. } => place(*id),
            UploadView::Meters(_) => match self.selected(context.panel).id() {
                Some(UploadRow::Attached(id)) => place(*id),
                _ => None,
            },
            UploadView::Models { .. } | UploadView::Guide { .. } => None,
        };
        let cable = place.and_then(|place| cables.get(place)).or_else(|| cables.first());
        if let Some(slot) = cable {
            self.view = models(slot, context.guides);
        }
    }

    /// The steps of a model were followed: reads it, if it is one behind a cable and the cable is there.
    pub(super) fn read_as(&mut self, list: ModelList, model: &str, context: &mut StepContext<'_>) {
        let chosen = Self::model(context.guides, list, model).map(Chosen::from);
        let cable = Self::cable_for(list, model, context.panel, context.guides).map(|slot| slot.attachment.id);
        match (chosen, cable, Self::no_cable(list, model, context.panel, context.guides)) {
            (Some(chosen), Some(cable), _) => self.read_cable(cable, chosen, context),
            (_, _, Some(reason)) => {
                context.remark = Some(Remark::NotNow(reason));
                self.view = UploadView::Guide { list, model: model.to_owned() };
            }
            (_, _, None) => self.view = UploadView::Meters(Selection::default()),
        }
    }

    /// Why a model that is read through a generic cable cannot be read now, as a key of the word files.
    #[must_use]
    pub fn no_cable(list: ModelList, model: &str, panel: &Panel, guides: &[MeterGuide]) -> Option<TextKey> {
        Self::model(guides, list, model)?.bridge?;
        match Self::cable_for(list, model, panel, guides) {
            Some(_) => None,
            None if panel.slots().iter().any(|slot| slot.is_cable() && !slot.is_free_cable()) => {
                Some(key::REASON_STILL_READING)
            }
            None => Some(key::REASON_CABLE_MISSING),
        }
    }

    /// Reads the meter behind a cable as this model, and shows it.
    pub(super) fn read_cable(&mut self, cable: AttachmentId, chosen: Chosen, context: &mut StepContext<'_>) {
        context.effects.extend(context.panel.read(cable, Some(chosen), context.session, context.tickets));
        self.view = UploadView::Meters(Selection::default());
    }

    /// Reads again every meter whose last read failed or was stopped, each as what it was read before; and saves again
    /// what was read of meters that are gone.
    pub(super) fn read_again(context: &mut StepContext<'_>) {
        context.effects.extend(context.panel.save_again(context.tickets));
        let again: Vec<AttachmentId> = context
            .panel
            .slots()
            .iter()
            .filter(|slot| slot.is_to_be_read_again())
            .map(|slot| slot.attachment.id)
            .collect();
        for id in again {
            context.effects.extend(context.panel.read(id, None, context.session, context.tickets));
        }
    }
}
