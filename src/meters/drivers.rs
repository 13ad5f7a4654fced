//! One driver per meter family: the conversation, in the order of its specification.

pub mod accu_chek_usb;
pub mod agm_4000;
mod gathered;
pub mod glucocard_expression;
pub mod glucomen_areo;
pub mod onetouch_ultra2;
pub mod relion_prime;
pub mod sd_codefree;
pub mod true_metrix;

use super::conversation::Conversation;
use super::error::MeterError;
use crate::domain::download::Download;
use crate::domain::text::Clean;

/// A meter family's language.
pub trait Driver: Send + Sync {
    /// The name by which the catalogue and the command line know it: `accu-chek-usb`.
    fn name(&self) -> &'static str;

    /// Reads everything the meter has. Never erases, never sets a clock.
    ///
    /// `sold_as` is the name in the catalogue, for meters that do not tell their own.
    ///
    /// # Errors
    /// If the meter could not even be identified. Once it is, a conversation that ends early gives a download that is
    /// partial and says why.
    fn read(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Download, MeterError>;
}

/// Every driver.
pub const ALL: &[&dyn Driver] = &[
    &accu_chek_usb::AccuChekUsb,
    &agm_4000::Agm4000,
    &glucocard_expression::GlucocardExpression,
    &glucomen_areo::GlucoMenAreo,
    &onetouch_ultra2::OneTouchUltra2,
    &relion_prime::ReliOnPrime,
    &sd_codefree::SdCodeFree,
    &true_metrix::TrueMetrix,
];

/// The drivers of [`ALL`] whose meters are at a serial line. A line does not tell which of them is behind it.
pub const SERIAL: &[&dyn Driver] = &[
    &glucocard_expression::GlucocardExpression,
    &glucomen_areo::GlucoMenAreo,
    &onetouch_ultra2::OneTouchUltra2,
    &relion_prime::ReliOnPrime,
    &sd_codefree::SdCodeFree,
];

/// The driver of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Driver> {
    ALL.iter().find(|driver| driver.name() == name).copied()
}
