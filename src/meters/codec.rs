//! Pure encoders and decoders of meters' messages. Bad bytes are an error, never a panic. Knows no link and no order of
//! messages.

use jiff::civil::DateTime;

use crate::domain::reading::Doubt;

pub mod agm_4000;
pub mod astm;
pub mod contour_report;
pub mod cp2110;
pub mod freestyle_hid;
pub mod freestyle_serial;
pub mod glucocard_expression;
pub mod glucomen_areo;
pub mod ieee11073;
pub mod isens;
pub mod lifescan_ascii;
pub mod lifescan_frame;
pub mod phdc;
pub mod relion_prime;
pub mod reports;
pub mod sd_codefree;
pub mod taidoc;
pub mod true_metrix;

/// The doubt of a record whose stamp no calendar has.
fn time_doubt(time: Option<DateTime>) -> Vec<Doubt> {
    if time.is_none() { vec![Doubt::TimeUncertain] } else { Vec::new() }
}
