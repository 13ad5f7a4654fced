//! Pure encoders and decoders of meters' messages. Bad bytes are an error, never a panic. Knows no link and no order of
//! messages.

pub mod astm;
pub mod contour_report;
pub mod cp2110;
pub mod freestyle_binary;
pub mod freestyle_hid;
pub mod freestyle_serial;
pub mod ieee11073;
pub mod isens;
pub mod lifescan_ascii;
pub mod lifescan_frame;
pub mod phdc;
pub mod reports;
pub mod taidoc;
