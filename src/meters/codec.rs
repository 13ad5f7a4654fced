//! Pure encoders and decoders of meters' messages. Bad bytes are an error, never a panic. Knows no link and no order of
//! messages.
