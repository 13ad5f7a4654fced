//! Wait, update, run effects, draw: what turns the pure app into a running program, on a terminal or under a script.
//!
//! One engine, several ends. On a terminal [`run`] waits for keys, signals, meters and answers; under a script
//! [`headless`] takes the keys from the script and moves the clock itself. Both hand every event to the same
//! [`running_app`], carry out its effects in the same [`effects`] and draw through the same [`display`]. There is no
//! tick: something happened, or a deadline that somebody asked for has come.
//!
//! The way of an event, from a key to what is seen of it:
//!
//! ```text
//!  keys, signals ---> input --+
//!  the bus, the clock --------+--> engine_event --> running_app: app::update(model, event)
//!  threads of effects --------+                        |                  |
//!          ^                                           v                  v
//!          +-- EffectDone { ticket, .. } <---------- effects      the next state -> scene -> display
//! ```
//!
//! The effects run beside it (each in its lane: the station, the platform, reads, delivery), and what comes of one is
//! an event again, with the ticket of who asked. The state drops the answer to a ticket that it no longer holds.

pub mod display;
pub mod effects;
pub mod engine_event;
pub mod export;
pub mod frontend;
pub mod guard;
pub mod headless;
pub mod input;
pub mod keys;
pub mod linear;
mod noted;
pub mod panics;
pub mod run;
pub mod running_app;
#[cfg(test)]
mod test_surroundings;
