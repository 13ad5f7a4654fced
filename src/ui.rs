//! What is said, then how it is drawn.
//!
//! [`view`] says what is on the screen, as a [`scene::Scene`]; [`paint`] decides where it stands, [`linear`]
//! reads it out, [`json`] hands it to scripts. From 100 columns the device panel stands beside the step; below,
//! it is a strip under it:
//!
//! ```text
//!  site                                                who is signed in    header
//!  * Patient  . Upload  . Device  . Select  . Confirm  . Done              trail: the steps, done, here, to come
//!  -----------------------------------------------------------------
//!  Step 1 of 6: Find the patient                    |  Devices
//!  one sentence: what to do                         |  a row for each
//!                                                   |  meter               panel
//!  blocks: facts, fields, choices, table, gauge,    |
//!  problem, buttons                                 |
//!
//!  what was said in passing                                                remark
//!  Enter to the list   F2 new patient   F1 help   F10 menu                 hints: the keys that work now
//! ```
//!
//! A box (help, menu, details) lies over the middle and has the focus.

mod cells;
pub mod glyphs;
pub mod json;
pub mod layout;
pub mod linear;
pub mod numbers;
pub mod paint;
pub mod report;
pub mod scene;
pub mod spans;
pub mod theme;
pub mod view;
pub mod words;
