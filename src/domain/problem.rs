//! What can go wrong, as a stable code with numbers. The words a person reads are in the text assets, under the code.

use serde::{Deserialize, Serialize};

use super::text::Clean;

/// Makes the codes from their one table, so that none can be without its words: a row has the variant, the code, and the keys
/// of the word files for what happened and what to do next.
macro_rules! problem_codes {
    ($($(#[$explained:meta])+ $variant:ident: $code:literal, $what:literal, $remedy:literal;)+) => {
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
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)+ }
            }

            /// Under which key the word files say what to do next.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)+ }
            }
        }
    };
}

problem_codes! {
    /// No permission to open the meter.
    LinkDenied: "E-LINK-1", "problem-e-link-1-what", "problem-e-link-1-remedy";
    /// Another program holds the meter.
    LinkBusy: "E-LINK-2", "problem-e-link-2-what", "problem-e-link-2-remedy";
    /// The meter stopped answering.
    LinkSilent: "E-LINK-3", "problem-e-link-3-what", "problem-e-link-3-remedy";
    /// The meter was unplugged.
    LinkGone: "E-LINK-4", "problem-e-link-4-what", "problem-e-link-4-remedy";
    /// The link failed in another way.
    LinkFailed: "E-LINK-5", "problem-e-link-5-what", "problem-e-link-5-remedy";
    /// The meter ended the conversation.
    MeterAborted: "E-METER-1", "problem-e-meter-1-what", "problem-e-meter-1-remedy";
    /// The meter sent something damaged or against its protocol.
    MeterAnswer: "E-METER-2", "problem-e-meter-2-what", "problem-e-meter-2-remedy";
    /// The meter refused what it was asked.
    MeterRefused: "E-METER-3", "problem-e-meter-3-what", "problem-e-meter-3-remedy";
    /// The meter sent fewer readings than it announced.
    MeterShort: "E-METER-4", "problem-e-meter-4-what", "problem-e-meter-4-remedy";
    /// This meter cannot be read.
    MeterUnsupported: "E-METER-5", "problem-e-meter-5-what", "problem-e-meter-5-remedy";
    /// The meter has no serial number that can tell it from others.
    MeterUnidentified: "E-METER-6", "problem-e-meter-6-what", "problem-e-meter-6-remedy";
    /// The meter sent records that were not understood.
    MeterRecords: "E-METER-7", "problem-e-meter-7-what", "problem-e-meter-7-remedy";
    /// Name or password is wrong.
    SignInRefused: "E-SIGN-1", "problem-e-sign-1-what", "problem-e-sign-1-remedy";
    /// Too many wrong passwords: wait.
    SignInThrottled: "E-SIGN-2", "problem-e-sign-2-what", "problem-e-sign-2-remedy";
    /// The role does not work with patients.
    RoleWithoutPatients: "E-SIGN-3", "problem-e-sign-3-what", "problem-e-sign-3-remedy";
    /// The platform cannot be reached or does not answer.
    PlatformUnreachable: "E-PLAT-1", "problem-e-plat-1-what", "problem-e-plat-1-remedy";
    /// The platform refused the operation.
    PlatformRefused: "E-PLAT-2", "problem-e-plat-2-what", "problem-e-plat-2-remedy";
    /// Somebody else assigned the meter meanwhile.
    AlreadyAssigned: "E-PLAT-3", "problem-e-plat-3-what", "problem-e-plat-3-remedy";
    /// The patient may not receive readings (inactive, pending, merged, deceased).
    PatientNotActive: "E-PLAT-4", "problem-e-plat-4-what", "problem-e-plat-4-remedy";
    /// The identifier already belongs to another patient.
    IdentifierTaken: "E-PLAT-5", "problem-e-plat-5-what", "problem-e-plat-5-remedy";
    /// What was asked for is not there (any more).
    NotFound: "E-PLAT-6", "problem-e-plat-6-what", "problem-e-plat-6-remedy";
    /// What was typed does not prove who the person is, or too many answers were wrong before.
    IdentityNotProved: "E-PLAT-7", "problem-e-plat-7-what", "problem-e-plat-7-remedy";
    /// The meter's clock is more than a day off, and nobody said which clock is right.
    ClockUndecided: "E-PLAT-8", "problem-e-plat-8-what", "problem-e-plat-8-remedy";
    /// Another patient has these readings, and nobody said whose they are.
    HeldByAnother: "E-PLAT-9", "problem-e-plat-9-what", "problem-e-plat-9-remedy";
    /// The meter was read again after its readings were shown.
    UploadChanged: "E-PLAT-10", "problem-e-plat-10-what", "problem-e-plat-10-remedy";
    /// The data file cannot be opened or read.
    StoreUnreadable: "E-STORE-1", "problem-e-store-1-what", "problem-e-store-1-remedy";
    /// The data file cannot be written, most often because the disk is full.
    StoreUnwritable: "E-STORE-2", "problem-e-store-2-what", "problem-e-store-2-remedy";
    /// Another program keeps the data file locked.
    StoreLocked: "E-STORE-3", "problem-e-store-3-what", "problem-e-store-3-remedy";
    /// The data file, or its file system, may only be read.
    StoreReadOnly: "E-STORE-4", "problem-e-store-4-what", "problem-e-store-4-remedy";
    /// The data file was replaced while it was open.
    StoreReplaced: "E-STORE-5", "problem-e-store-5-what", "problem-e-store-5-remedy";
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

/// An error with all that is below it: `the platform does not answer: connection refused`. What an error tells of the one
/// below it already is not said twice.
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
        for of in [ProblemCode::code, ProblemCode::what, ProblemCode::remedy] {
            assert_eq!(all.iter().map(|code| of(*code)).collect::<BTreeSet<_>>().len(), all.len());
        }
        for code in all {
            let key = format!("problem-{}", code.code().to_lowercase());
            assert_eq!((code.what(), code.remedy()), (&*format!("{key}-what"), &*format!("{key}-remedy")));
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
