//! The table `[lock]`: how long a station that is left alone stays open.

use jiff::SignedDuration;

use super::table::{Faults, SettingsTable};

/// What is read of it.
const KEYS: [&str; 1] = ["after_minutes"];

/// Without a word of it: clinic-safety SEC-02.
const USUAL: i64 = 5;

/// No station is to stay open for longer, unless it is said that it never locks.
const LONGEST: i64 = 120;

/// When a station locks that nobody touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockSettings {
    /// After so long without a key. Without it never.
    pub after: Option<SignedDuration>,
}

impl Default for LockSettings {
    fn default() -> Self {
        Self { after: Some(SignedDuration::from_mins(USUAL)) }
    }
}

impl LockSettings {
    /// The minutes as the file says them; 0 where it never locks.
    #[must_use]
    pub fn written_minutes(self) -> i64 {
        self.after.map_or(0, |after| after.as_mins())
    }
}

/// What the table says; `None` if something is wrong with it, which is among the faults then.
pub(super) fn read(table: &SettingsTable<'_>, faults: &mut Faults<'_>) -> Option<LockSettings> {
    table.refuse_others(&KEYS, faults);
    let Some(found) = table.get("after_minutes") else { return Some(LockSettings::default()) };
    let minutes = i64::try_from(found.number(USUAL.unsigned_abs(), faults)?).unwrap_or(i64::MAX);
    if minutes > LONGEST {
        let what = format!("{} must be from 1 to {LONGEST}, or 0", found.path);
        let remedy = format!("Write after_minutes = {USUAL}, or 0 for a station that never locks.");
        faults.add(found.at.clone(), &found.path, what, remedy);
        return None;
    }
    Some(LockSettings { after: (minutes > 0).then(|| SignedDuration::from_mins(minutes)) })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::SettingsError;
    use super::super::tests::settings;
    use super::*;

    fn read_of(text: &str) -> Result<LockSettings, SettingsError> {
        settings(text).map(|settings| settings.lock)
    }

    #[rstest]
    #[case("", Some(5))]
    #[case("[lock]", Some(5))]
    #[case("[lock]\nafter_minutes = 2", Some(2))]
    #[case("[lock]\nafter_minutes = 120", Some(120))]
    #[case("[lock]\nafter_minutes = 0", None)]
    fn a_station_locks_after_what_is_written(#[case] text: &str, #[case] minutes: Option<i64>) {
        let settings = read_of(text).unwrap();
        assert_eq!(settings.after, minutes.map(SignedDuration::from_mins));
        // What is shown can be written.
        let again = format!("[lock]\nafter_minutes = {}", settings.written_minutes());
        assert_eq!(read_of(&again).unwrap(), settings);
    }

    #[rstest]
    #[case("[lock]\nafter_minutes = 121", 2, "lock.after_minutes", "Write after_minutes = 5, or 0")]
    #[case("[lock]\nafter_minutes = -1", 2, "lock.after_minutes", "whole number")]
    #[case("[lock]\nafter_minutes = \"5\"", 2, "lock.after_minutes", "Write after_minutes = 5.")]
    #[case("[lock]\nminutes = 5", 2, "lock.minutes", "there is: after_minutes.")]
    #[case("lock = 5", 1, "lock", "[lock]")]
    fn what_is_wrong_is_told(#[case] text: &str, #[case] line: usize, #[case] key: &str, #[case] says: &str) {
        let Err(SettingsError::Wrong { faults, .. }) = read_of(text) else { panic!("taken: {text}") };
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((fault.line, fault.key.as_str()), (line, key));
        assert!(format!("{}. {}", fault.what, fault.remedy).contains(says), "{fault:?}");
    }
}
