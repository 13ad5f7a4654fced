//! What was looked at and what was found: for commands that look at something and change nothing.

use std::fmt::Write as _;

use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// A stable name, as each command lists them.
    pub(super) check: &'static str,
    /// How it is.
    pub(super) state: FindingState,
    /// What was found, as one sentence.
    pub(super) what: String,
    /// What helps, if something is wrong.
    pub(super) remedy: Option<String>,
}

/// How something is that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FindingState {
    // From the best to the worst: the worst of all is found by this order.
    /// As it should be.
    Good,
    /// Something does not work, but the work can be done.
    Warning,
    /// The work cannot be done.
    Bad,
}

/// All findings, for programs.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    /// Whether everything is good: a warning is none.
    healthy: bool,
    /// The worst that was found.
    pub(super) state: FindingState,
    findings: &'a [Finding],
}

impl<'a> Report<'a> {
    /// Of these.
    pub(super) fn of(findings: &'a [Finding]) -> Self {
        let state = worst(findings);
        Self { healthy: state == FindingState::Good, state, findings }
    }
}

impl Finding {
    /// Nothing is wrong with it.
    pub(super) fn good(check: &'static str, what: impl Into<String>) -> Self {
        Self { check, state: FindingState::Good, what: what.into(), remedy: None }
    }

    /// Something is wrong with it, and this helps.
    pub(super) fn new(
        check: &'static str,
        state: FindingState,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { check, state, what: what.into(), remedy: Some(remedy.into()) }
    }
}

/// The worst that was found.
pub(super) fn worst(findings: &[Finding]) -> FindingState {
    findings.iter().map(|finding| finding.state).max().unwrap_or(FindingState::Good)
}

/// All findings, for people: a sign, what was found, and below it what helps.
pub(super) fn page(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { state, what, remedy, .. } in findings {
        let sign = match state {
            FindingState::Good => "ok",
            FindingState::Warning => "!",
            FindingState::Bad => "x",
        };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{sign:<3} {what}");
        if let Some(remedy) = remedy {
            let _ = writeln!(text, "    {remedy}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_not_healthy() {
        let good = Finding::good("usb", "One.");
        let warning = Finding::new("udev", FindingState::Warning, "Two.", "Three.");
        let bad = Finding::new("store", FindingState::Bad, "Two.", "Three.");
        assert_eq!(worst(&[]), FindingState::Good);
        assert_eq!(worst(std::slice::from_ref(&good)), FindingState::Good);
        assert_eq!(worst(&[warning.clone(), good.clone()]), FindingState::Warning);
        let told = |findings: &[Finding]| {
            let report = serde_json::to_value(Report::of(findings)).unwrap();
            (report["healthy"].clone(), report["state"].clone())
        };
        assert_eq!(told(std::slice::from_ref(&good)), (true.into(), "good".into()));
        assert_eq!(told(&[good.clone(), warning.clone()]), (false.into(), "warning".into()));
        assert_eq!(told(std::slice::from_ref(&bad)), (false.into(), "bad".into()));
        assert_eq!(worst(&[warning, bad, good]), FindingState::Bad);
    }

    #[test]
    fn a_remedy_stands_below_what_it_helps() {
        let page = page(&[Finding::good("usb", "One."), Finding::new("usb", FindingState::Bad, "Two.", "Three.")]);
        assert_eq!(page, "ok  One.\nx   Two.\n    Three.\n");
    }
}
