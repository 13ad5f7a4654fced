//! What was wrong below an error, kept as it came.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The error below another one, or a sentence of ours where nothing is below.
///
/// It can be copied and compared, which most errors of the system cannot: two are equal if they tell the same. What it
/// tells goes into log and details view, so that an error whose text may hold a name, a path or a value does not
/// belong in it.
#[derive(Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    /// This error.
    #[must_use]
    pub fn of(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl From<String> for Cause {
    fn from(sentence: String) -> Self {
        Self(Arc::from(Box::<dyn Error + Send + Sync>::from(sentence)))
    }
}

impl From<&str> for Cause {
    fn from(sentence: &str) -> Self {
        sentence.to_owned().into()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The error itself, not what is below it: whoever goes through the causes can ask it of
        // which type it is. `with_causes` tells it once all the same.
        Some(&*self.0)
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        super::problem::with_causes(self) == super::problem::with_causes(other)
    }
}

impl Eq for Cause {}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::domain::problem::with_causes;

    #[test]
    fn the_error_below_can_be_found_and_is_told_once() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let cause = Cause::of(refused);
        let below = cause.source().and_then(|below| below.downcast_ref::<io::Error>());
        assert_eq!(below.map(io::Error::kind), Some(io::ErrorKind::ConnectionRefused));
        assert_eq!(with_causes(&cause), "connection refused");
    }

    #[test]
    fn two_are_equal_if_they_tell_the_same() {
        assert_eq!(Cause::from("no port"), Cause::from("no port".to_owned()));
        assert_ne!(Cause::from("no port"), Cause::from("no socket"));
    }
}
