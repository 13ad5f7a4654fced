//! What a password must be that somebody chooses: long enough, and none of those that are tried first (NIST SP
//! 800-63B, 5.1.1.2). No digits, capitals or signs are asked for: what people do with such rules is known to whoever
//! guesses.

use unicode_normalization::UnicodeNormalization as _;

use super::clinic::Password;
use super::text::is_untypable;
use super::validation::FieldFault;

/// The shortest password in characters (NIST SP 800-63B 5.1.1.1).
pub const SHORTEST_PASSWORD: usize = 8;
/// The longest password in characters: NIST SP 800-63B 5.1.1.2 wants at least 64 to be allowed. Without an end, whoever
/// types would choose what a hash costs.
pub const LONGEST_PASSWORD: usize = 128;

/// How many guesses a password must stand, as a power of ten. Whoever guesses at a station waits longer and longer
/// after each wrong one: with six zeros that is a matter of many years (clinic-safety SEC-06).
const GUESSES: f64 = 6.0;

/// A part of a name with fewer letters is in every other text.
const SHORTEST_PART: usize = 3;

/// What is tried first here, besides what is tried first everywhere: names of the program and of what it is for.
const OF_THE_PLACE: [&str; 8] =
    ["glucodock", "glucose", "diabetes", "clinic", "meter", "insulin", "accuchek", "accu-chek"];

/// A password that the field of the sign-in can take: it holds no control characters, and so many characters.
///
/// # Errors
/// [`FieldFault::TooShort`], [`FieldFault::TooLong`], [`FieldFault::Unprintable`].
pub fn password(raw: &str) -> Result<Password, FieldFault> {
    // In characters and not in bytes (NIST SP 800-63B, 5.1.1.2: each code point counts as one): a
    // password in Greek letters is no longer than one in Latin ones.
    let count = raw.chars().count();
    // As it is hashed, an accent that was typed as a sign of its own makes it no longer.
    if raw.nfkc().count().min(count) < SHORTEST_PASSWORD {
        Err(FieldFault::TooShort(SHORTEST_PASSWORD))
    } else if count > LONGEST_PASSWORD {
        Err(FieldFault::TooLong(LONGEST_PASSWORD))
    } else if raw.chars().any(is_untypable) {
        Err(FieldFault::Unprintable)
    } else {
        Ok(Password::new(raw.to_owned()))
    }
}

/// A password that somebody chooses, or is given; `of_them` is what others know of them, such as their login.
///
/// # Errors
/// Those of [`password`], and [`FieldFault::EasyPassword`].
pub fn new_password(raw: &str, of_them: &[&str]) -> Result<Password, FieldFault> {
    let password = password(raw)?;
    // A name is guessed in its parts, too.
    let parts = of_them.iter().flat_map(|known| known.split(|sign: char| !sign.is_alphanumeric()));
    let parts = parts.filter(|part| part.chars().count() >= SHORTEST_PART);
    let known: Vec<&str> = OF_THE_PLACE.iter().chain(of_them).copied().chain(parts).collect();
    if zxcvbn::zxcvbn(password.expose(), &known).guesses_log10() < GUESSES {
        return Err(FieldFault::EasyPassword);
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_no_password() {
        for easy in [
            "password",
            "12345678",
            "qwertyuiop",
            "Password1",
            "iloveyou2",
            "aaaaaaaaaa",
            "glucodock",
            "Diabetes1",
            "norarose",
            "14071965",
            "abcdefgh",
            "P@ssw0rd",
        ] {
            assert_eq!(new_password(easy, &["norarose", "Nora Rose"]), Err(FieldFault::EasyPassword), "{easy}");
        }
        assert_eq!(new_password("short", &[]), Err(FieldFault::TooShort(8)));
    }

    #[test]
    fn no_signs_digits_or_capitals_are_asked_for() {
        for good in ["correct horse", "stapler mit brille", "gulasch regen tapete", "xkqzvbnw", "сорок две лодки"]
        {
            assert!(new_password(good, &["nora"]).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_password_is_what_the_sign_in_can_take() {
        assert_eq!(password("1234567").unwrap_err(), FieldFault::TooShort(8));
        assert_eq!(password("tab\there").unwrap_err(), FieldFault::Unprintable);
        for unseen in ['\u{7}', '\u{FEFF}', '\u{200B}', '\u{202E}', '\u{2028}', '\u{E0041}', '\u{FFFD}'] {
            assert_eq!(password(&format!("bell{unseen}bell")).unwrap_err(), FieldFault::Unprintable, "{unseen:?}");
        }
        for joined in ["می\u{200C}خواهم را", "two hearts \u{2764}\u{FE0F}"] {
            assert_eq!(password(joined).unwrap().expose(), joined);
        }
        assert_eq!(password(&"ü".repeat(129)).unwrap_err(), FieldFault::TooLong(128));
        assert_eq!(password(&"ü".repeat(128)).unwrap().expose(), "ü".repeat(128));
        assert_eq!(password(" spaces stay ").unwrap().expose(), " spaces stay ");
    }
}
