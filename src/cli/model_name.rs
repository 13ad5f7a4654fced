//! The model that a person names on the command line: by its short name, or as it is called on its label
//! and found in the app.

use crate::cli::CommandError;
use crate::domain::meter::MeterGuide;
use crate::domain::meter_name;
use crate::domain::text::Clean;
use crate::meters::catalogue::{Catalogue, Meter};

/// The model of this name among those that `fits`; `place` says in a message what they are: `for a serial port`.
///
/// # Errors
/// Wrong use, if no model is called so, or several are: then they are named.
pub(super) fn one(said: &str, place: &str, fits: impl Fn(&Meter) -> bool) -> Result<&'static Meter, CommandError> {
    let catalogue = Catalogue::embedded();
    // A short name in full is one meter, whatever else has a name that is the same but for its signs.
    if let Some(meter) = catalogue.by_slug(said).filter(|meter| fits(meter)) {
        return Ok(meter);
    }
    let fitting: Vec<&Meter> = catalogue.meters().iter().filter(|meter| fits(meter)).collect();
    match *meant(&fitting, said).as_slice() {
        [meter] => Ok(meter),
        [] => {
            let names: Vec<&str> = fitting.iter().map(|meter| meter.slug.as_str()).collect();
            let (said, names) = (shown(said), names.join(", "));
            Err(CommandError::usage(format!("there is no meter {said:?} {place}; there are {names}")))
        }
        ref several => Err(which(said, several)),
    }
}

/// The models that are meant by a name; more than one if it does not say which.
pub(super) fn meant(meters: &[&'static Meter], said: &str) -> Vec<&'static Meter> {
    let guides: Vec<MeterGuide> = meters.iter().map(|meter| meter.guide()).collect();
    let found = meter_name::meant(&guides, said);
    meters.iter().copied().filter(|meter| found.iter().any(|guide| guide.slug == meter.slug)).collect()
}

/// That a name is that of several models.
pub(super) fn which(said: &str, several: &[&Meter]) -> CommandError {
    let names: Vec<String> = several.iter().map(|meter| format!("{} ({})", meter.name(), meter.slug)).collect();
    CommandError::usage(format!("{:?} may be several meters; say which: {}", shown(said), names.join(", ")))
}

/// What was said, as a message shows it.
fn shown(said: &str) -> Clean {
    Clean::new(said, 60)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Every name on a label means its meter, however it is written.
    #[test]
    fn every_name_of_a_label_means_its_meter() {
        for meter in Catalogue::embedded().meters() {
            for name in meter.names() {
                let name = name.as_str();
                for said in [name.to_owned(), name.to_lowercase(), name.replace(' ', ""), name.replace(' ', "-")] {
                    let found = one(&said, "", |_| true).map(|found| found.slug.clone());
                    assert_eq!(found.ok(), Some(meter.slug.clone()), "{said}");
                }
            }
        }
    }

    #[rstest]
    #[case("onetouch-ultra2", "onetouch-ultra2")]
    #[case("ultra 2", "onetouch-ultra2")]
    #[case("OneTouch Ultra", "onetouch-ultra")]
    #[case("UltraMini", "onetouch-ultra-easy")]
    #[case("guide", "accu-chek-guide")]
    fn a_part_of_a_name_means_the_meter_that_it_is_the_end_of(#[case] said: &str, #[case] slug: &str) {
        assert_eq!(one(said, "", |_| true).unwrap().slug, slug);
    }

    #[test]
    fn a_name_of_several_meters_says_which_there_are() {
        let refused = one("contour next", "", |meter| meter.slug != "contour-next").unwrap_err().to_string();
        assert!(refused.contains("may be several meters; say which: Contour Next EZ (contour-next-ez), "), "{refused}");
        for said in ["toaster", "", "-"] {
            let refused = one(said, "for a socket", |_| true).unwrap_err().to_string();
            assert!(refused.contains("for a socket; there are accu-chek-guide, "), "{refused}");
        }
    }
}
