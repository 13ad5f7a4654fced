//! The one conversion between mg/dL and mmol/L, as it is shown.

use glucodock::domain::glucose::{Concentration, Unit};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device == "units"
}

/// The vectors are what another program gives, with the factor 18.0. Ours is 18.01559; they agree in the digits that
/// are shown.
pub(super) fn check(vector: &Vector) {
    let digits: u32 = vector.text.parse().unwrap();
    let peer = vector.expected["peer"].as_f64().unwrap();
    match vector.kind.as_str() {
        "convert mg/dL -> mmol/L" => {
            assert_eq!(Concentration::mg_per_dl(digits).glucose_in(Unit::MmolPerL), format!("{peer:.1}"));
        }
        "convert mmol/L -> mg/dL" => {
            assert_eq!(Concentration::new(digits, 0, Unit::MmolPerL).glucose_in(Unit::MgPerDl), format!("{peer:.0}"));
        }
        other => panic!("nobody checks vectors of the kind {other:?}"),
    }
    vector.expected.waive("rule", "the rounding and the factor are another program's");
}
