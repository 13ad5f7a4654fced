//! One driver per meter family: the conversation, in the order of its specification.

pub mod accu_chek_reports;
pub mod accu_chek_usb;
pub mod agm_4000;
pub mod caresens;
pub mod contour;
mod freestyle_hid;
pub mod freestyle_insulinx;
pub mod freestyle_libre;
pub mod freestyle_lite;
pub mod freestyle_neo;
pub mod freestyle_optium;
mod freestyle_serial;
pub mod glucocard_expression;
pub mod glucomen_areo;
mod identity;
mod lifescan;
pub mod onetouch_ultra2;
pub mod onetouch_ultra_easy;
pub mod onetouch_verio;
pub mod onetouch_verio_iq;
pub mod patience;
pub mod relion_prime;
mod reports;
pub mod sd_codefree;
pub mod smart_pix;
pub mod taidoc;
pub mod true_metrix;

use super::catalogue::Catalogue;
use super::conversation::Conversation;
use super::error::MeterError;
use super::gathered::Account;
use super::plausibility;
use crate::domain::download::Download;
use crate::domain::intake_check;
use crate::domain::text::Clean;

/// A meter family's language.
pub trait Driver: Send + Sync {
    /// The name by which the catalogue and the command line know it: `accu-chek-usb`.
    fn name(&self) -> &'static str;

    /// Reads everything the meter has, and marks what cannot be and whose time is doubted, whatever is done with it
    /// after. Never erases, never sets a clock.
    ///
    /// `sold_as` is the name in the catalogue, for meters that do not tell their own.
    ///
    /// # Errors
    /// If the meter could not even be identified. Once it is, a conversation that ends early gives a download that is
    /// partial and says why.
    fn read(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Download, MeterError> {
        let mut download = self.converse(conversation, sold_as)?.into_download();
        let now = conversation.now();
        plausibility::mark(&mut download, &now);
        // By the name that the meter told, as models of one driver came to be sold in different
        // years.
        let sold_since = Catalogue::embedded().sold_since(self.name(), &download.meter.model);
        intake_check::mark(&mut download, now.datetime(), sold_since);
        Ok(download)
    }

    /// The conversation with the meter, for [`Driver::read`]. Only
    /// [`super::gathered::Gathered::close`] makes an account.
    ///
    /// # Errors
    /// As [`Driver::read`].
    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError>;
}

/// A driver over the files of a meter's drive: a conversation that lists and reads files instead of exchanging
/// messages.
pub trait FolderDriver: Driver {
    /// Whether the files are such as this driver reads; judged by what they hold.
    ///
    /// # Errors
    /// If the drive cannot be listed or read.
    fn recognises(&self, conversation: &mut Conversation<'_>) -> Result<bool, MeterError>;
}

/// Every driver.
pub const ALL: &[&dyn Driver] = &[
    &accu_chek_reports::AccuChekReports,
    &accu_chek_usb::AccuChekUsb,
    &agm_4000::Agm4000,
    &caresens::CareSens,
    &contour::ContourHid,
    &contour::ContourSerial,
    &freestyle_insulinx::FreeStyleInsuLinx,
    &freestyle_libre::FreeStyleLibre,
    &freestyle_lite::FreeStyleLite,
    &freestyle_neo::FreeStyleNeo,
    &freestyle_optium::FreeStyleOptium,
    &glucocard_expression::GlucocardExpression,
    &glucomen_areo::GlucoMenAreo,
    &onetouch_ultra2::OneTouchUltra2,
    &onetouch_ultra_easy::OneTouchUltraEasy,
    &onetouch_verio::OneTouchVerio,
    &onetouch_verio_iq::OneTouchVerioIq,
    &relion_prime::ReliOnPrime,
    &sd_codefree::SdCodeFree,
    &smart_pix::SmartPix,
    &taidoc::TaiDoc,
    &true_metrix::TrueMetrix,
];

/// The drivers of [`ALL`] whose meters show a drive. A folder is known by what its files hold.
pub const FOLDER: &[&dyn FolderDriver] = &[&accu_chek_reports::AccuChekReports, &smart_pix::SmartPix];

/// The driver of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Driver> {
    ALL.iter().find(|driver| driver.name() == name).copied()
}
