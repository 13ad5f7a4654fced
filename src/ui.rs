//! What is said, then how it is drawn.
//!
//! [`view`] says what is on the screen, as a [`scene::Scene`]; [`paint`] decides where it stands, [`linear`] reads it out, [`json`]
//! hands it to scripts. From 100 columns the device panel stands beside the step; below, it is a strip under it:
//!
//! ```text
//!  site                                     who is signed in     header
//!  1 patient  2 meter  3 device  ...                             trail: the steps, done, here, to come
//!  +- heading ---------------------------+  +- Devices -----+
//!  | one sentence: what to do            |  | one entry per |    panel
//!  |                                     |  | meter         |
//!  | blocks: facts, fields, choices,     |  |               |
//!  | table, gauge, problem, buttons      |  |               |
//!  +-------------------------------------+  +---------------+
//!  what was said in passing                                      remark
//!  Enter go on  Esc back  F1 help                                hints: the keys that work now
//! ```
//!
//! A box (help, menu, details) lies over the middle and has the focus.

mod cells;
pub mod glyphs;
pub mod json;
pub mod layout;
pub mod linear;
pub mod paint;
pub mod scene;
pub mod spans;
pub mod theme;
pub mod view;
pub mod words;
