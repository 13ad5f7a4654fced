//! Why something waits for the care platform, for whoever is at the command line.

use crate::domain::delivery::LastAttempt;
use crate::domain::text::Clean;

/// It is being sent, or the program ended before it was known what came of it.
pub(super) const UNDER_WAY: &str = "being sent, or cut off";

/// Others go first.
pub(super) const NOT_SENT: &str = "not sent yet";

/// There was no answer.
pub(super) const UNANSWERED: &str = "the platform does not answer";

/// It is to come later.
pub(super) const PUT_OFF: &str = "the platform cannot take it now";

/// It is not allowed to whoever is signed in, or to this computer.
pub(super) const NOT_ALLOWED: &str = "the platform does not allow it with this sign-in";

/// It is in another's record, since a merger was taken back.
pub(super) const MISPLACED: &str =
    "it is in another patient's record there, sent while the two were merged: put it right there, then release it";

/// The same, but whether it arrived is not known.
pub(super) const PERHAPS_MISPLACED: &str =
    "it may be in another patient's record there, sent while the two were merged: look, put it right, then release it";

/// Something that came before it is misplaced.
pub(super) const BEHIND_MISPLACED: &str = "something of this meter is, or may be, in another patient's record there";

/// The reason, or what is said in general of what was put off before reasons were kept.
pub(super) fn or(said: &str, why: &Clean) -> String {
    if why.as_str().is_empty() { said } else { why.as_str() }.to_owned()
}

/// That so many readings of what was undone stay in the record.
pub(super) fn stay(count: u32) -> String {
    let readings = if count == 1 { "1 reading stays" } else { &format!("{count} readings stay") };
    format!("{readings} in that record at the platform: another station stands behind what it delivered too")
}

/// Why something waits after its last attempt.
pub(super) fn after(last: Option<&LastAttempt>) -> Option<String> {
    let Some(last) = last else { return Some(NOT_SENT.to_owned()) };
    match last {
        LastAttempt::Unanswered(why) => Some(or(UNANSWERED, why)),
        LastAttempt::PutOff(why) => Some(or(PUT_OFF, why)),
        LastAttempt::NotAllowed(why) => Some(or(NOT_ALLOWED, why)),
        LastAttempt::UnderWay => Some(UNDER_WAY.to_owned()),
        LastAttempt::TakenBackBut(stay_there) => Some(stay(*stay_there)),
        LastAttempt::Recorded | LastAttempt::AlreadyThere | LastAttempt::Refused => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_is_known_is_told() {
        let known = LastAttempt::PutOff("the platform takes nothing more for 30 seconds".into());
        assert_eq!(after(Some(&known)).as_deref(), Some("the platform takes nothing more for 30 seconds"));
        assert_eq!(after(Some(&LastAttempt::PutOff(Clean::default()))).as_deref(), Some(PUT_OFF));
        assert_eq!(after(Some(&LastAttempt::Recorded)), None);
        assert_eq!(after(None).as_deref(), Some(NOT_SENT));
        for (count, told) in [(1, "1 reading stays in that record"), (17, "17 readings stay in that record")] {
            assert!(after(Some(&LastAttempt::TakenBackBut(count))).unwrap().starts_with(told));
        }
    }
}
