//! Pure encoders and decoders of meters' messages. Bad bytes are an error, never a panic. Knows no link and no order of
//! messages.

use std::fmt::Write as _;

use jiff::civil::DateTime;

use crate::domain::reading::{Doubt, is_time_doubtful};

pub mod agm_4000;
pub mod astm;
pub mod contour_report;
pub mod cp2110;
pub mod freestyle_binary;
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

/// Bytes as text: two upper-case hexadecimal digits each.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// The doubt of a record whose stamp no calendar has.
fn time_doubt(time: Option<DateTime>) -> Vec<Doubt> {
    if is_time_doubtful(time) { vec![Doubt::TimeUncertain] } else { Vec::new() }
}
