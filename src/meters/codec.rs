//! Pure encoders and decoders: bytes to fields and back, without any conversation.

pub mod lifescan_ascii;
