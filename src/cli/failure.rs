//! How a command that failed says so: a line on stderr for people, and an object on stdout where JSON was asked for.

use std::io::{self, Write as _};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::{Map, Value, json};

use super::output::print_json;
use super::{Exit, Format};
use crate::domain::cause::Cause;
use crate::domain::problem::{ProblemCode, with_causes};

/// Why a command ended without its result, or with a part of it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    /// The exit code.
    pub exit: Exit,
    /// What a person reads on stderr.
    pub message: String,
    /// What support is told; without it, what the exit code means.
    code: Option<ProblemCode>,
    /// The error below with all its causes, which says nothing of a person.
    detail: Option<String>,
    /// The error below, where the message is what it says; its text may hold a path.
    #[source]
    cause: Option<Cause>,
    /// What is wrong with which field.
    fields: Vec<WrongField>,
    /// What there is of a result in JSON.
    result: Map<String, Value>,
    /// The result in JSON was printed, and says it too.
    is_told: bool,
}

/// A field and what is wrong with it; never what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrongField {
    pub(super) field: String,
    pub(super) message: String,
}

impl CommandError {
    /// An error with this exit code.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            code: None,
            detail: None,
            cause: None,
            fields: Vec::new(),
            result: Map::new(),
            is_told: false,
        }
    }

    /// What failed below, with all its causes.
    pub(super) fn of(exit: Exit, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        let message = with_causes(&error);
        Self { cause: Some(Cause::of(error)), ..Self::new(exit, message) }
    }

    /// `--json` was given where what is asked for goes to standard output itself; `to` would put it elsewhere.
    pub(super) fn json_without(to: &str) -> Self {
        Self::usage(format!("--json says what was written: give {to}, or leave out --json")).because_of("to")
    }

    /// The command was used wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Fields are wrong: one line for each.
    pub(super) fn of_fields(fields: Vec<WrongField>) -> Self {
        let lines: Vec<String> = fields.iter().map(|wrong| format!("{}: {}", wrong.field, wrong.message)).collect();
        Self { fields, ..Self::usage(lines.join("\n  ")) }
    }

    /// The same, because of these fields, which the message tells.
    pub(super) fn with_fields(self, fields: Vec<WrongField>) -> Self {
        Self { fields, ..self }
    }

    /// The same under the code of a problem.
    pub(super) fn with_code(self, code: ProblemCode) -> Self {
        Self { code: Some(code), ..self }
    }

    /// The same because of what was wrong below, in texts that say nothing of a person: no path, no name.
    pub(super) fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// What support is told.
    pub(super) fn code(&self) -> &'static str {
        self.code.map_or_else(|| word(self.exit), ProblemCode::code)
    }

    /// The error below with all its causes, where that is more than the message.
    pub(super) fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The same, because of one field.
    pub(super) fn because_of(mut self, field: &str) -> Self {
        self.fields.push(WrongField { field: field.to_owned(), message: self.message.clone() });
        self
    }

    /// The same, with what there is of a result in JSON: one object on stdout holds both.
    pub(super) fn with_result(self, result: Value) -> Self {
        let result = if let Value::Object(result) = result { result } else { Map::new() };
        Self { result, ..self }
    }

    /// The same after a result in JSON that was printed already and says what is missing of it.
    pub(super) fn told_in_json(self) -> Self {
        Self { is_told: true, ..self }
    }

    /// Says it, and gives the exit code.
    pub(super) fn tell(&self, format: Format) -> Exit {
        // Nobody is left to tell if these are closed; the exit code says it as well.
        let _ = writeln!(io::stderr(), "glucodock: {self}");
        if format == Format::Json && !self.is_told {
            let _ = print_json(&self.object());
        }
        self.exit
    }

    fn object(&self) -> Value {
        let fields: Vec<Value> =
            self.fields.iter().map(|wrong| json!({ "field": wrong.field, "message": wrong.message })).collect();
        let mut object = self.result.clone();
        let error = json!({
            "code": self.code(),
            "exit": self.exit.code(),
            "field": self.fields.first().map(|wrong| &wrong.field),
            "fields": fields,
            "message": self.message,
        });
        object.insert("error".to_owned(), error);
        Value::Object(object)
    }
}

/// The code of an error that has none of its own.
const fn word(exit: Exit) -> &'static str {
    match exit {
        Exit::Done | Exit::Failed | Exit::Left(_) => "failed",
        Exit::Usage => "usage",
        Exit::NoMeter => "no-meter",
        Exit::MeterLost => "meter-lost",
        Exit::Platform => "platform",
    }
}

impl From<io::Error> for CommandError {
    /// The result could not be written.
    fn from(error: io::Error) -> Self {
        Self::new(Exit::Failed, format!("cannot write the result: {error}"))
    }
}

/// Says what is wrong with a command line; help and version are results, not errors.
pub(super) fn tell_usage(error: &clap::Error, as_json: bool) -> Exit {
    if !error.use_stderr() {
        return if error.print().is_ok() { Exit::Done } else { Exit::Failed };
    }
    let mut exit = if error.print().is_ok() { Exit::Usage } else { Exit::Failed };
    if as_json && print_json(&usage(error).object()).is_err() {
        exit = Exit::Failed;
    }
    exit
}

fn usage(error: &clap::Error) -> CommandError {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Of this kind clap says nothing but its whole help.
        return CommandError::usage("a command is missing: --help lists them");
    }
    let said = error.render().to_string();
    // Behind the first empty line clap goes on with the usage and with advice, which are for
    // people.
    let first = said.split("\n\n").next().unwrap_or_default();
    let refused = CommandError::usage(first.strip_prefix("error: ").unwrap_or(first).trim_end());
    match field(error) {
        Some(field) => refused.because_of(&field),
        None => refused,
    }
}

/// The option or argument that an error is about, as JSON calls it: `login` for `--login <LOGIN>`.
fn field(error: &clap::Error) -> Option<String> {
    let name = match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(name) => name,
        ContextValue::Strings(names) => names.first()?,
        _ => return None,
    };
    let name = name.split([' ', '=']).next()?.trim_matches(|c: char| matches!(c, '-' | '<' | '>' | '[' | ']' | '.'));
    Some(name.to_lowercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_object_with_code_and_field() {
        let wrong = WrongField { field: "mrn".to_owned(), message: "No.".to_owned() };
        assert_eq!(
            CommandError::of_fields(vec![wrong]).object(),
            json!({ "error": {
                "code": "usage", "exit": 2, "field": "mrn", "message": "mrn: No.",
                "fields": [{ "field": "mrn", "message": "No." }],
            }})
        );
        let lost = CommandError::new(Exit::MeterLost, "gone").with_code(ProblemCode::LinkGone);
        let object = lost.with_result(json!({ "complete": false })).object();
        assert_eq!((&object["complete"], &object["error"]["code"]), (&json!(false), &json!("E-LINK-4")));
        assert_eq!(object["error"]["field"], Value::Null);
    }
}
