//! The table `[dashboard]`: in which unit values are shown.

use super::table::{Faults, FoundSetting, SettingsTable};
use crate::domain::glucose::Unit;

/// What is read of it.
const KEYS: [&str; 1] = ["unit"];

/// What stands for the unit in which most of a person's values were sent.
const AS_SENT: &str = "as sent";

/// How dashboards, exports and statistics are shown, where nobody says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DashboardSettings {
    /// The unit of values. Without it, of each person that in which most of theirs were sent.
    pub unit: Option<Unit>,
}

impl DashboardSettings {
    /// The unit as the file says it.
    #[must_use]
    pub fn written_unit(self) -> String {
        self.unit.map_or_else(|| AS_SENT.to_owned(), |unit| unit.to_string())
    }
}

/// What the table says; `None` if something is wrong with it, which is among the faults then.
pub(super) fn read(table: &SettingsTable<'_>, faults: &mut Faults<'_>) -> Option<DashboardSettings> {
    table.refuse_others(&KEYS, faults);
    let unit = match table.get("unit") {
        None => None,
        Some(found) => match found.text(faults)? {
            AS_SENT => None,
            text => Some(unit(&found, text, faults)?),
        },
    };
    Some(DashboardSettings { unit })
}

fn unit(found: &FoundSetting<'_>, text: &str, faults: &mut Faults<'_>) -> Option<Unit> {
    let unit = [Unit::MgPerDl, Unit::MmolPerL].into_iter().find(|unit| unit.to_string() == text);
    if unit.is_none() {
        let what = format!("{}: there is no unit {text:?}", found.path);
        faults.add(found.at.clone(), &found.path, what, "Write \"mg/dL\", \"mmol/L\" or \"as sent\".");
    }
    unit
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{SETTINGS_FILE, SettingsError, SettingsLocation};
    use super::*;

    /// What a file with this text says of the dashboard: as it is read with everything, and by itself.
    fn read_in_both_ways(text: &str) -> [Result<DashboardSettings, SettingsError>; 2] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        let place = SettingsLocation::find(None, None, folder.path()).unwrap();
        [place.read().map(|settings| settings.dashboard), place.read_dashboard()]
    }

    #[rstest]
    #[case("", None)]
    #[case("[dashboard]", None)]
    #[case("[dashboard]\nunit = \"as sent\"", None)]
    #[case("[dashboard]\nunit = \"mg/dL\"", Some(Unit::MgPerDl))]
    #[case("[dashboard]\nunit = \"mmol/L\"", Some(Unit::MmolPerL))]
    fn the_unit_is_what_is_written_or_as_sent(#[case] text: &str, #[case] unit: Option<Unit>) {
        for read in read_in_both_ways(text) {
            let settings = read.unwrap();
            assert_eq!(settings, DashboardSettings { unit });
            // What is shown can be written.
            let again = format!("[dashboard]\nunit = {:?}", settings.written_unit());
            assert!(read_in_both_ways(&again).into_iter().all(|read| read.unwrap() == settings));
        }
    }

    #[rstest]
    #[case("\n[dashboard]\nunit = \"mg/dl\"", 3, "dashboard.unit", &["no unit \"mg/dl\"", "\"mg/dL\", \"mmol/L\""])]
    #[case("[dashboard]\nunit = 18", 2, "dashboard.unit", &["must be a text"])]
    #[case("[dashboard]\nunits = \"mg/dL\"", 2, "dashboard.units", &["no setting", "Write unit."])]
    #[case("dashboard = \"mg/dL\"", 1, "dashboard", &["must be a table", "[dashboard]"])]
    fn what_is_wrong_is_said_with_its_line_and_what_helps(
        #[case] text: &str,
        #[case] line: usize,
        #[case] key: &str,
        #[case] words: &[&str],
    ) {
        for read in read_in_both_ways(text) {
            let Err(SettingsError::Wrong { faults, .. }) = read else { panic!("{text}: {read:?}") };
            let [fault] = faults.as_slice() else { panic!("{text}: {faults:?}") };
            let said = format!("{}. {}", fault.what, fault.remedy);
            assert_eq!((fault.line, fault.key.as_str()), (line, key), "{said}");
            assert!(words.iter().all(|word| said.contains(word)), "{text}: {said}");
        }
    }

    /// Whoever asks for numbers needs no secrets of the platform, nor that they may be read.
    #[test]
    fn what_is_wrong_elsewhere_is_not_asked_for_a_unit() {
        let [whole, alone] =
            read_in_both_ways("[platform]\nkind = \"fhir\"\nsecret_file = \"gone\"\n[dashboard]\nunit = \"mmol/L\"");
        assert!(matches!(whole, Err(SettingsError::Wrong { .. })), "{whole:?}");
        assert_eq!(alone.unwrap().unit, Some(Unit::MmolPerL));
    }
}
