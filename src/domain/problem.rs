//! What can go wrong, as a stable code with numbers. The words a person reads are in the text assets, under the code.

use serde::{Deserialize, Serialize};

use super::text::Clean;
use super::words::{TextKey, key};

/// Makes the codes from their one table, so that none can be without its words: a row has the variant, the code, and
/// the keys of the word files for what happened and what to do next.
macro_rules! problem_codes {
    ($($(#[$explained:meta])+ $variant:ident: $code:literal, $what:expr, $remedy:expr;)+) => {
        /// A stable code: the words are found under it, and support is told it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $($(#[$explained])+ #[serde(rename = $code)] $variant,)+
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as support knows it: `E-LINK-3`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Under which key the word files say what happened.
            #[must_use]
            pub const fn what(self) -> TextKey {
                match self { $(Self::$variant => $what,)+ }
            }

            /// Under which key the word files say what to do next.
            #[must_use]
            pub const fn remedy(self) -> TextKey {
                match self { $(Self::$variant => $remedy,)+ }
            }
        }
    };
}

problem_codes! {
    /// No permission to open the meter.
    LinkDenied: "E-LINK-1", key::PROBLEM_E_LINK_1_WHAT, key::PROBLEM_E_LINK_1_REMEDY;
    /// Another program holds the meter.
    LinkBusy: "E-LINK-2", key::PROBLEM_E_LINK_2_WHAT, key::PROBLEM_E_LINK_2_REMEDY;
    /// The meter stopped answering.
    LinkSilent: "E-LINK-3", key::PROBLEM_E_LINK_3_WHAT, key::PROBLEM_E_LINK_3_REMEDY;
    /// The meter was unplugged.
    LinkGone: "E-LINK-4", key::PROBLEM_E_LINK_4_WHAT, key::PROBLEM_E_LINK_4_REMEDY;
    /// The link failed in another way.
    LinkFailed: "E-LINK-5", key::PROBLEM_E_LINK_5_WHAT, key::PROBLEM_E_LINK_5_REMEDY;
    /// The meter ended the conversation.
    MeterAborted: "E-METER-1", key::PROBLEM_E_METER_1_WHAT, key::PROBLEM_E_METER_1_REMEDY;
    /// The meter sent something damaged or against its protocol.
    MeterAnswer: "E-METER-2", key::PROBLEM_E_METER_2_WHAT, key::PROBLEM_E_METER_2_REMEDY;
    /// The meter refused what it was asked.
    MeterRefused: "E-METER-3", key::PROBLEM_E_METER_3_WHAT, key::PROBLEM_E_METER_3_REMEDY;
    /// The meter sent fewer readings than it announced.
    MeterShort: "E-METER-4", key::PROBLEM_E_METER_4_WHAT, key::PROBLEM_E_METER_4_REMEDY;
    /// This meter cannot be read.
    MeterUnsupported: "E-METER-5", key::PROBLEM_E_METER_5_WHAT, key::PROBLEM_E_METER_5_REMEDY;
    /// The meter has no serial number that can tell it from others.
    MeterUnidentified: "E-METER-6", key::PROBLEM_E_METER_6_WHAT, key::PROBLEM_E_METER_6_REMEDY;
    /// The meter sent records that were not understood.
    MeterRecords: "E-METER-7", key::PROBLEM_E_METER_7_WHAT, key::PROBLEM_E_METER_7_REMEDY;
    /// Name or password is wrong.
    SignInRefused: "E-SIGN-1", key::PROBLEM_E_SIGN_1_WHAT, key::PROBLEM_E_SIGN_1_REMEDY;
    /// Too many wrong passwords: wait.
    SignInThrottled: "E-SIGN-2", key::PROBLEM_E_SIGN_2_WHAT, key::PROBLEM_E_SIGN_2_REMEDY;
    /// The role does not work with patients.
    RoleWithoutPatients: "E-SIGN-3", key::PROBLEM_E_SIGN_3_WHAT, key::PROBLEM_E_SIGN_3_REMEDY;
    /// The code for the sign-in was not typed in time.
    SignInCodeExpired: "E-SIGN-4", key::PROBLEM_E_SIGN_4_WHAT, key::PROBLEM_E_SIGN_4_REMEDY;
    /// The sign-in was refused where the code was typed.
    SignInCodeDenied: "E-SIGN-5", key::PROBLEM_E_SIGN_5_WHAT, key::PROBLEM_E_SIGN_5_REMEDY;
    /// The sign-in at the platform has ended.
    SignInEnded: "E-SIGN-6", key::PROBLEM_E_SIGN_6_WHAT, key::PROBLEM_E_SIGN_6_REMEDY;
    /// The member of staff works here no more.
    StaffDisabled: "E-SIGN-7", key::PROBLEM_E_SIGN_7_WHAT, key::PROBLEM_E_SIGN_7_REMEDY;
    /// The password was given by somebody else, and is to be changed.
    PasswordToChange: "E-SIGN-8", key::PROBLEM_E_SIGN_8_WHAT, key::PROBLEM_E_SIGN_8_REMEDY;
    /// The new password is too easy to guess, or the old one.
    PasswordUnfit: "E-SIGN-9", key::PROBLEM_E_SIGN_9_WHAT, key::PROBLEM_E_SIGN_9_REMEDY;
    /// Somebody else changed the role or the password since the sign-in.
    SignInOver: "E-SIGN-10", key::PROBLEM_E_SIGN_10_WHAT, key::PROBLEM_E_SIGN_10_REMEDY;
    /// The platform cannot be reached or does not answer.
    PlatformUnreachable: "E-PLAT-1", key::PROBLEM_E_PLAT_1_WHAT, key::PROBLEM_E_PLAT_1_REMEDY;
    /// The platform refused the operation.
    PlatformRefused: "E-PLAT-2", key::PROBLEM_E_PLAT_2_WHAT, key::PROBLEM_E_PLAT_2_REMEDY;
    /// Somebody else assigned the meter meanwhile.
    AlreadyAssigned: "E-PLAT-3", key::PROBLEM_E_PLAT_3_WHAT, key::PROBLEM_E_PLAT_3_REMEDY;
    /// The patient may not receive readings (inactive, pending, merged, deceased).
    PatientNotActive: "E-PLAT-4", key::PROBLEM_E_PLAT_4_WHAT, key::PROBLEM_E_PLAT_4_REMEDY;
    /// The identifier already belongs to another patient.
    IdentifierTaken: "E-PLAT-5", key::PROBLEM_E_PLAT_5_WHAT, key::PROBLEM_E_PLAT_5_REMEDY;
    /// What was asked for is not there (any more).
    NotFound: "E-PLAT-6", key::PROBLEM_E_PLAT_6_WHAT, key::PROBLEM_E_PLAT_6_REMEDY;
    /// What was typed does not prove who the person is, or too many answers were wrong before.
    IdentityNotProved: "E-PLAT-7", key::PROBLEM_E_PLAT_7_WHAT, key::PROBLEM_E_PLAT_7_REMEDY;
    /// The meter's clock is more than a day off, and nobody said which clock is right.
    ClockUndecided: "E-PLAT-8", key::PROBLEM_E_PLAT_8_WHAT, key::PROBLEM_E_PLAT_8_REMEDY;
    /// Another patient has these readings, and nobody said whose they are.
    HeldByAnother: "E-PLAT-9", key::PROBLEM_E_PLAT_9_WHAT, key::PROBLEM_E_PLAT_9_REMEDY;
    /// The readings are odd beside the patient's record, and nobody said who uses the meter.
    UseUnanswered: "E-PLAT-18", key::PROBLEM_E_PLAT_18_WHAT, key::PROBLEM_E_PLAT_18_REMEDY;
    /// The meter was read again after its readings were shown.
    UploadChanged: "E-PLAT-10", key::PROBLEM_E_PLAT_10_WHAT, key::PROBLEM_E_PLAT_10_REMEDY;
    /// A person with the same name and birth date is registered, and no reason was given for another.
    SamePerson: "E-PLAT-11", key::PROBLEM_E_PLAT_11_WHAT, key::PROBLEM_E_PLAT_11_REMEDY;
    /// The platform does not let this program do it.
    NotGranted: "E-PLAT-12", key::PROBLEM_E_PLAT_12_WHAT, key::PROBLEM_E_PLAT_12_REMEDY;
    /// The directory has another person under the key of somebody whose readings are here.
    AnotherPerson: "E-PLAT-13", key::PROBLEM_E_PLAT_13_WHAT, key::PROBLEM_E_PLAT_13_REMEDY;
    /// What answers in the place of the platform says nothing that can be read.
    PlatformUnreadable: "E-PLAT-14", key::PROBLEM_E_PLAT_14_WHAT, key::PROBLEM_E_PLAT_14_REMEDY;
    /// The patient's record at the platform does not tell whose it is.
    PatientIncomplete: "E-PLAT-15", key::PROBLEM_E_PLAT_15_WHAT, key::PROBLEM_E_PLAT_15_REMEDY;
    /// A patient was created, and another record has the same identifier.
    CreatedBeside: "E-PLAT-16", key::PROBLEM_E_PLAT_16_WHAT, key::PROBLEM_E_PLAT_16_REMEDY;
    /// The platform has no record of the patient any more, or does not show it.
    NoRecord: "E-PLAT-17", key::PROBLEM_E_PLAT_17_WHAT, key::PROBLEM_E_PLAT_17_REMEDY;
    /// What was assigned later of the meter is to be undone first.
    UndoLaterFirst: "E-UNDO-1", key::PROBLEM_E_UNDO_1_WHAT, key::PROBLEM_E_UNDO_1_REMEDY;
    /// No reason is given for undoing an assignment.
    UndoReasonMissing: "E-UNDO-2", key::PROBLEM_E_UNDO_2_WHAT, key::PROBLEM_E_UNDO_2_REMEDY;
    /// The assignment is somebody else's or older, and the role does not allow undoing it.
    UndoRefused: "E-UNDO-3", key::PROBLEM_E_UNDO_3_WHAT, key::PROBLEM_E_UNDO_3_REMEDY;
    /// The platform has something of the assignment in a third person's record, or may have it there.
    UndoMisplaced: "E-UNDO-4", key::PROBLEM_E_UNDO_4_WHAT, key::PROBLEM_E_UNDO_4_REMEDY;
    /// The platform was told of the assignment, or may have been, and nothing is withdrawn there from here.
    UndoToldThere: "E-UNDO-5", key::PROBLEM_E_UNDO_5_WHAT, key::PROBLEM_E_UNDO_5_REMEDY;
    /// A care platform was told of the meter, or one of the two people is of its directory.
    MoveAtPlatform: "E-MOVE-2", key::PROBLEM_E_MOVE_2_WHAT, key::PROBLEM_E_MOVE_2_REMEDY;
    /// The meter is not this patient's any more, or cannot be theirs.
    MoveNotTheirs: "E-MOVE-3", key::PROBLEM_E_MOVE_3_WHAT, key::PROBLEM_E_MOVE_3_REMEDY;
    /// From that day on the meter was a third patient's for some time.
    MoveReachesThird: "E-MOVE-4", key::PROBLEM_E_MOVE_4_WHAT, key::PROBLEM_E_MOVE_4_REMEDY;
    /// Readings of a meter without a number were left out because those of this meter are in the record.
    MoveRestedOn: "E-MOVE-5", key::PROBLEM_E_MOVE_5_WHAT, key::PROBLEM_E_MOVE_5_REMEDY;
    /// No reason is given for the transfer.
    MoveReasonMissing: "E-MOVE-6", key::PROBLEM_E_MOVE_6_WHAT, key::PROBLEM_E_MOVE_6_REMEDY;
    /// The day from which the meter is somebody else's has not come yet.
    MoveDayAhead: "E-MOVE-7", key::PROBLEM_E_MOVE_7_WHAT, key::PROBLEM_E_MOVE_7_REMEDY;
    /// Readings of the assignment that is to be undone went to another patient since.
    MoveSince: "E-MOVE-1", key::PROBLEM_E_MOVE_1_WHAT, key::PROBLEM_E_MOVE_1_REMEDY;
    /// The meter is not this patient's any more, or what ended is theirs again.
    EndNotTheirs: "E-END-1", key::PROBLEM_E_END_1_WHAT, key::PROBLEM_E_END_1_REMEDY;
    /// A care platform was told of the meter, or the patient is of its directory.
    EndAtPlatform: "E-END-2", key::PROBLEM_E_END_2_WHAT, key::PROBLEM_E_END_2_REMEDY;
    /// The record has readings of the meter of later days.
    EndBeforeReadings: "E-END-3", key::PROBLEM_E_END_3_WHAT, key::PROBLEM_E_END_3_REMEDY;
    /// The record has readings of a meter that was never to be theirs.
    EndNotInError: "E-END-4", key::PROBLEM_E_END_4_WHAT, key::PROBLEM_E_END_4_REMEDY;
    /// No reason is given for the end, or for undoing it.
    EndReasonMissing: "E-END-5", key::PROBLEM_E_END_5_WHAT, key::PROBLEM_E_END_5_REMEDY;
    /// The last day is missing, or has not come yet.
    EndDayAhead: "E-END-6", key::PROBLEM_E_END_6_WHAT, key::PROBLEM_E_END_6_REMEDY;
    /// Somebody has had the meter since.
    EndFollowed: "E-END-7", key::PROBLEM_E_END_7_WHAT, key::PROBLEM_E_END_7_REMEDY;
    /// The meter is lost, and nobody said since that it was found.
    MeterLost: "E-END-8", key::PROBLEM_E_END_8_WHAT, key::PROBLEM_E_END_8_REMEDY;
    /// The meter became nobody's since the assignment that is to be undone.
    EndSince: "E-END-9", key::PROBLEM_E_END_9_WHAT, key::PROBLEM_E_END_9_REMEDY;
    /// A care platform keeps the record, or was told of the readings: their times are not corrected from here.
    TimesToldThere: "E-TIME-1", key::PROBLEM_E_TIME_1_WHAT, key::PROBLEM_E_TIME_1_REMEDY;
    /// Times of the assignment's readings, or of the meter's, were corrected: that is undone first.
    TimesCorrected: "E-TIME-2", key::PROBLEM_E_TIME_2_WHAT, key::PROBLEM_E_TIME_2_REMEDY;
    /// No reason is given for correcting times, or for undoing that.
    TimesReasonMissing: "E-TIME-3", key::PROBLEM_E_TIME_3_WHAT, key::PROBLEM_E_TIME_3_REMEDY;
    /// An export cannot be written where it is to be: no such folder, or not allowed there.
    ExportFolder: "E-EXPORT-1", key::PROBLEM_E_EXPORT_1_WHAT, key::PROBLEM_E_EXPORT_1_REMEDY;
    /// There is a file of that name already.
    ExportExists: "E-EXPORT-2", key::PROBLEM_E_EXPORT_2_WHAT, key::PROBLEM_E_EXPORT_2_REMEDY;
    /// An export cannot be written, most often because the disk is full.
    ExportUnwritable: "E-EXPORT-3", key::PROBLEM_E_EXPORT_3_WHAT, key::PROBLEM_E_EXPORT_3_REMEDY;
    /// Somebody has changed the record since it was loaded: what is shown is not exported.
    RecordChanged: "E-EXPORT-4", key::PROBLEM_E_EXPORT_4_WHAT, key::PROBLEM_E_EXPORT_4_REMEDY;
    /// The data file cannot be opened or read.
    StoreUnreadable: "E-STORE-1", key::PROBLEM_E_STORE_1_WHAT, key::PROBLEM_E_STORE_1_REMEDY;
    /// The data file cannot be written, most often because the disk is full.
    StoreUnwritable: "E-STORE-2", key::PROBLEM_E_STORE_2_WHAT, key::PROBLEM_E_STORE_2_REMEDY;
    /// Another program keeps the data file locked.
    StoreLocked: "E-STORE-3", key::PROBLEM_E_STORE_3_WHAT, key::PROBLEM_E_STORE_3_REMEDY;
    /// The data file, or its file system, may only be read.
    StoreReadOnly: "E-STORE-4", key::PROBLEM_E_STORE_4_WHAT, key::PROBLEM_E_STORE_4_REMEDY;
    /// The data file was replaced while it was open.
    StoreReplaced: "E-STORE-5", key::PROBLEM_E_STORE_5_WHAT, key::PROBLEM_E_STORE_5_REMEDY;
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

/// An error with all that is below it: `the platform does not answer: connection refused`. What an error tells of the
/// one below it already is not said twice.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let below = std::iter::successors(error.source(), |error| error.source());
    below.fold(error.to_string(), |told, error| {
        let more = error.to_string();
        if told.ends_with(&more) { told } else { format!("{told}: {more}") }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io;

    use super::*;

    #[test]
    fn no_code_and_no_key_stands_twice_and_each_key_has_its_code() {
        let all = ProblemCode::ALL;
        assert_eq!(all.iter().map(|code| code.code()).collect::<BTreeSet<_>>().len(), all.len());
        for code in all {
            let key = format!("problem-{}", code.code().to_lowercase());
            let words = (code.what().as_str(), code.remedy().as_str());
            assert_eq!(words, (&*format!("{key}-what"), &*format!("{key}-remedy")));
            assert_eq!(toml::Value::try_from(code).unwrap().as_str(), Some(code.code()), "as a store keeps it");
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("reading the meter: {cause}")]
    struct Above {
        #[source]
        cause: io::Error,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("no answer")]
    struct Top(#[source] Above);

    #[test]
    fn every_cause_is_told_and_none_twice() {
        let cause = io::Error::other(io::Error::from(io::ErrorKind::ConnectionRefused));
        assert_eq!(with_causes(&Above { cause }), "reading the meter: connection refused");
        let cause = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(with_causes(&Top(Above { cause })), "no answer: reading the meter: broken pipe");
    }
}
