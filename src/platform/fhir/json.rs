//! Looking into JSON that may have any form.
//!
//! `serde_json` keeps numbers as they are written (`arbitrary_precision`), so that 5.0 stays 5.0.

use serde_json::Value;

/// What stands there, by a JSON pointer (RFC 6901); `Null` if nothing does.
pub(super) fn at<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    const NOTHING: &Value = &Value::Null;
    value.pointer(pointer).unwrap_or(NOTHING)
}

/// The text that stands there; empty if none does.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    at(value, pointer).as_str().unwrap_or_default()
}

/// The items of the list that stands there; none if there is no list.
pub(super) fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    at(value, pointer).as_array().map(Vec::as_slice).unwrap_or_default()
}
