//! Passwords as Argon2id hashes, in memory that goes back to the system with each one.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use unicode_normalization::UnicodeNormalization as _;

use super::error::StoreError;
use crate::domain::cause::Cause;
use crate::domain::clinic::Password;

/// Memory of one password hash in KiB, passes over it, and lanes. The OWASP password storage cheat sheet has
/// five settings of Argon2id that protect alike, from 46 MiB and one pass to 7 MiB and five: this is the one
/// with 9 MiB, with which the program stays under 30 MB also while a password is checked. About 20 ms; a guess
/// costs an attacker the same.
const MEMORY_KIB: u32 = 9 * 1024;
const PASSES: u32 = 4;
const LANES: u32 = 1;

/// Blocks of 1 KiB that are asked for, of which a hash touches only its own: more than 32 MiB, the most to which glibc
/// raises its threshold (mallopt(3), `M_MMAP_THRESHOLD`). Anything smaller it keeps for itself after the first hash,
/// in each thread's arena anew: fifteen sign-ins then held 248 MB. What was never touched takes no memory.
const ASKED_BLOCKS: usize = 33 * 1024;

/// How a typed password stands to a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordMatch {
    /// It is another one.
    Wrong,
    /// It is the one behind the hash.
    Right,
    /// It is the one behind the hash, which was made of the very signs that were typed: another keyboard may send
    /// others for the same letters.
    RightAsTyped,
}

/// The hash of a new password, with a salt of its own, as it is stored.
///
/// # Errors
/// [`StoreError::NoRandom`], or [`StoreError::Password`] if there is no memory for it.
pub(super) fn hash(password: &Password) -> Result<String, StoreError> {
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt)?;
    let salt = Salt::new(&salt).map_err(failed)?;
    let params = params()?;
    let output = output(Algorithm::Argon2id, Version::V0x13, &params, &salt, &in_one_form(password))?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(failed)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// How this password stands to a stored hash, which says itself how it was made.
///
/// # Errors
/// [`StoreError::Damaged`] if the stored hash is none.
pub(super) fn compare(stored: &str, password: &Password) -> Result<PasswordMatch, StoreError> {
    const DAMAGED: StoreError = StoreError::Damaged { what: "password hash" };
    let hash = PasswordHash::new(stored).map_err(|_| DAMAGED)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else { return Err(DAMAGED) };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| DAMAGED)?;
    let version = hash.version.map_or(Ok(Version::V0x13), Version::try_from).map_err(|_| DAMAGED)?;
    let params = Params::try_from(&hash).map_err(|_| DAMAGED)?;
    // `Output` compares in constant time.
    let is_made_of =
        |password: &Password| output(algorithm, version, &params, &salt, password).map(|output| output == expected);
    let one_form = in_one_form(password);
    if is_made_of(&one_form)? {
        Ok(PasswordMatch::Right)
    } else if one_form.expose() != password.expose() && is_made_of(password)? {
        Ok(PasswordMatch::RightAsTyped)
    } else {
        Ok(PasswordMatch::Wrong)
    }
}

/// The password in the one form that is hashed (NFKC; NIST SP 800-63B, 5.1.1.2): an `é` is one sign on one keyboard and
/// two on another, or in a file.
fn in_one_form(password: &Password) -> Password {
    // With room for all of it from the beginning: what grows leaves copies behind that nobody wipes.
    let mut text = String::with_capacity(password.expose().nfkc().map(char::len_utf8).sum());
    text.extend(password.expose().nfkc());
    Password::new(text)
}

/// Whether a stored hash was made as [`hash`] makes them now; one that was not is made anew when the password is known.
pub(super) fn is_as_made_now(stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return false };
    let params = Params::try_from(&hash).ok();
    hash.algorithm == Algorithm::Argon2id.ident()
        && hash.version == Some(Version::V0x13.into())
        && params.is_some_and(|made| (made.m_cost(), made.t_cost(), made.p_cost()) == (MEMORY_KIB, PASSES, LANES))
}

/// Takes as long as [`compare`] for a wrong password, for a name that nobody has.
///
/// # Errors
/// As [`hash`].
pub(super) fn pretend(password: &Password) -> Result<(), StoreError> {
    hash(password)?;
    if in_one_form(password).expose() != password.expose() {
        hash(password)?;
    }
    Ok(())
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Password(Cause::of(error))
}

fn params() -> Result<Params, StoreError> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)
}

fn output(
    algorithm: Algorithm,
    version: Version,
    params: &Params,
    salt: &Salt,
    password: &Password,
) -> Result<Output, StoreError> {
    let blocks = params.block_count();
    let mut memory = Vec::with_capacity(blocks.max(ASKED_BLOCKS));
    memory.resize(blocks, Block::new());
    let mut bytes = [0; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let bytes = bytes.get_mut(..length).ok_or_else(|| StoreError::Password("the hash has another length".into()))?;
    Argon2::new(algorithm, version, params.clone())
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, bytes, &mut memory)
        .map_err(failed)?;
    Output::new(bytes).map_err(failed)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.into())
    }

    #[test]
    fn the_library_itself_takes_our_hashes_and_we_take_its() {
        let ours = hash(&password("correct horse")).unwrap();
        assert!(ours.starts_with("$argon2id$v=19$m=9216,t=4,p=1$"), "{ours}");
        let library = Argon2::default();
        library.verify_password(b"correct horse", &PasswordHash::new(&ours).unwrap()).unwrap();
        assert!(library.verify_password(b"correct house", &PasswordHash::new(&ours).unwrap()).is_err());

        let small = Argon2::new(Algorithm::Argon2i, Version::V0x10, Params::new(64, 3, 2, Some(24)).unwrap());
        for theirs in [library.hash_password(b"battery").unwrap(), small.hash_password(b"battery").unwrap()] {
            let theirs = theirs.to_string();
            assert_eq!(compare(&theirs, &password("battery")).unwrap(), PasswordMatch::Right, "{theirs}");
            assert_eq!(compare(&theirs, &password("staple")).unwrap(), PasswordMatch::Wrong, "{theirs}");
        }
    }

    #[test]
    fn only_a_hash_of_todays_setting_is_as_made_now() {
        let ours = hash(&password("battery")).unwrap();
        assert!(is_as_made_now(&ours));
        let another =
            [("m=9216", "m=19456"), ("t=4", "t=2"), ("p=1", "p=2"), ("v=19", "v=16"), ("$argon2id", "$argon2i")];
        for (now, before) in another {
            assert!(ours.contains(now) && !is_as_made_now(&ours.replace(now, before)), "{before}");
        }
        assert!(!is_as_made_now("secret"));
    }

    /// An accent that is a sign of its own, a letter of full width and a ligature, as keyboards and files have them.
    #[test]
    fn one_password_is_one_in_whatever_signs_it_is_typed() {
        for (one, other) in [("caf\u{e9} au lait", "cafe\u{301} au lait"), ("\u{ff43}a\u{fb01} 12", "cafi 12")] {
            for (set, typed) in [(one, other), (other, one)] {
                let stored = hash(&password(set)).unwrap();
                assert_eq!(compare(&stored, &password(typed)).unwrap(), PasswordMatch::Right, "{set} {typed}");
            }
        }
        // Made by what did not know of forms: right once more as it was typed then, and in no other way.
        let before = Argon2::default().hash_password("cafe\u{301} au lait".as_bytes()).unwrap().to_string();
        assert_eq!(compare(&before, &password("cafe\u{301} au lait")).unwrap(), PasswordMatch::RightAsTyped);
        assert_eq!(compare(&before, &password("caf\u{e9} au lait")).unwrap(), PasswordMatch::Wrong);
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        assert_ne!(hash(&password("same")).unwrap(), hash(&password("same")).unwrap());
    }

    #[test]
    fn what_is_no_hash_is_damaged() {
        for stored in ["", "secret", "$argon2id$v=19$m=19456,t=2,p=1$", "$scrypt$ln=17,r=8,p=1$AAAAAAAAAAAAAAAA$AAAA"] {
            assert!(matches!(compare(stored, &password("x")), Err(StoreError::Damaged { .. })), "{stored}");
        }
    }
}
