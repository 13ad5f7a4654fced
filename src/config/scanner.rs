//! The table `[scanner]`: how barcode scanners of this computer are set up.

use super::table::{Faults, SettingsTable};
use crate::domain::scanned_code::ScannerRules;

/// What is read of it.
const KEYS: [&str; 3] = ["prefix", "suffix", "nhs_numbers"];

/// No scanner puts more characters around a code.
const LONGEST: usize = 16;

/// What the table says; `None` if something is wrong with it, which is among the faults then.
pub(super) fn read(table: &SettingsTable<'_>, faults: &mut Faults<'_>) -> Option<ScannerRules> {
    table.refuse_others(&KEYS, faults);
    let nhs_numbers = match table.get("nhs_numbers") {
        None => Some(false),
        Some(found) => found.truth(faults),
    };
    let [prefix, suffix] = ["prefix", "suffix"].map(|key| match table.get(key) {
        None => Some(String::new()),
        Some(found) => {
            let text = found.text(faults)?;
            if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                let what = format!("{} has more than {LONGEST} characters, or one that no scanner types", found.path);
                let remedy = format!("Write what the scanner types there, such as {key} = \"~\", or take it out.");
                faults.add(found.at.clone(), &found.path, what, remedy);
                return None;
            }
            Some(text.to_owned())
        }
    });
    Some(ScannerRules { prefix: prefix?, suffix: suffix?, nhs_numbers: nhs_numbers? })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::SettingsError;
    use super::super::tests::settings;
    use super::*;

    fn read_of(text: &str) -> Result<ScannerRules, SettingsError> {
        settings(text).map(|settings| settings.scanner)
    }

    #[test]
    fn a_scanner_is_set_up_as_is_written() {
        assert_eq!(read_of("").unwrap(), ScannerRules::default());
        assert_eq!(read_of("[scanner]").unwrap(), ScannerRules::default());
        let written = read_of("[scanner]\nprefix = \"~\"\nsuffix = \"#\"\nnhs_numbers = true").unwrap();
        assert_eq!(written, ScannerRules { prefix: "~".into(), suffix: "#".into(), nhs_numbers: true });
    }

    #[rstest]
    #[case("[scanner]\nprefix = 7", 2, "scanner.prefix", "prefix = \"...\"")]
    #[case("[scanner]\nprefix = \"12345678901234567\"", 2, "scanner.prefix", "or take it out")]
    #[case("[scanner]\nsuffix = \"\\t\"", 2, "scanner.suffix", "no scanner types")]
    #[case("[scanner]\nnhs_numbers = \"yes\"", 2, "scanner.nhs_numbers", "nhs_numbers = true")]
    #[case("[scanner]\nprefx = \"~\"", 2, "scanner.prefx", "prefix")]
    #[case("scanner = 1", 1, "scanner", "[scanner]")]
    fn what_is_wrong_is_told(#[case] text: &str, #[case] line: usize, #[case] key: &str, #[case] says: &str) {
        let Err(SettingsError::Wrong { faults, .. }) = read_of(text) else { panic!("taken: {text}") };
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((fault.line, fault.key.as_str()), (line, key));
        assert!(format!("{}. {}", fault.what, fault.remedy).contains(says), "{fault:?}");
    }
}
