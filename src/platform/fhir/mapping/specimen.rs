//! In what a glucose was measured, as far as its meter says so (ISO/IEEE 11073-10101, as decimal codes).

use crate::domain::meter::MeterIdentity;
use crate::domain::reading::Reading;

/// What a glucose was measured in, or is told as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Specimen {
    term: u16,
    code: &'static str,
    name: &'static str,
    is_of_finger: bool,
}

/// Each: its term, its code, its name, and whether it is of a fingertip, as all is of which a meter for oneself says no
/// vessel.
const SPECIMENS: [Specimen; 8] = [
    of(29112, "160184", "MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD", true),
    USUAL,
    of(29120, "160192", "MDC_CONC_GLU_VENOUS_WHOLEBLOOD", false),
    of(29124, "160196", "MDC_CONC_GLU_VENOUS_PLASMA", false),
    of(29128, "160200", "MDC_CONC_GLU_ARTERIAL_WHOLEBLOOD", false),
    of(29132, "160204", "MDC_CONC_GLU_ARTERIAL_PLASMA", false),
    of(29292, "160364", "MDC_CONC_GLU_UNDETERMINED_WHOLEBLOOD", true),
    of(29296, "160368", "MDC_CONC_GLU_UNDETERMINED_PLASMA", true),
];

/// Of a meter that does not say it: nearly every one shows what plasma would have.
const USUAL: Specimen = of(29116, "160188", "MDC_CONC_GLU_CAPILLARY_PLASMA", true);

const fn of(term: u16, code: &'static str, name: &'static str, is_of_finger: bool) -> Specimen {
    Specimen { term, code, name, is_of_finger }
}

impl Specimen {
    /// What the meter said of this reading, in the fields that are kept of it as they stood on the wire.
    pub(super) fn of(reading: &Reading, meter: &MeterIdentity) -> Self {
        let said = |field: &str| reading.raw.get(field).map(String::as_str);
        let term = match meter.driver.as_str() {
            // The metric of the segment, in hexadecimal.
            "accu-chek-usb" => said("type").and_then(|term| u16::from_str_radix(term, 16).ok()),
            // The method of ASTM E1394: whole blood, or deproteinised whole blood. `P` is plasma, and `C` says of the
            // sample what is known of it anyway.
            "contour-hid" | "contour-serial" => {
                said("method").filter(|method| matches!(*method, "B" | "D")).map(|_| 29112)
            }
            _ => None,
        };
        term.and_then(|term| SPECIMENS.into_iter().find(|own| own.term == term)).unwrap_or(USUAL)
    }

    /// Its code.
    pub(super) const fn code(self) -> &'static str {
        self.code
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        self.name
    }

    /// Whether it is of a fingertip.
    pub(super) const fn is_of_finger(self) -> bool {
        self.is_of_finger
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Partition 2 (SCADA), as it stands in a decimal code.
    const PARTITION: u32 = 2 * 65536;

    #[test]
    fn a_code_is_its_term_in_the_partition() {
        for specimen in SPECIMENS {
            assert_eq!(specimen.code, (PARTITION + u32::from(specimen.term)).to_string(), "{}", specimen.name);
        }
    }
}
