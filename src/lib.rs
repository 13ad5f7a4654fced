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
//! Where something is added begins in one file each; CONTRIBUTING.md has the steps behind it, and
//! docs/adding-a-meter.md those of a meter:
//!
//! | what | first file |
//! |---|---|
//! | a care platform | `src/platform.rs`: the three traits that it has, beside [`platform::embedded`] |
//! | a permission | `src/domain/permission.rs`: the table of who may do what |
//! | a language | `assets/words/en.ftl`, read by `src/ui/words.rs` |
//! | a block on the screen | the step's file in `src/ui/view`; of a new kind: `src/ui/scene.rs` |
//! | a meter | `assets/meters.toml`; if it speaks a language of its own: `src/meters/codec` |

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
