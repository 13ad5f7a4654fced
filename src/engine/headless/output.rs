//! What the harness prints: screens for people, a JSON line per step for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::WRONG_USE;
use super::harness::Harness;
use super::script::{ScriptError, ScriptLine, ScriptStep};

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// The screens that the script asks for.
    Text,
    /// One JSON object a line for each step.
    Json,
}

/// What is said of one step.
pub struct StepReport {
    /// The name and rows of the screen, if the step asks for it.
    screen: Option<(String, Vec<String>)>,
    json: Value,
}

impl StepReport {
    /// The report of a step that was just done, or failed for this reason.
    #[must_use]
    pub fn of(line: &ScriptLine, harness: &Harness, failed: Option<&str>) -> Self {
        let screen = match &line.step {
            ScriptStep::Screen(name) => Some((name.clone(), harness.rows())),
            ScriptStep::Keys(_)
            | ScriptStep::Plug(_)
            | ScriptStep::Unplug(_)
            | ScriptStep::Wait { .. }
            | ScriptStep::Expect(_)
            | ScriptStep::Refuse(_)
            | ScriptStep::ExpectJson { .. }
            | ScriptStep::Resize { .. }
            | ScriptStep::Idle
            | ScriptStep::Advance(_)
            | ScriptStep::User(_)
            | ScriptStep::Patient(_)
            | ScriptStep::Restart => None,
        };
        let counts = harness.counts();
        let mut json = harness.state();
        if let Value::Object(fields) = &mut json {
            let more = json!({
                "line": line.number,
                "command": line.text,
                "name": screen.as_ref().map(|(name, _)| name),
                "step": harness.scene().map(|scene| scene.step),
                "bytes": counts.bytes,
                "frames": counts.frames,
                "effects": counts.effects,
                "ok": failed.is_none(),
                "reason": failed,
            });
            if let Value::Object(more) = more {
                fields.extend(more);
            }
        }
        Self { screen, json }
    }

    /// Prints it.
    ///
    /// # Errors
    /// If `out` takes no more.
    pub fn write(&self, format: ReportFormat, out: &mut dyn Write) -> io::Result<()> {
        match (format, &self.screen) {
            (ReportFormat::Json, _) => writeln!(out, "{}", self.json),
            (ReportFormat::Text, Some((name, rows))) => {
                writeln!(out, "{}", format!("== {name}").trim_end())?;
                rows.iter().try_for_each(|row| writeln!(out, "{row}"))
            }
            (ReportFormat::Text, None) => Ok(()),
        }
    }
}

/// What is said of a script that makes no sense, as every command says it of what it was told.
pub(super) fn refusal(errors: &[ScriptError]) -> StepReport {
    let fields: Vec<Value> = errors
        .iter()
        .map(|error| json!({ "field": format!("line {}", error.line), "message": error.reason.to_string() }))
        .collect();
    let message: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let json = json!({ "error": {
        "code": "usage",
        "exit": WRONG_USE,
        "field": fields.first().and_then(|first| first.get("field")),
        "fields": fields,
        "message": message.join("\n"),
    }});
    StepReport { screen: None, json }
}
