//! The program without a screen: `(Model, Event) -> (Model, Effects)`, pure.
//!
//! Knows the domain only. What has to be done outside is data ([`effect::Effect`]); what happened outside comes back
//! as data ([`event::Event`]). Nothing here reads a clock, waits or draws.

pub mod action;
pub mod answers;
pub mod asked;
pub mod code_sign_in;
mod controls;
pub mod effect;
pub mod ending_task;
pub mod event;
pub mod giving_up;
pub mod idle_lock;
pub mod key;
pub mod key_intent;
pub mod list;
pub mod model;
pub mod new_password;
pub mod noted_people;
mod noted_question;
pub mod offers;
pub mod overlay;
pub mod panel;
pub mod paused;
pub mod permitted;
pub mod problems;
pub mod reach;
pub mod remark;
mod scanned;
pub mod setup;
pub mod sign_in;
pub mod sign_out;
mod staff_over;
pub mod text_field;
pub mod tickets;
pub mod times_task;
pub mod transfer_task;
pub mod under_way;
pub mod update;
pub mod wizard;
