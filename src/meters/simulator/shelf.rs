//! Every meter family that can be simulated, by the name of its driver, and what can go wrong with each.

use std::fmt;
use std::str::FromStr;

use super::cases::told;
use super::fault::{Fault, FaultDescription, FaultError, FaultKind};
use super::hampered::hamper;
use super::wanted::Wanted;
use super::{
    SimulatedMeter, accu_chek_reports, accu_chek_usb, agm_4000, caresens, contour, freestyle_hid, freestyle_serial,
    glucocard_expression, glucomen_areo, onetouch_ultra_easy, onetouch_ultra2, onetouch_verio, onetouch_verio_iq,
    relion_prime, sd_codefree, smart_pix, taidoc, true_metrix,
};
use crate::domain::cause::Cause;
use crate::domain::reading::Kind;
use crate::meters::catalogue::{LinkKind, Meter};

/// Makes a simulated meter, or says in words what about it cannot be.
type Make = fn(Wanted) -> Result<Box<dyn SimulatedMeter>, Cause>;

/// Who cuts what the meter says into pieces, if the fault asks for that.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pieces {
    /// Anybody: the bytes of a serial line come as they like.
    Line,
    /// The family: its reports or transfers have a form of their own.
    Family,
    /// Nobody: a message is one transfer of the bus, or a report that is not full ends it.
    Never,
}

/// One family.
struct ShelfFamily {
    driver: &'static str,
    make: Make,
    pieces: Pieces,
    has_check_values: bool,
    announces: bool,
    cases: fn() -> Vec<FaultDescription>,
}

impl ShelfFamily {
    const fn new(driver: &'static str, make: Make, pieces: Pieces, cases: fn() -> Vec<FaultDescription>) -> Self {
        Self { driver, make, pieces, cases, has_check_values: true, announces: true }
    }

    const fn without_check_values(self) -> Self {
        Self { has_check_values: false, ..self }
    }

    const fn without_announcement(self) -> Self {
        Self { announces: false, ..self }
    }

    /// What can go wrong with a meter of this family on such a link.
    fn faults(&self, link: LinkKind) -> Vec<FaultDescription> {
        let fits = |kind: &FaultKind| self.knows(*kind, link);
        let general = FaultKind::GENERAL.into_iter().filter(fits).filter_map(FaultKind::told);
        general.chain((self.cases)()).collect()
    }

    fn knows(&self, kind: FaultKind, link: LinkKind) -> bool {
        match kind {
            FaultKind::Drop | FaultKind::Flip | FaultKind::Repeat | FaultKind::Stall | FaultKind::Unplug => true,
            FaultKind::ToDrop
            | FaultKind::ToFlip
            | FaultKind::ToRepeat
            | FaultKind::ToStall
            | FaultKind::ToUnplug
            | FaultKind::UnplugReading
            | FaultKind::SlowStart => link != LinkKind::Folder,
            FaultKind::Chunks => self.pieces != Pieces::Never,
            FaultKind::Checksum => self.has_check_values,
            FaultKind::CountHigh => self.announces,
            FaultKind::Odd(name) => (self.cases)().iter().any(|told| told.name == name),
        }
    }
}

/// Every family, by its driver.
const FAMILIES: &[ShelfFamily] = &[
    ShelfFamily::new("accu-chek-reports", accu_chek_reports::make, Pieces::Never, || told(accu_chek_reports::CASES))
        .without_check_values()
        .without_announcement(),
    ShelfFamily::new("accu-chek-usb", accu_chek_usb::make, Pieces::Family, || told(accu_chek_usb::CASES))
        .without_check_values(),
    ShelfFamily::new("agm-4000", agm_4000::make, Pieces::Never, || told(agm_4000::CASES)),
    ShelfFamily::new("caresens", caresens::make, Pieces::Family, || told(caresens::CASES)),
    ShelfFamily::new("contour-hid", contour::make, Pieces::Never, || told(contour::CASES)),
    ShelfFamily::new("contour-serial", contour::make, Pieces::Line, || {
        without(told(contour::CASES), &["full-reports", "filled-reports", "three-hours-after"])
    })
    .without_announcement(),
    ShelfFamily::new("freestyle-insulinx", freestyle_hid::make_insulinx, Pieces::Family, || {
        without(told(freestyle_hid::CASES), &["invalid"])
    }),
    ShelfFamily::new("freestyle-libre", freestyle_hid::make_libre, Pieces::Family, || {
        without(told(freestyle_hid::CASES), &["insulin"])
    }),
    ShelfFamily::new("freestyle-lite", freestyle_serial::make_lite, Pieces::Line, || told(freestyle_serial::CASES)),
    ShelfFamily::new("freestyle-neo", freestyle_hid::make_neo, Pieces::Family, || {
        without(told(freestyle_hid::CASES), &["invalid"])
    }),
    ShelfFamily::new("freestyle-optium", freestyle_serial::make_optium, Pieces::Line, || told(freestyle_serial::CASES)),
    ShelfFamily::new("glucocard-expression", glucocard_expression::make, Pieces::Line, || {
        told(glucocard_expression::CASES)
    })
    .without_announcement(),
    ShelfFamily::new("glucomen-areo", glucomen_areo::make, Pieces::Line, || told(glucomen_areo::CASES))
        .without_announcement(),
    ShelfFamily::new("onetouch-ultra-easy", onetouch_ultra_easy::make, Pieces::Line, || {
        told(onetouch_ultra_easy::CASES)
    }),
    ShelfFamily::new("onetouch-ultra2", onetouch_ultra2::make, Pieces::Line, || told(onetouch_ultra2::CASES)),
    ShelfFamily::new("onetouch-verio", onetouch_verio::make, Pieces::Never, || told(onetouch_verio::CASES)),
    ShelfFamily::new("onetouch-verio-iq", onetouch_verio_iq::make, Pieces::Line, || told(onetouch_verio_iq::CASES)),
    ShelfFamily::new("relion-prime", relion_prime::make, Pieces::Line, || told(relion_prime::CASES)),
    ShelfFamily::new("sd-codefree", sd_codefree::make, Pieces::Line, || told(sd_codefree::CASES)),
    ShelfFamily::new("smart-pix", smart_pix::make, Pieces::Never, || told(smart_pix::CASES))
        .without_check_values()
        .without_announcement(),
    ShelfFamily::new("taidoc", taidoc::make, Pieces::Family, || told(taidoc::CASES)),
    ShelfFamily::new("true-metrix", true_metrix::make, Pieces::Family, || told(true_metrix::CASES))
        .without_announcement(),
];

/// The drivers of the families that measure ketones; the others would take one for glucose.
const MEASURES_KETONES: &[&str] = &["freestyle-libre", "freestyle-neo", "freestyle-optium"];

/// Makes a simulated meter of the family that this driver reads.
///
/// # Errors
/// Says in words what about it cannot be.
pub fn make(driver: &str, wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let has_ketones = wanted.memory.readings.iter().any(|reading| reading.kind == Kind::Ketone);
    if has_ketones && !MEASURES_KETONES.contains(&driver) {
        return Err(format!("meters that speak {driver} do not measure ketones").into());
    }
    let family = family(driver).ok_or_else(|| format!("meters that speak {driver} cannot be simulated"))?;
    let fault = wanted.fault;
    let meter = (family.make)(wanted)?;
    // Pieces that the family has cut already are not cut again.
    let is_done = fault.is_some_and(|fault| fault.kind == FaultKind::Chunks) && family.pieces != Pieces::Line;
    Ok(if is_done { meter } else { hamper(meter, fault) })
}

/// What can go wrong with this meter of the catalogue: first what can go wrong with any on such a link, then the odd
/// cases of its family.
#[must_use]
pub fn faults(meter: &Meter) -> Vec<FaultDescription> {
    let mut faults = family(&meter.driver).map_or_else(Vec::new, |family| family.faults(meter.link));
    faults.retain(|told| told.name != FaultKind::Chunks.name() || !caresens::has_whole_reports(meter));
    match meter.slug.as_str() {
        accu_chek_usb::ACTIVE => without(faults, accu_chek_usb::USUAL_IN_ACTIVE),
        onetouch_ultra2::ULTRA => without(faults, onetouch_ultra2::NOT_IN_ULTRA),
        _ => faults,
    }
}

/// Everything that can go wrong with some meter, each name once.
#[must_use]
pub fn every_fault() -> Vec<FaultDescription> {
    let mut all: Vec<FaultDescription> = FaultKind::GENERAL.into_iter().filter_map(FaultKind::told).collect();
    for told in FAMILIES.iter().flat_map(|family| (family.cases)()) {
        if all.iter().all(|known| known.name != told.name) {
            all.push(told);
        }
    }
    all
}

/// The fault of this meter that is written so.
///
/// # Errors
/// [`FaultError`]; one for a fault that this meter has not names those that it has.
pub fn fault(meter: &Meter, text: &str) -> Result<Fault, FaultError> {
    Fault::among(text, &faults(meter))
}

impl FromStr for Fault {
    type Err = FaultError;

    /// A fault that some meter has; [`fault`] tells whether a certain one has it.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        Self::among(text, &every_fault())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = every_fault().iter().any(|told| told.name == self.kind.name() && !told.takes_number);
        if is_plain { write!(f, "{}", self.kind.name()) } else { write!(f, "{}@{}", self.kind.name(), self.at) }
    }
}

/// The cases that are left without some that only relatives of the family have.
fn without(cases: Vec<FaultDescription>, names: &[&str]) -> Vec<FaultDescription> {
    cases.into_iter().filter(|told| !names.contains(&told.name)).collect()
}

fn family(driver: &str) -> Option<&'static ShelfFamily> {
    FAMILIES.iter().find(|family| family.driver == driver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_the_same_form_everywhere_and_none_is_general_too() {
        let all = every_fault();
        for family in FAMILIES {
            let mut seen = Vec::new();
            for told in (family.cases)() {
                assert!(!seen.contains(&told.name), "{} has {} twice", family.driver, told.name);
                seen.push(told.name);
                assert!(FaultKind::GENERAL.iter().all(|kind| kind.name() != told.name), "{}", told.name);
                let known = all.iter().find(|known| known.name == told.name).unwrap();
                assert_eq!(known.takes_number, told.takes_number, "{} in {}", told.name, family.driver);
            }
        }
    }

    #[test]
    fn a_fault_that_a_meter_has_not_is_answered_with_those_it_has() {
        let meter = crate::meters::catalogue::Catalogue::embedded().by_slug("accu-chek-guide").unwrap();
        assert!(fault(meter, "drop@3").is_ok());
        let error = fault(meter, "checksum@3").unwrap_err().to_string();
        assert!(error.contains("\"checksum\"") && error.contains("drop@N") && !error.contains("checksum@N"), "{error}");
    }

    #[test]
    fn a_fault_is_written_as_it_is_read() {
        for text in ["drop@300", "flip@0", "to-repeat@1", "stall@7", "unplug@8", "checksum@2", "count-high@3", "echo"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_wrong_fault_says_what_is_wrong() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert!(error("drop").contains("drop@N"));
        assert!(error("echo@3").contains("without a number"));
        assert!(error("burn@3").contains("\"burn\"") && error("burn@3").contains("count-high"));
        assert!(error("drop@-1").contains("\"-1\""));
        assert!(error("drop@").contains("whole number"));
    }
}
