//! How results are printed: as text for people or as JSON for programs.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

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

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows as text, each column as wide as its widest cell.
pub(super) fn aligned<const COLUMNS: usize>(sides: &[Side; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, side)) in row.iter().zip(sides).enumerate() {
            let widest = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0);
            let blanks = " ".repeat(widest.saturating_sub(cell.width()));
            if column > 0 {
                line.push_str("  ");
            }
            match side {
                Side::Left => line.extend([cell.as_str(), &blanks]),
                Side::Right => line.extend([&blanks, cell.as_str()]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Prints one object on one line and hands it on at once.
pub(super) fn print_json(value: &impl Serialize) -> io::Result<()> {
    put_json(&mut io::stdout().lock(), value)
}

/// Prints text and hands it on at once.
pub(super) fn print_text(text: &str) -> io::Result<()> {
    print_bytes(text.as_bytes())
}

/// Prints what need not be text, and hands it on at once.
pub(super) fn print_bytes(bytes: &[u8]) -> io::Result<()> {
    put(&mut io::stdout().lock(), bytes)
}

/// The line is made whole before it is written: standard output hands on every kilobyte of what comes in pieces.
fn put_json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    put(out, &line)
}

fn put(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(bytes)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::io::LineWriter;

    use super::*;

    /// What the system is asked for.
    #[derive(Default)]
    struct Asked {
        writes: Vec<usize>,
        is_full: bool,
    }

    impl Write for Asked {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.is_full {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.writes.push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Standard output is a `LineWriter`, too.
    #[test]
    fn a_result_of_any_size_is_one_write() {
        let rows: Vec<String> = (0..720).map(|row| format!("a reading, number {row}")).collect();
        let mut asked = Asked::default();
        put_json(&mut LineWriter::new(&mut asked), &rows).unwrap();
        let line = serde_json::to_string(&rows).unwrap().len() + 1;
        assert_eq!(asked.writes, [line]);
        let text = rows.join("\n") + "\n";
        let mut asked = Asked::default();
        put(&mut LineWriter::new(&mut asked), text.as_bytes()).unwrap();
        assert_eq!(asked.writes, [text.len()]);
    }

    #[test]
    fn what_cannot_be_written_is_no_success() {
        for result in [vec![1], vec![0; 9000]] {
            let mut full = LineWriter::new(Asked { is_full: true, ..Asked::default() });
            assert!(put_json(&mut full, &result).is_err());
            assert!(put(&mut full, b"some text without an end").is_err());
        }
    }
}
