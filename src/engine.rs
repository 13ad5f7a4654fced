//! Wait, update, run effects, draw: what turns the pure app into a running program, on a terminal or under a script.
//!
//! One engine, several ends. On a terminal [`run`] waits for keys, signals, meters and answers; under a script
//! [`headless`] takes the keys from the script and moves the clock itself. Both hand every event to the same
//! [`machine`], carry out its effects in the same [`effects`] and draw through the same [`display`]. There is no tick:
//! something happened, or a deadline that somebody asked for has come.

pub mod display;
pub mod effects;
pub mod engine_event;
pub mod frontend;
pub mod guard;
pub mod headless;
pub mod input;
pub mod keys;
pub mod linear;
pub mod machine;
mod noted;
pub mod panics;
pub mod run;
#[cfg(test)]
mod test_program;
