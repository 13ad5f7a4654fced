//! Published byte sequences against our codecs and drivers.
//!
//! The files are not part of this project; `GLUCODOCK_VECTORS` names the folder that holds them. Without it these tests
//! are ignored, and asked for nevertheless they fail.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "vectors/onetouch_ultra2.rs"]
mod onetouch_ultra2;

/// The vectors of one file.
fn load(file: &str) -> Vec<serde_json::Value> {
    let folder = std::env::var_os("GLUCODOCK_VECTORS").expect("GLUCODOCK_VECTORS names the folder of the vectors");
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join(file)).expect("the file of vectors");
    serde_json::from_str(&text).expect("a list of vectors")
}
