//! Why a meter could not be read, and the problem a person is told.

use std::time::Duration;

use super::link::LinkError;
use crate::domain::cause::Cause;
use crate::domain::coded_errors::coded_errors;
use crate::domain::problem::{Problem, with_causes};

coded_errors! {
    /// Why a conversation with a meter failed. These texts go to the log and the details view; the screen shows the
    /// words kept under [`MeterError::code`].
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    pub enum MeterError;

    /// The link failed while something was being done.
    #[error("{during}: {cause}")]
    Link {
        /// What was being done: `waiting for the association request`.
        during: &'static str,
        /// What the link said.
        #[source]
        cause: LinkError,
    } => of(cause);
    /// The meter did not answer in time.
    #[error("{during}: no answer within {waited:?}")]
    Silent {
        /// What was being waited for.
        during: &'static str,
        /// How long.
        waited: Duration,
    } => LinkSilent;
    /// A check value does not match.
    #[error("{what}: checksum {got:#06x}, expected {expected:#06x}")]
    Checksum {
        /// Which message.
        what: &'static str,
        /// The check value sent.
        got: u32,
        /// The check value computed.
        expected: u32,
    } => MeterAnswer;
    /// An answer is not what the protocol allows. The reason holds no values or serial numbers.
    #[error("{what}: {reason}")]
    Malformed {
        /// Which message.
        what: &'static str,
        /// What is wrong with it.
        #[source]
        reason: Cause,
    } => MeterAnswer;
    /// The meter refused a request.
    #[error("{what} was refused: {reason}")]
    Refused {
        /// Which request.
        what: &'static str,
        /// What the meter gave as reason.
        #[source]
        reason: Cause,
    } => MeterRefused;
    /// The meter ended the conversation.
    #[error("the meter ended the conversation: {reason}")]
    Aborted {
        /// What the meter gave as reason.
        #[source]
        reason: Cause,
    } => MeterAborted;
    /// Fewer records came than announced.
    #[error("{received} of {announced} records came")]
    Short {
        /// Records received.
        received: u32,
        /// Records announced.
        announced: u32,
    } => MeterShort;
    /// Records came that were not understood. The text holds their places and what is wrong, no values.
    #[error("{count} of {of} records {} not understood: {records}", if *.count == 1 { "was" } else { "were" })]
    NotTaken {
        /// How many.
        count: u32,
        /// Of how many that came.
        of: u32,
        /// The first of them.
        records: String,
    } => MeterRecords;
    /// This meter cannot be read.
    #[error("not supported: {reason}")]
    Unsupported {
        /// Why.
        #[source]
        reason: Cause,
    } => MeterUnsupported;
    /// The reader asked to stop.
    #[error("cancelled")]
    Cancelled => LinkSilent;
}

impl MeterError {
    /// The problem as the app tells it, with how far the reading had come.
    #[must_use]
    pub fn problem(&self, done: u32, of: Option<u32>) -> Problem {
        // A meter that announces nothing is measured by what came, so that a person is told of how
        // many.
        let came = if let Self::NotTaken { of, .. } = self { Some(*of) } else { None };
        let of = of.or(came);
        Problem { done, of, ..Problem::new(self.code(), &self.detail()) }
    }

    /// The error without the path of what could not be opened, which may be made of a serial number or a person's
    /// login: for the log and the details view.
    #[must_use]
    pub fn detail(&self) -> String {
        let Self::Link { during, cause } = self else { return with_causes(self) };
        match cause {
            LinkError::Denied { .. } => format!("{during}: no permission to open it"),
            LinkError::Busy { .. } => format!("{during}: in use by another program"),
            LinkError::TimedOut | LinkError::Gone | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
                with_causes(self)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_what_could_not_be_opened_is_no_detail() {
        let what = "/media/nora/METER/G0123456.XML".to_owned();
        for cause in [LinkError::Denied { what: what.clone() }, LinkError::Busy { what }] {
            let error = MeterError::Link { during: "opening the meter", cause };
            let detail = error.problem(0, None).detail.to_string();
            assert!(detail.starts_with("opening the meter: ") && !detail.contains("nora"), "{detail}");
        }
        let gone = MeterError::Link { during: "reading the counter", cause: LinkError::Gone };
        assert_eq!(gone.problem(0, None).detail.as_str(), "reading the counter: the device is gone");
    }
}
