//! The identity of a meter whose protocol has no check that ties an answer to its question: a stale answer to another
//! question can have the form of a serial number, so what came is believed when it came twice alike in a row.

use crate::meters::error::MeterError;

/// How often an identity is asked for at most.
const ATTEMPTS: u32 = 4;

/// Asks until two answers in a row are the same.
///
/// # Errors
/// What `ask` says, or [`MeterError::Malformed`] if the answers go on to differ: a wrong serial number must never be
/// taken.
pub(super) fn twice_alike<T: PartialEq>(
    what: &'static str,
    mut ask: impl FnMut() -> Result<T, MeterError>,
) -> Result<T, MeterError> {
    // An error of `ask` ends it: it has made its own repeats by then.
    let mut before = ask()?;
    for _ in 1..ATTEMPTS {
        let again = ask()?;
        if again == before {
            return Ok(again);
        }
        before = again;
    }
    Err(MeterError::Malformed { what, reason: "the answer is another each time".into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(answers: &[u8]) -> Result<u8, MeterError> {
        let mut answers = answers.iter();
        twice_alike("asking", || Ok(*answers.next().unwrap()))
    }

    #[test]
    fn only_an_answer_that_came_twice_in_a_row_is_believed() {
        assert_eq!(asked(&[7, 7]), Ok(7));
        assert_eq!(asked(&[1, 7, 7]), Ok(7));
        assert_eq!(asked(&[1, 7, 1, 1]), Ok(1));
        assert!(asked(&[1, 7, 1, 7]).unwrap_err().to_string().contains("another each time"));
    }

    #[test]
    fn an_error_ends_it() {
        assert_eq!(twice_alike::<u8>("asking", || Err(MeterError::Cancelled)), Err(MeterError::Cancelled));
    }
}
