//! Finding a model of a list by what is typed of a name.

use super::{ModelList, UploadStep, UploadView};
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::text_field::Edit;
use crate::app::wizard::StepContext;
use crate::domain::meter::MeterGuide;
use crate::domain::meter_name;
use crate::domain::words::{TextKey, key};

pub use crate::domain::meter_name::Found;

/// What is said where no model is called as it was typed.
pub const NO_SUCH_MODEL: TextKey = key::NO_SUCH_MODEL;

/// The model of a list that fits best what is typed; of several, the first of the list. `None` if none does.
#[must_use]
pub fn find<'a>(guides: &'a [MeterGuide], list: ModelList, typed: &str) -> Option<Found<'a>> {
    meter_name::find(UploadStep::models(guides, list), typed)
}

impl UploadStep {
    /// Marks the model that is called as it is typed, or none if none is: Enter must not go on with another.
    pub(super) fn find_model(&mut self, edit: &Edit, context: &mut StepContext<'_>) {
        let UploadView::Models { list, selection, typed } = &mut self.view else { return };
        typed.edit(edit);
        // The mark stays where it was: with nothing typed, no name was missed.
        if typed.is_blank() {
            return;
        }
        *selection = find(context.guides, *list, typed.text())
            .map_or_else(Selection::default, |found| Selection::on(found.guide.slug.clone()));
        if self.is_found_nowhere() {
            context.remark = Some(Remark::NotNow(NO_SUCH_MODEL));
        }
    }

    /// Whether a name was typed that no model of the list has.
    #[must_use]
    pub fn is_found_nowhere(&self) -> bool {
        matches!(
            &self.view,
            UploadView::Models { selection, typed, .. } if !typed.is_blank() && selection.id().is_none()
        )
    }
}
