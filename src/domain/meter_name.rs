//! Finding a meter by what somebody says of its name.
//!
//! Spaces and hyphens are where somebody puts them: `ultra mini`, `ultra-mini` and `ultramini` are one. A meter is
//! found under every name it is sold under, and under the names that the programs for the command line have for it.

use super::meter::MeterGuide;
use super::text::{Clean, squeeze};

/// How well a name fits what is said, the best first.
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

/// The model that fits best what is typed; of several, the first. `None` if none does.
#[must_use]
pub fn find<'a>(guides: impl IntoIterator<Item = &'a MeterGuide>, typed: &str) -> Option<Found<'a>> {
    let wanted = wanted(typed)?;
    // The first of equals, which `min_by_key` gives, is the one that stands first in the list.
    let fits = guides.into_iter().filter_map(|guide| Some((guide, fit(guide, &wanted)?)));
    let (guide, (_, other_name)) = fits.min_by_key(|(_, (fit, _))| *fit)?;
    Some(Found { guide, other_name })
}

/// The models that are meant by a name said in full: those of which it is a whole name, else those that fit it at all.
/// More than one if it does not say which.
#[must_use]
pub fn meant<'a>(guides: impl IntoIterator<Item = &'a MeterGuide>, said: &str) -> Vec<&'a MeterGuide> {
    let Some(wanted) = wanted(said) else { return Vec::new() };
    let fitting: Vec<&MeterGuide> = guides.into_iter().filter(|guide| fit(guide, &wanted).is_some()).collect();
    let is_called = |name: &str| squeeze(name) == wanted;
    let is_whole = |guide: &&MeterGuide| names(guide).chain([guide.slug.as_str()]).any(is_called);
    // Without the name of the series before it: `UltraMini`, `Guide`.
    let is_end = |guide: &&MeterGuide| names(guide).flat_map(words).any(is_called);
    let whole: Vec<&MeterGuide> = fitting.iter().copied().filter(is_whole).collect();
    let ends: Vec<&MeterGuide> = fitting.iter().copied().filter(is_end).collect();
    [whole, ends].into_iter().find(|meant| !meant.is_empty()).unwrap_or(fitting)
}

/// What is looked for; nothing if nothing is said.
fn wanted(said: &str) -> Option<String> {
    Some(squeeze(said)).filter(|wanted| !wanted.is_empty())
}

/// Every name it is sold under.
fn names(guide: &MeterGuide) -> impl Iterator<Item = &str> {
    std::iter::once(&guide.name).chain(&guide.other_names).map(Clean::as_str)
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
