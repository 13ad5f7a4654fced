//! Why a link of any kind did not do what it was asked: a wire to a meter, or the drive that it shows.

use crate::domain::cause::Cause;
use crate::domain::coded_errors::coded_errors;

coded_errors! {
    /// Why a transfer did not happen. Texts for the log.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    pub enum LinkError;

    /// Nothing came within the time allowed. Nothing was lost either.
    #[error("nothing arrived in time")]
    TimedOut => LinkSilent;
    /// The cable was pulled, or the device left the bus.
    #[error("the device is gone")]
    Gone => LinkGone;
    /// The system does not let us.
    #[error("no permission to open {what}")]
    Denied {
        /// Path or bus address.
        what: String,
    } => LinkDenied;
    /// Somebody else holds the device.
    #[error("{what} is in use by another program")]
    Busy {
        /// Path or bus address.
        what: String,
    } => LinkBusy;
    /// This medium has no such operation.
    #[error("this link has no {operation}")]
    Unsupported {
        /// What was asked for.
        operation: &'static str,
    } => LinkFailed;
    /// Anything else.
    #[error("{operation} failed: {reason}")]
    Failed {
        /// What was tried.
        operation: &'static str,
        /// What the system said.
        #[source]
        reason: Cause,
    } => LinkFailed;
}
