//! Finding a model of a list by what is typed of a name.
//!
//! Spaces and hyphens are where somebody puts them: `ultra mini`, `ultra-mini` and `ultramini` are one. A meter is found
//! under every name it is sold under, and under the names that the programs for the command line have for it.

use super::{ModelList, UploadStep, UploadView};
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::text_field::Edit;
use crate::app::wizard::StepContext;
use crate::domain::meter::MeterGuide;
use crate::domain::text::{Clean, squeeze};
use crate::domain::words::{TextKey, key};

/// What is said where no model is called as it was typed.
pub const NO_SUCH_MODEL: TextKey = key::NO_SUCH_MODEL;

/// How well a name fits what is typed, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The name in the list begins so.
    Name,
    /// Another name it is sold under does.
    OtherName,
    /// A word of the name in the list does.
    Word,
    /// A word of another name does.
    OtherWord,
    /// What the command line calls it does: the meter or its driver.
    Id,
}

/// A model that was found.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The model.
    pub guide: &'a MeterGuide,
    /// Under which name, if that is not the one in the list.
    pub other_name: Option<&'a str>,
}

/// The model of a list that fits best what is typed; of several, the first of the list. `None` if none does.
#[must_use]
pub fn find<'a>(guides: &'a [MeterGuide], list: ModelList, typed: &str) -> Option<Found<'a>> {
    let wanted = squeeze(typed);
    if wanted.is_empty() {
        return None;
    }
    let fits = UploadStep::models(guides, list).filter_map(|guide| Some((guide, fit(guide, &wanted)?)));
    let (guide, (_, other_name)) = fits.min_by_key(|(_, (fit, _))| *fit)?;
    Some(Found { guide, other_name })
}

fn fit<'a>(guide: &'a MeterGuide, wanted: &str) -> Option<(Fit, Option<&'a str>)> {
    let begins = |name: &str| squeeze(name).starts_with(wanted);
    let has_word = |name: &str| words(name).any(begins);
    let name = guide.name.as_str();
    let other = |is: &dyn Fn(&str) -> bool| guide.other_names.iter().map(Clean::as_str).find(|name| is(name));
    let ids = [guide.slug.as_str(), guide.driver.as_str()];
    let of_name = || begins(name).then_some((Fit::Name, None));
    let of_other = || Some((Fit::OtherName, Some(other(&begins)?)));
    let of_word = || has_word(name).then_some((Fit::Word, None));
    let of_other_word = || Some((Fit::OtherWord, Some(other(&has_word)?)));
    let of_id = || Some((Fit::Id, Some(ids.into_iter().find(|id| begins(id))?)));
    of_name().or_else(of_other).or_else(of_word).or_else(of_other_word).or_else(of_id)
}

/// A name from each of its words on. A capital or a digit begins one too: `UltraMini` is found under `mini`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut last = ' ';
    name.char_indices().filter_map(move |(at, next)| {
        let begins = next.is_alphanumeric()
            && (!last.is_alphanumeric()
                || (last.is_lowercase() && next.is_uppercase())
                || (next.is_ascii_digit() && !last.is_ascii_digit()));
        last = next;
        begins.then(|| name.get(at..)).flatten()
    })
}

impl UploadStep {
    /// Marks the model that is called as it is typed, or none if none is: Enter must not go on with another.
    pub(super) fn find_model(&mut self, edit: &Edit, context: &mut StepContext<'_>) {
        let UploadView::Models { list, selection, typed } = &mut self.view else { return };
        typed.edit(edit);
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
        matches!(&self.view, UploadView::Models { selection, typed, .. } if !typed.is_blank() && selection.id().is_none())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("OneTouch UltraMini", &["OneTouch UltraMini", "Touch UltraMini", "UltraMini", "Mini"])]
    #[case("TaiDoc TD-42xx", &["TaiDoc TD-42xx", "Doc TD-42xx", "TD-42xx", "42xx"])]
    #[case("OneTouch Ultra2", &["OneTouch Ultra2", "Touch Ultra2", "Ultra2", "2"])]
    #[case("", &[])]
    fn a_name_is_found_from_each_of_its_words_on(#[case] name: &str, #[case] from: &[&str]) {
        assert_eq!(words(name).collect::<Vec<_>>(), from);
    }
}
