//! A meter behind a generic cable in the upload step: which one it is, and reading it as that.

use super::{ModelList, UploadStep, UploadView};
use crate::app::list::Cursor;
use crate::app::model::Remark;
use crate::app::panel::{Chosen, Panel, Slot, SlotState};
use crate::app::wizard::Desk;
use crate::domain::meter::{AttachmentId, MeterGuide};

/// Whether Enter has something sensible to do with this cable without another choice: to read it as last time, or to
/// choose again after it did not answer.
pub(super) fn has_a_next_step(slot: &Slot, guides: &[MeterGuide]) -> bool {
    slot.proposed(guides).is_some() || slot.may_be_another(guides).is_some()
}

/// The list of models for this cable, with the cursor on the one that was tried now, else on the one read last time.
pub(super) fn models(slot: &Slot, guides: &[MeterGuide]) -> UploadView {
    let list = ModelList::BehindCable(slot.attachment.id, slot.bridge());
    let likely = slot.chosen(guides).or_else(|| slot.remembered(guides));
    let place = likely.and_then(|likely| UploadStep::models(guides, list).position(|guide| guide.slug == likely.slug));
    UploadView::Models { list, cursor: Cursor(place) }
}

impl UploadStep {
    /// The cable that a model of a list is read through: the one it was chosen for, else the one that waits. `None` for a
    /// model with a plug of its own.
    #[must_use]
    pub fn cable_for<'a>(list: ModelList, model: usize, panel: &'a Panel, guides: &[MeterGuide]) -> Option<&'a Slot> {
        let bridge = Self::models(guides, list).nth(model)?.bridge?;
        let asked = |slot: &&Slot| {
            matches!(list, ModelList::BehindCable(id, _) if id == slot.attachment.id) && slot.is_free_cable()
        };
        panel.slots().iter().find(asked).or_else(|| panel.waiting_cable().filter(|slot| slot.bridge() == bridge))
    }

    /// Opens the list of models for the cable under the cursor, else for the one that waits, else for any.
    pub(super) fn choose_model(&mut self, desk: &mut Desk<'_>) {
        let slots = desk.panel.slots();
        let under = match self.view {
            UploadView::Meters(cursor) => {
                Self::cursor(cursor, desk.panel, desk.guides).0.and_then(|row| slots.get(row))
            }
            UploadView::Models { .. } | UploadView::Guide { .. } => None,
        };
        let any = || slots.iter().find(|slot| slot.is_free_cable());
        let cable = under.filter(|slot| slot.is_free_cable()).or_else(|| desk.panel.waiting_cable()).or_else(any);
        match cable {
            Some(slot) => self.view = models(slot, desk.guides),
            None if slots.iter().any(Slot::is_cable) => desk.remark = Some(Remark::NotNow("reason-still-reading")),
            None => desk.remark = Some(Remark::NotNow("reason-no-cable")),
        }
    }

    /// The steps of a model were followed: reads it, if it is one behind a cable and the cable is there.
    pub(super) fn read_as(&mut self, list: ModelList, model: usize, desk: &mut Desk<'_>) {
        let chosen = Self::models(desk.guides, list).nth(model).map(Chosen::from);
        let cable = Self::cable_for(list, model, desk.panel, desk.guides).map(|slot| slot.attachment.id);
        match (chosen, cable) {
            (Some(chosen), Some(cable)) => self.read_cable(cable, chosen, desk),
            _ => self.view = UploadView::Meters(Cursor::default()),
        }
    }

    /// Reads the meter behind a cable as this model, and shows it.
    pub(super) fn read_cable(&mut self, cable: AttachmentId, chosen: Chosen, desk: &mut Desk<'_>) {
        desk.effects.extend(desk.panel.read(cable, Some(chosen), desk.tickets));
        self.view = UploadView::Meters(Cursor::default());
    }

    /// Reads again every meter whose last read failed or was stopped, each as what it was read before.
    pub(super) fn read_again(desk: &mut Desk<'_>) {
        let again: Vec<AttachmentId> = desk
            .panel
            .slots()
            .iter()
            .filter(|slot| matches!(slot.state, SlotState::Failed(_) | SlotState::Stopped))
            .map(|slot| slot.attachment.id)
            .collect();
        if again.is_empty() {
            desk.remark = Some(Remark::NotNow("reason-nothing-to-read-again"));
        }
        for id in again {
            desk.effects.extend(desk.panel.read(id, None, desk.tickets));
        }
    }
}
