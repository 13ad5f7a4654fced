//! glucodock reads a glucose meter and puts its readings into the right person's record, from a terminal.
//!
//! The house, from the ground up; a room may use the rooms above it in this list, never one below:
//!
//! | room | holds |
//! |---|---|
//! | [`domain`] | values and rules: readings, meters, patients, associations. Pure |
//! | [`config`] | the settings of this computer, checked |
//! | [`meters`] | meters' languages over a `Link`, and simulated meters |
//! | [`store`] | the encrypted file on this computer |
//! | [`station`] | what this computer owns whatever the platform: quarantine, work list, identity checks, audit |
//! | [`platform`] | the care platform: where patients and readings live |
//! | [`host`] | this computer: buses, ports, clock, signals, folders |
//! | [`app`] | the program without a screen: a pure `update`; knows the domain only |
//! | [`ui`] | what is said, then how it is drawn; knows domain and app only |
//! | [`engine`] | wait, update, run effects, draw; the terminal and the harness |
//! | [`cli`] | the command line: one thin file per sub-command |

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod host;
pub mod meters;
pub mod platform;
pub mod station;
pub mod store;
pub mod ui;
