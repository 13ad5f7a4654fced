//! What a failure of libusb means to a conversation.

use rusb::Error;

use crate::domain::cause::Cause;
use crate::meters::link::LinkError;

/// The error of a link. `what` names the device where the person must act on it.
pub(in crate::host::links) fn failure(operation: &'static str, error: Error, what: &str) -> LinkError {
    match error {
        // A signal interrupts the wait; nothing has arrived and nothing is lost.
        Error::Timeout | Error::Interrupted => LinkError::TimedOut,
        // A real controller reports a transfer error first when the cable comes out, and the loss only later.
        Error::Io | Error::NoDevice => LinkError::Gone,
        Error::Access => LinkError::Denied { what: what.to_owned() },
        Error::Busy => LinkError::Busy { what: what.to_owned() },
        Error::Overflow => {
            LinkError::Failed { operation, reason: "more arrived than a message may hold; it was thrown away".into() }
        }
        Error::Pipe => LinkError::Failed { operation, reason: "the meter refused the transfer (stall)".into() },
        Error::InvalidParam
        | Error::NotFound
        | Error::NoMem
        | Error::NotSupported
        | Error::BadDescriptor
        | Error::Other => LinkError::Failed { operation, reason: Cause::of(error) },
    }
}

/// Whether a refusal to open may pass by itself within a moment.
pub(in crate::host::links) fn is_passing(error: Error) -> bool {
    // Access until udev has set the permission, NotFound until the kernel has configured the device, Busy while another
    // program looks at it, NoDevice between two plugs.
    matches!(error, Error::Access | Error::NotFound | Error::Busy | Error::NoDevice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_meaning() {
        let means = |error| failure("receiving", error, "bus 1");
        assert_eq!(means(Error::Timeout), LinkError::TimedOut);
        assert_eq!(means(Error::Io), LinkError::Gone);
        assert_eq!(means(Error::NoDevice), LinkError::Gone);
        assert_eq!(means(Error::Access), LinkError::Denied { what: "bus 1".to_owned() });
        assert_eq!(means(Error::Busy), LinkError::Busy { what: "bus 1".to_owned() });
        for error in [Error::Overflow, Error::Pipe, Error::NotFound, Error::Other] {
            assert!(matches!(means(error), LinkError::Failed { operation: "receiving", .. }), "{error}");
        }
    }

    #[test]
    fn only_what_a_new_device_may_answer_is_worth_another_attempt() {
        for error in [Error::Access, Error::NotFound, Error::Busy, Error::NoDevice] {
            assert!(is_passing(error), "{error}");
        }
        for error in [Error::Io, Error::Pipe, Error::NoMem, Error::Timeout, Error::Other] {
            assert!(!is_passing(error), "{error}");
        }
    }
}
