//! The names of Accu-Chek USB meters by the model number they report. The number also encodes region, unit and buttons.

/// Model numbers and the name they are sold under, from the public list of the Tidepool Uploader.
const MODELS: [(&str, &[&str]); 8] = [
    ("Accu-Chek Aviva Connect", &["483", "484", "497", "498", "499", "500", "502", "685"]),
    ("Accu-Chek Performa Connect", &["479", "501", "503", "765"]),
    ("Accu-Chek Guide", &["921", "922", "923", "925", "926", "929", "930", "932"]),
    ("Accu-Chek Guide Me", &["897", "898", "901", "902", "903", "904", "905"]),
    ("Accu-Chek Instant (single-button)", &["958", "959", "960", "961", "963", "964", "965"]),
    ("Accu-Chek Instant S (single-button)", &["966", "967", "968", "969", "970", "971"]),
    ("Accu-Chek Instant (two-button)", &["972", "973", "975", "976", "977", "978", "979", "980"]),
    ("ReliOn Platinum", &["982"]),
];

/// The name of the model with this number. A number that is not known is no error; new variants appear, and their USB
/// id still says as what they are sold.
pub(super) fn name(number: &str, sold_as: &str) -> String {
    let known = MODELS.iter().find(|(_, numbers)| numbers.contains(&number));
    match known {
        Some((name, _)) => (*name).to_owned(),
        None if sold_as.is_empty() => format!("Accu-Chek (unknown model {number})"),
        None => format!("{sold_as} (unknown model {number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_name_or_is_shown_itself() {
        assert_eq!(name("925", "Accu-Chek Guide"), "Accu-Chek Guide");
        assert_eq!(name("897", "Accu-Chek Guide"), "Accu-Chek Guide Me");
        assert_eq!(name("982", ""), "ReliOn Platinum");
        assert_eq!(name("999", ""), "Accu-Chek (unknown model 999)");
        assert_eq!(name("999", "Accu-Chek Active"), "Accu-Chek Active (unknown model 999)");
    }
}
