//! What can go wrong, as a stable code with numbers. The words a person reads are in the text assets, under the code.

use serde::{Deserialize, Serialize};

use super::text::Clean;

/// A stable code: the words are found under it, and support is told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProblemCode {
    /// No permission to open the meter.
    #[serde(rename = "E-LINK-1")]
    LinkDenied,
    /// Another program holds the meter.
    #[serde(rename = "E-LINK-2")]
    LinkBusy,
    /// The meter stopped answering.
    #[serde(rename = "E-LINK-3")]
    LinkSilent,
    /// The meter was unplugged.
    #[serde(rename = "E-LINK-4")]
    LinkGone,
    /// The link failed in another way.
    #[serde(rename = "E-LINK-5")]
    LinkFailed,
    /// The meter ended the conversation.
    #[serde(rename = "E-METER-1")]
    MeterAborted,
    /// The meter sent something damaged or against its protocol.
    #[serde(rename = "E-METER-2")]
    MeterAnswer,
    /// The meter refused what it was asked.
    #[serde(rename = "E-METER-3")]
    MeterRefused,
    /// The meter sent fewer readings than it announced.
    #[serde(rename = "E-METER-4")]
    MeterShort,
    /// This meter cannot be read.
    #[serde(rename = "E-METER-5")]
    MeterUnsupported,
    /// The meter has no serial number that can tell it from others.
    #[serde(rename = "E-METER-6")]
    MeterUnidentified,
    /// The meter sent records that were not understood.
    #[serde(rename = "E-METER-7")]
    MeterRecords,
    /// Name or password is wrong.
    #[serde(rename = "E-SIGN-1")]
    SignInRefused,
    /// Too many wrong passwords: wait.
    #[serde(rename = "E-SIGN-2")]
    SignInThrottled,
    /// The role does not work with patients.
    #[serde(rename = "E-SIGN-3")]
    RoleWithoutPatients,
    /// The platform cannot be reached or does not answer.
    #[serde(rename = "E-PLAT-1")]
    PlatformUnreachable,
    /// The platform refused the operation.
    #[serde(rename = "E-PLAT-2")]
    PlatformRefused,
    /// Somebody else assigned the meter meanwhile.
    #[serde(rename = "E-PLAT-3")]
    AlreadyAssigned,
    /// The patient may not receive readings (inactive, pending, merged, deceased).
    #[serde(rename = "E-PLAT-4")]
    PatientNotActive,
    /// The identifier already belongs to another patient.
    #[serde(rename = "E-PLAT-5")]
    IdentifierTaken,
    /// What was asked for is not there (any more).
    #[serde(rename = "E-PLAT-6")]
    NotFound,
    /// What was typed does not prove who the person is, or too many answers were wrong before.
    #[serde(rename = "E-PLAT-7")]
    IdentityNotProved,
    /// The meter's clock is more than a day off, and nobody said which clock is right.
    #[serde(rename = "E-PLAT-8")]
    ClockUndecided,
    /// Another patient has these readings, and nobody said whose they are.
    #[serde(rename = "E-PLAT-9")]
    HeldByAnother,
    /// The meter was read again after its readings were shown.
    #[serde(rename = "E-PLAT-10")]
    UploadChanged,
    /// The data file cannot be opened or read.
    #[serde(rename = "E-STORE-1")]
    StoreUnreadable,
    /// The data file cannot be written, most often because the disk is full.
    #[serde(rename = "E-STORE-2")]
    StoreUnwritable,
    /// Another program keeps the data file locked.
    #[serde(rename = "E-STORE-3")]
    StoreLocked,
    /// The data file, or its file system, may only be read.
    #[serde(rename = "E-STORE-4")]
    StoreReadOnly,
    /// The data file was replaced while it was open.
    #[serde(rename = "E-STORE-5")]
    StoreReplaced,
}

impl ProblemCode {
    /// Every code, for the test that each has its words.
    pub const ALL: [Self; 30] = [
        Self::LinkDenied,
        Self::LinkBusy,
        Self::LinkSilent,
        Self::LinkGone,
        Self::LinkFailed,
        Self::MeterAborted,
        Self::MeterAnswer,
        Self::MeterRefused,
        Self::MeterShort,
        Self::MeterUnsupported,
        Self::MeterUnidentified,
        Self::MeterRecords,
        Self::SignInRefused,
        Self::SignInThrottled,
        Self::RoleWithoutPatients,
        Self::PlatformUnreachable,
        Self::PlatformRefused,
        Self::AlreadyAssigned,
        Self::PatientNotActive,
        Self::IdentifierTaken,
        Self::NotFound,
        Self::IdentityNotProved,
        Self::ClockUndecided,
        Self::HeldByAnother,
        Self::UploadChanged,
        Self::StoreUnreadable,
        Self::StoreUnwritable,
        Self::StoreLocked,
        Self::StoreReadOnly,
        Self::StoreReplaced,
    ];

    /// The code as support knows it: `E-LINK-3`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LinkDenied => "E-LINK-1",
            Self::LinkBusy => "E-LINK-2",
            Self::LinkSilent => "E-LINK-3",
            Self::LinkGone => "E-LINK-4",
            Self::LinkFailed => "E-LINK-5",
            Self::MeterAborted => "E-METER-1",
            Self::MeterAnswer => "E-METER-2",
            Self::MeterRefused => "E-METER-3",
            Self::MeterShort => "E-METER-4",
            Self::MeterUnsupported => "E-METER-5",
            Self::MeterUnidentified => "E-METER-6",
            Self::MeterRecords => "E-METER-7",
            Self::SignInRefused => "E-SIGN-1",
            Self::SignInThrottled => "E-SIGN-2",
            Self::RoleWithoutPatients => "E-SIGN-3",
            Self::PlatformUnreachable => "E-PLAT-1",
            Self::PlatformRefused => "E-PLAT-2",
            Self::AlreadyAssigned => "E-PLAT-3",
            Self::PatientNotActive => "E-PLAT-4",
            Self::IdentifierTaken => "E-PLAT-5",
            Self::NotFound => "E-PLAT-6",
            Self::IdentityNotProved => "E-PLAT-7",
            Self::ClockUndecided => "E-PLAT-8",
            Self::HeldByAnother => "E-PLAT-9",
            Self::UploadChanged => "E-PLAT-10",
            Self::StoreUnreadable => "E-STORE-1",
            Self::StoreUnwritable => "E-STORE-2",
            Self::StoreLocked => "E-STORE-3",
            Self::StoreReadOnly => "E-STORE-4",
            Self::StoreReplaced => "E-STORE-5",
        }
    }
}

/// Something went wrong: which thing, how far the work had come, and a detail for support without any patient data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The code under which the words are found.
    pub code: ProblemCode,
    /// How many readings had arrived.
    pub done: u32,
    /// How many readings were announced, once the meter has said so.
    pub of: Option<u32>,
    /// How many seconds it lasts, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u32>,
    /// For the details view and the log. Never a name, serial number or value.
    pub detail: Clean,
}

impl Problem {
    /// A problem that says nothing of progress.
    #[must_use]
    pub fn new(code: ProblemCode, detail: &str) -> Self {
        Self { code, done: 0, of: None, wait_seconds: None, detail: Clean::new(detail, 200) }
    }
}
