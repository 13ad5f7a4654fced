//! The same program driven by a script: the terminal is a buffer, the keys come from the script, and time stands still
//! unless nothing else can happen.
//!
//! A script is checked completely before anything runs. See [`script`] for its language and [`harness`] for what the
//! steps do. [`run`] puts both together and gives the exit code.

pub mod board;
pub mod harness;
pub mod output;
mod queue;
pub mod script;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use self::harness::{Harness, Surroundings};
use self::output::{ReportFormat, StepReport};
use self::script::Script;

/// Exit code of a script that cannot be parsed, or whose program cannot be started.
pub const WRONG_USE: u8 = 2;
/// Exit code of a script with a step that failed.
pub const FAILED: u8 = 1;

/// Runs a script. Results go to `out`, complaints to `complaints`; returns the exit code.
///
/// # Errors
/// If `out` or `complaints` takes no more.
pub fn run(
    surroundings: Surroundings,
    text: &str,
    format: ReportFormat,
    out: &mut dyn Write,
    complaints: &mut dyn Write,
) -> io::Result<u8> {
    let script = match Script::parse(text, &surroundings) {
        Ok(script) => script,
        Err(errors) => {
            for error in &errors {
                writeln!(complaints, "{error}")?;
            }
            output::refusal(&errors).write(format, out)?;
            return Ok(WRONG_USE);
        }
    };
    let mut harness = match Harness::start(surroundings) {
        Ok(harness) => harness,
        Err(reason) => {
            writeln!(complaints, "{reason}")?;
            return Ok(WRONG_USE);
        }
    };
    for line in &script.lines {
        let result = harness.step(&line.step);
        let reason = result.err().map(|reason| reason.to_string());
        let report = StepReport::of(line, &harness, reason.as_deref());
        // Whole: what is written row by row costs a call of the system for each.
        let mut said = Vec::new();
        report.write(format, &mut said)?;
        out.write_all(&said)?;
        harness.start_counting();
        if let Some(reason) = reason {
            writeln!(complaints, "line {}: {reason}", line.number)?;
            writeln!(complaints, "{}", harness.rows().join("\n").trim_end())?;
            return Ok(FAILED);
        }
    }
    Ok(0)
}
