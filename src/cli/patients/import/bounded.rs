//! A file that is read in pieces, none of which may be longer than any person's: a line without an end costs no memory.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::rc::Rc;

use crate::cli::input::is_utf_16;

/// No description of a person is longer, in bytes.
const MOST_BYTES: u64 = 256 * 1024;

/// What is said of a longer one.
pub(super) const TOO_LONG: &str =
    "it is longer than any description of a person; a quotation mark or a bracket may be missing";

/// The mark that some programs put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// What a file is, by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImportForm {
    /// JSON.
    Json,
    /// A table, or whatever else is no JSON.
    Table,
    /// Text that is not read.
    Utf16,
}

/// How far a file was read.
#[derive(Debug, Default)]
struct ReadSoFar {
    bytes: Cell<u64>,
    lines: Cell<u64>,
    /// Where the piece began that is read.
    piece: Cell<u64>,
}

/// The file.
pub(super) struct Bounded {
    file: BufReader<File>,
    extent: Rc<ReadSoFar>,
}

/// Watches how far it is read by somebody else.
#[derive(Clone)]
pub(super) struct ReadWatch(Rc<ReadSoFar>);

impl ReadWatch {
    /// A new piece begins.
    pub(super) fn next_piece(&self) {
        self.0.piece.set(self.0.bytes.get());
    }

    /// The bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.0.bytes.get()
    }

    /// The line that is being read, from 1.
    pub(super) fn line(&self) -> u64 {
        self.0.lines.get() + 1
    }
}

impl Bounded {
    pub(super) fn new(file: File) -> Self {
        Self { file: BufReader::new(file), extent: Rc::default() }
    }

    pub(super) fn watch(&self) -> ReadWatch {
        ReadWatch(Rc::clone(&self.extent))
    }

    /// As what it begins. A mark before it is passed over.
    pub(super) fn form(&mut self) -> io::Result<ImportForm> {
        let start = self.file.fill_buf()?;
        if is_utf_16(start) {
            return Ok(ImportForm::Utf16);
        }
        let mark = if start.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let first = start.iter().skip(mark).find(|byte| !byte.is_ascii_whitespace()).copied();
        self.file.consume(mark);
        Ok(if matches!(first, Some(b'{' | b'[')) { ImportForm::Json } else { ImportForm::Table })
    }

    /// The sign between the cells of a table: the one that the first line has most of.
    pub(super) fn delimiter(&mut self) -> io::Result<u8> {
        let start = self.file.fill_buf()?;
        let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |sign: u8| first.split(|byte| *byte == sign).count();
        // Of equal counts the last is taken: a comma, where there is none of any.
        Ok([b'\t', b';', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b','))
    }
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let extent = &self.extent;
        if extent.bytes.get() - extent.piece.get() > MOST_BYTES {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let read = self.file.read(into)?;
        let lines = into.iter().take(read).filter(|byte| **byte == b'\n').count();
        extent.bytes.set(extent.bytes.get() + read as u64);
        extent.lines.set(extent.lines.get() + lines as u64);
        Ok(read)
    }
}
