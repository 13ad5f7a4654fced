//! glucodock reads a glucose meter and puts its readings into the right person's record, from a terminal.
//!
//! The house, from the ground up; a room uses those that its row names and no others (`tests/program/layers.rs`):
//!
//! | room | holds | uses |
//! |---|---|---|
//! | [`domain`] | values and rules: readings, patients, associations, who may do what. Pure | nothing |
//! | [`config`] | the settings of this computer, checked | domain |
//! | [`meters`] | meters' languages over a `Link`, and simulated meters | domain |
//! | [`store`] | the encrypted file on this computer | domain |
//! | [`station`] | what this computer owns: quarantine, work list, identity checks, audit | domain, store |
//! | [`platform`] | the care platform: where patients and readings live | domain, config, store |
//! | [`host`] | this computer: buses, ports, clock, signals, folders | domain, meters |
//! | [`app`] | the program without a screen: a pure `update` | domain |
//! | [`ui`] | what is said, then how it is drawn, read out and exported | domain, app |
//! | [`engine`] | wait, update, run effects, draw; terminal and harness | all but config, store and cli |
//! | [`cli`] | the command line: one thin file per sub-command | all |
//!
//! CONTRIBUTING.md says where a care platform, a permission, a language and a part of the dashboard are added;
//! docs/adding-a-meter.md, where a meter is.

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
