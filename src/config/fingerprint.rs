//! By what one certificate is known from all others.

use std::fmt;

/// The SHA-256 of a certificate (DER), as `openssl x509 -fingerprint -sha256` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateFingerprint([u8; 32]);

impl CertificateFingerprint {
    /// Of 64 hexadecimal digits, with or without colons between pairs of them; `None` if it is something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fingerprint = [0; 32];
        hex::decode_to_slice(text.trim().replace(':', ""), &mut fingerprint).ok()?;
        Some(Self(fingerprint))
    }

    /// The digest.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs: Vec<String> = self.0.iter().map(|byte| hex::encode_upper([*byte])).collect();
        f.write_str(&pairs.join(":"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_openssl_prints_it_and_read_with_or_without_colons() {
        let printed = "1D:42:A2:FB:20:70:97:53:81:EE:89:90:D1:70:3F:54:8B:0E:E0:03:1C:89:36:B7:8A:F8:5C:D0:96:8E:BF:30";
        let read = CertificateFingerprint::parse(printed).unwrap();
        assert_eq!(read.to_string(), printed);
        let bare = printed.replace(':', "").to_lowercase();
        assert_eq!(CertificateFingerprint::parse(&format!(" {bare} ")), Some(read));
        for wrong in ["", "1D:42", bare.trim_start_matches('1'), &format!("{bare}00"), &bare.replace('f', "g")] {
            assert_eq!(CertificateFingerprint::parse(wrong), None, "{wrong}");
        }
    }
}
