//! The header record of Contour meters: who it is, its limits, its clock, how many results it has.
//!
//! `H|\^&||password|product^versions^serial^sku|settings|count|||||P|1|clock`. Meters of the serial family leave
//! settings and count empty.

use jiff::civil::DateTime;

use super::{RecordError, time};

/// The delimiters that a header declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    /// Between fields: `|`.
    pub field: char,
    /// Between repetitions within a field: `\`.
    pub repeat: char,
    /// Between components of a field: `^`.
    pub component: char,
}

/// A header record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The delimiters of this and the following records.
    pub delimiters: Delimiters,
    /// The product code: `Bayer7390`.
    pub product: String,
    /// The versions of its software, the meter's own first.
    pub versions: Vec<String>,
    /// The serial field as sent: `7390-1163170`.
    pub serial: String,
    /// The unit setting: `0` or `1` on simple meters, three digits on others. Not the unit of the records. A Contour
    /// Next USB was seen with 303 where its records are in mg/dL and 311 where they are in mmol/L.
    pub unit_code: Option<String>,
    /// Lowest and highest value it measures, in mg/dL whatever it shows.
    pub limits: Option<(u32, u32)>,
    /// How many results follow, if the meter tells.
    pub count: Option<u32>,
    /// Its clock; `None` if it shows no time that exists.
    pub clock: Option<DateTime>,
}

impl Header {
    /// Reads a header record.
    ///
    /// # Errors
    /// [`RecordError`] if it is none, or does not name a product and a serial number.
    pub fn parse(text: &str) -> Result<Self, RecordError> {
        let mut start = text.chars();
        // E1394: the four characters behind the H are field, repeat, component and escape. glucometerutils names them
        // shifted by one.
        let (Some('H'), Some(field), Some(repeat), Some(component)) =
            (start.next(), start.next(), start.next(), start.next())
        else {
            return Err(RecordError("it does not declare its delimiters"));
        };
        let fields: Vec<&str> = text.split(field).collect();
        let at = |index: usize| fields.get(index).copied().unwrap_or_default();
        let mut sender = at(4).split(component);
        let mut next = || sender.next().unwrap_or_default().trim().to_owned();
        let (product, versions, serial) = (next(), next(), next());
        if product.is_empty() || serial.is_empty() {
            return Err(RecordError("it names no product and serial number"));
        }
        let setting = |key: &str| {
            let settings = at(5).split(component);
            settings
                .filter_map(|setting| setting.split_once('='))
                .find(|(name, _)| *name == key)
                .map(|(_, value)| value)
        };
        // A damaged count is not taken for an absent one, with which the download would be called
        // complete without a comparison.
        let count = match at(6) {
            "" => None,
            digits => Some(digits.parse().map_err(|_| RecordError("the number of results is no number"))?),
        };
        Ok(Self {
            delimiters: Delimiters { field, repeat, component },
            product,
            versions: versions.split(repeat).map(str::to_owned).collect(),
            serial,
            unit_code: setting("U").map(str::to_owned),
            // Never converted: captured headers of mmol/L meters say 10600 and 20600 like all others, though Tidepool
            // multiplies theirs by 18.
            limits: setting("V").and_then(limits),
            count,
            // Counted from the front, because a Contour Next One sends one more field behind the
            // clock.
            clock: time(at(13)),
        })
    }

    /// The serial number as on the label: without the product's digits and the character behind them. That character is
    /// a hyphen in `7390-1163170` and a letter in `7830H5001733`.
    #[must_use]
    pub fn label_serial(&self) -> &str {
        let rest = self.serial.trim_start_matches(|c: char| c.is_ascii_digit());
        let mut rest_of = rest.chars();
        // Digits alone have nothing behind them: they are the serial number, and no product stands
        // in front.
        let has_prefix = rest.len() < self.serial.len() && rest_of.next().is_some();
        if has_prefix && !rest_of.as_str().is_empty() { rest_of.as_str() } else { &self.serial }
    }

    /// The digits of the product code: `7390`.
    #[must_use]
    pub fn product_number(&self) -> &str {
        self.product.trim_start_matches(|c: char| !c.is_ascii_digit())
    }
}

/// `LLHHH`: two digits low, three high.
fn limits(digits: &str) -> Option<(u32, u32)> {
    let is_right = digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (low, high) = digits.split_at_checked(2).filter(|_| is_right)?;
    Some((low.parse().ok()?, high.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Captured from a Contour Next USB (healer project): versions, a list of languages, a clock with seconds.
    #[test]
    fn a_published_header_is_read() {
        let text = "H|\\^&||7EyQm2|Bayer7410^01.10\\01.05\\10.03^7428-4293200^0000|A=1^C=03\
                    ^G=en,en\\de\\fr^I=0200^R=0^S=01^U=303^V=20600^Y=360126099054120054252099\
                    |226|||||P|1|20190621125555";
        let header = Header::parse(text).unwrap();
        assert_eq!((header.product.as_str(), header.product_number()), ("Bayer7410", "7410"));
        assert_eq!(header.versions, ["01.10", "01.05", "10.03"]);
        assert_eq!((header.serial.as_str(), header.label_serial()), ("7428-4293200", "4293200"));
        assert_eq!((header.unit_code.as_deref(), header.limits), (Some("303"), Some((20, 600))));
        assert_eq!((header.count, header.clock), (Some(226), Some(date(2019, 6, 21).at(12, 55, 55, 0))));
    }

    /// Of an older meter with a serial cable (glucodump's tests): neither settings nor count.
    #[test]
    fn a_header_without_settings_is_read() {
        let header = Header::parse("H|\\^&||-7880|Bayer7150^1.05\\0.00^7150-SAM2193|||||||P|1|200305121635").unwrap();
        assert_eq!((header.count, header.limits, header.unit_code), (None, None, None));
        assert_eq!((header.serial.as_str(), header.clock), ("7150-SAM2193", Some(date(2003, 5, 12).at(16, 35, 0, 0))));
    }

    #[test]
    fn the_label_shows_the_serial_number_without_the_product() {
        let label = |serial: &str| {
            Header::parse(&format!("H|\\^&||x|Contour7800^1^{serial}||1|||||P|1|")).unwrap().label_serial().to_owned()
        };
        assert_eq!(label("7390-1163170"), "1163170");
        assert_eq!(label("7830H5001733"), "5001733");
        assert_eq!(label("6301-1C2CF8C"), "1C2CF8C");
        assert_eq!(label("1163170"), "1163170");
        assert_eq!(label("7390-"), "7390-");
        assert_eq!(label("ABC"), "ABC");
    }

    #[test]
    fn what_is_no_header_says_why() {
        for text in ["", "H", "R|1", "H|\\^&||x|Bayer7390||1", "H|\\^&||x|^^||1", "H|\\^&||x|B^1^2||many"] {
            assert!(Header::parse(text).is_err(), "{text}");
        }
        assert_eq!(Header::parse("H|\\^&||x|B^1^2||1|||||P|1|201902301200").unwrap().clock, None);
    }
}
