//! Pure encoders and decoders of meters' messages. Bad bytes are an error, never a panic. Knows no link and no order of
//! messages.

pub mod astm;
pub mod contour_report;
pub mod ieee11073;
pub mod lifescan_ascii;
pub mod lifescan_frame;
pub mod phdc;
