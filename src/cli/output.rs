//! How results are printed: as text for people or as JSON for programs.

use std::io::{self, Write as _};

use clap::{Args, ValueEnum};
use serde::Serialize;

/// The form of a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// The options that every command takes.
#[derive(Debug, Args)]
pub(super) struct OutputOptions {
    /// Form of the result
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORM")]
    format: Format,
    /// The same as --format json
    #[arg(long, global = true, conflicts_with = "format")]
    json: bool,
}

impl OutputOptions {
    /// The form asked for.
    pub(super) const fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// Prints one object on one line and hands it on at once.
pub(super) fn print_json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    out.flush()
}

/// Prints text and hands it on at once.
pub(super) fn print_text(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
