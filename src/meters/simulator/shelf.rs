//! Every meter family that can be simulated, by the name of its driver.

use jiff::civil::DateTime;

use super::fault::Fault;
use super::readings::ReadingSet;
use super::{
    SimulatedMeter, accu_chek_reports, accu_chek_usb, caresens, contour, freestyle_hid, freestyle_serial,
    onetouch_ultra_easy, onetouch_ultra2, onetouch_verio, onetouch_verio_iq, smart_pix, taidoc,
};
use crate::domain::reading::Kind;

/// Tells a simulated meter's wall clock.
pub type MeterClock = Box<dyn Fn() -> DateTime + Send>;

/// What a simulated meter is to be like.
pub struct Wanted {
    /// The model by its slug in the catalogue, for families whose models differ on the wire.
    pub slug: String,
    /// Its serial number; without one it gets the family's, which begins with 000.
    pub serial: Option<String>,
    /// Its memory.
    pub memory: ReadingSet,
    /// Its clock.
    pub clock: MeterClock,
    /// What goes wrong. The meter applies what concerns what is said; the wire, the rest.
    pub fault: Option<Fault>,
    /// Whether its display shows mmol/L.
    pub shows_mmol: bool,
    /// Whether its clock was adjusted after some of the readings, for families that tell.
    pub clock_was_adjusted: bool,
}

/// Makes a simulated meter, or says in words what about it cannot be.
type Make = fn(Wanted) -> Result<Box<dyn SimulatedMeter>, String>;

/// Every family, by its driver.
const FAMILIES: &[(&str, Make)] = &[
    ("accu-chek-reports", accu_chek_reports::make),
    ("accu-chek-usb", accu_chek_usb::make),
    ("caresens", caresens::make),
    ("contour-hid", contour::make),
    ("contour-serial", contour::make),
    ("freestyle-insulinx", freestyle_hid::make_insulinx),
    ("freestyle-libre", freestyle_hid::make_libre),
    ("freestyle-lite", freestyle_serial::make_lite),
    ("freestyle-neo", freestyle_hid::make_neo),
    ("freestyle-optium", freestyle_serial::make_optium),
    ("onetouch-ultra-easy", onetouch_ultra_easy::make),
    ("onetouch-ultra2", onetouch_ultra2::make),
    ("onetouch-verio", onetouch_verio::make),
    ("onetouch-verio-iq", onetouch_verio_iq::make),
    ("smart-pix", smart_pix::make),
    ("taidoc", taidoc::make),
];

/// The drivers of the families that measure ketones; the others would take one for glucose.
const MEASURES_KETONES: &[&str] = &["freestyle-libre", "freestyle-neo", "freestyle-optium"];

/// Makes a simulated meter of the family that this driver reads.
///
/// # Errors
/// Says in words what about it cannot be.
pub fn make(driver: &str, wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, String> {
    let has_ketones = wanted.memory.readings.iter().any(|reading| reading.kind == Kind::Ketone);
    if has_ketones && !MEASURES_KETONES.contains(&driver) {
        return Err(format!("meters that speak {driver} do not measure ketones"));
    }
    let family = FAMILIES.iter().find(|(name, _)| *name == driver);
    family.map_or_else(|| Err(format!("meters that speak {driver} cannot be simulated")), |(_, make)| make(wanted))
}
