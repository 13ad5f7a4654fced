//! Values and rules of the field. Pure: no input or output, no async, no clock of its own.
//!
//! Everything above (meters, store, platform, app) speaks in these types; nothing here knows any of them.

pub mod association;
pub mod cable;
pub mod calendar;
pub mod cause;
pub mod clinic;
pub(crate) mod coded_errors;
pub mod delivery;
pub mod download;
pub mod font_file;
pub mod glucose;
pub mod held_meter;
pub mod identity_check;
pub mod intake_check;
pub mod left_out;
pub mod made_up;
pub mod meter;
pub mod meter_clock;
pub mod meter_name;
pub mod name;
pub mod not_theirs;
pub mod noted_person;
pub mod patient;
pub mod permission;
pub mod platform_check;
pub mod population;
pub mod problem;
pub mod reading;
pub mod reading_source;
pub mod record;
pub mod report;
pub mod report_kind;
pub mod same_result;
pub mod sign_in;
pub mod statistics;
pub mod taken_back;
pub mod text;
pub mod time_correction;
pub mod transfer;
pub mod typed_date;
pub mod typed_moment;
pub mod undo;
pub mod validation;
pub mod words;
pub mod work_list;
