//! A link on which one byte, or the transfer in which it lies, is struck. Without a strike it counts.

use std::collections::VecDeque;
use std::time::Duration;

use glucodock::domain::download::Direction;
use glucodock::meters::folder::{FileEntry, Folder};
use glucodock::meters::link::{LineSettings, Link, LinkError};
use glucodock::meters::simulator::memory_link::MemoryLink;

/// No conversation of ten readings needs so many operations; one that does goes round in circles.
const MOST_OPERATIONS: u32 = 100_000;
/// No meter is waited for so long.
const LONGEST_SILENCE: Duration = Duration::from_mins(10);

/// What happens to a byte, or to the transfer that begins with it: a report, a packet, a block, a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// The cable is pulled before the byte.
    Cut,
    /// The byte and all that follow this way never arrive; the link stays.
    Stall,
    /// The byte and everything after it, both ways, never arrive.
    Freeze,
    /// The byte is lost.
    Drop,
    /// The byte arrives twice.
    Repeat,
    /// This bit of the byte is inverted.
    Flip(u8),
    /// The transfer is lost. Of a file: it is gone when it is read.
    LoseTransfer,
    /// The transfer arrives twice. Of a file: a copy of it lies beside it.
    RepeatTransfer,
    /// The file ends before the byte, and is listed so.
    EndFile,
}

impl Harm {
    /// What happens to every byte.
    pub(crate) const OF_BYTES: [Self; 13] = [
        Self::Cut,
        Self::Stall,
        Self::Freeze,
        Self::Drop,
        Self::Repeat,
        Self::Flip(0),
        Self::Flip(1),
        Self::Flip(2),
        Self::Flip(3),
        Self::Flip(4),
        Self::Flip(5),
        Self::Flip(6),
        Self::Flip(7),
    ];

    /// Whether the wire is sound again after it.
    pub(crate) const fn passes(self) -> bool {
        !matches!(self, Self::Cut | Self::Stall | Self::Freeze)
    }
}

/// A harm, the way of the byte it strikes, and its position among the bytes of that way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strike {
    pub(crate) way: Direction,
    pub(crate) harm: Harm,
    pub(crate) at: usize,
}

/// What went one way.
#[derive(Debug, Default)]
pub(crate) struct Way {
    /// Bytes so far, lost ones included.
    pub(crate) passed: usize,
    /// Where each transfer began.
    pub(crate) transfers: Vec<usize>,
    is_stalled: bool,
}

/// The link.
pub(crate) struct StruckLink {
    link: MemoryLink,
    strike: Option<Strike>,
    pub(crate) to_meter: Way,
    pub(crate) from_meter: Way,
    is_cut: bool,
    /// What arrives a second time.
    again: VecDeque<Vec<u8>>,
    operations: u32,
    silence: Duration,
    /// How the line has to be driven before anything is sent.
    needs: Option<LineSettings>,
    line: Option<LineSettings>,
}

impl StruckLink {
    /// Puts the strike on the wire of a meter that needs its line driven so, if it has one.
    pub(crate) fn new(link: MemoryLink, needs: Option<LineSettings>, strike: Option<Strike>) -> Self {
        Self {
            link,
            strike,
            to_meter: Way::default(),
            from_meter: Way::default(),
            is_cut: false,
            again: VecDeque::new(),
            operations: 0,
            silence: Duration::ZERO,
            needs,
            line: None,
        }
    }

    /// One more operation on the link, if it is still there.
    fn begin(&mut self) -> Result<(), LinkError> {
        self.operations += 1;
        assert!(self.operations < MOST_OPERATIONS, "it goes on for ever");
        if self.is_cut { Err(LinkError::Gone) } else { Ok(()) }
    }

    /// Nothing arrives, within this time.
    fn nothing(&mut self, wait: Duration) -> LinkError {
        if self.is_cut {
            return LinkError::Gone;
        }
        self.silence += wait;
        assert!(self.silence < LONGEST_SILENCE, "it waits for ever");
        LinkError::TimedOut
    }

    /// What is left of a transfer: none, one, or two.
    fn pass(&mut self, direction: Direction, mut bytes: Vec<u8>) -> Vec<Vec<u8>> {
        let way = match direction {
            Direction::ToMeter => &mut self.to_meter,
            Direction::FromMeter => &mut self.from_meter,
        };
        if way.is_stalled {
            return Vec::new();
        }
        let start = way.passed;
        way.passed += bytes.len();
        way.transfers.push(start);
        let strike = self.strike.filter(|strike| strike.way == direction);
        let Some(Strike { harm, at, .. }) = strike.filter(|strike| (start..way.passed).contains(&strike.at)) else {
            return vec![bytes];
        };
        let place = at - start;
        match harm {
            Harm::Cut | Harm::Stall | Harm::Freeze => {
                way.is_stalled = true;
                self.is_cut = harm == Harm::Cut;
                if harm == Harm::Freeze {
                    self.to_meter.is_stalled = true;
                    self.from_meter.is_stalled = true;
                }
                bytes.truncate(place);
            }
            Harm::Drop => drop(bytes.remove(place)),
            Harm::Repeat => bytes.insert(place, bytes[place]),
            Harm::Flip(bit) => bytes[place] ^= 1 << bit,
            Harm::LoseTransfer => return Vec::new(),
            Harm::RepeatTransfer => return vec![bytes.clone(), bytes],
            Harm::EndFile => {}
        }
        if bytes.is_empty() { Vec::new() } else { vec![bytes] }
    }

    /// The strike, if it concerns a file as it lies on the drive.
    fn strike_on_file(&self, harm: Harm) -> Option<usize> {
        self.strike.filter(|strike| strike.harm == harm).map(|strike| strike.at)
    }
}

impl Link for StruckLink {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.begin()?;
        assert_eq!(self.line, self.needs, "the line is not the meter's");
        self.silence = Duration::ZERO;
        for heard in self.pass(Direction::ToMeter, bytes.to_vec()) {
            self.link.send(&heard, wait)?;
        }
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.begin()?;
        if let Some(bytes) = self.again.pop_front() {
            return Ok(bytes);
        }
        if self.from_meter.is_stalled {
            return Err(self.nothing(wait));
        }
        match self.link.receive(wait) {
            // An empty packet of USB.
            Ok(bytes) if bytes.is_empty() => Ok(bytes),
            Ok(bytes) => {
                self.again = self.pass(Direction::FromMeter, bytes).into();
                self.again.pop_front().ok_or_else(|| self.nothing(wait))
            }
            Err(LinkError::TimedOut) => Err(self.nothing(wait)),
            Err(error) => Err(error),
        }
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.begin()?;
        self.line = Some(settings);
        self.link.set_line(settings)
    }

    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.begin()?;
        self.silence = Duration::ZERO;
        if self.needs.is_some() {
            // A line knows no reports; nothing is sent.
            return self.link.send_feature(report, wait);
        }
        for heard in self.pass(Direction::ToMeter, report.to_vec()) {
            self.link.send_feature(&heard, wait)?;
        }
        Ok(())
    }

    /// The command block is the link's, like the address of a packet: its data is struck.
    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.begin()?;
        let mut heard = vec![Vec::new()];
        if !data_out.is_empty() {
            heard = self.pass(Direction::ToMeter, data_out.to_vec());
        }
        let mut data_in = None;
        for heard in heard {
            if !self.is_cut {
                data_in = Some(self.link.command(cdb, &heard, expected, wait)?);
            }
        }
        match data_in {
            Some(data_in) if data_in.is_empty() => Ok(data_in),
            Some(data_in) => self.pass(Direction::FromMeter, data_in).pop().ok_or_else(|| self.nothing(wait)),
            None => Err(self.nothing(wait)),
        }
    }

    fn folder(&mut self) -> Option<&mut dyn Folder> {
        if self.link.folder().is_some() { Some(self) } else { None }
    }
}

/// A drive of which one file is read, the report: the largest.
impl Folder for StruckLink {
    fn list(&mut self) -> Result<Vec<FileEntry>, LinkError> {
        self.begin()?;
        let mut files = self.link.folder().unwrap().list()?;
        let report = files.iter_mut().max_by_key(|file| file.size).unwrap();
        if let Some(at) = self.strike_on_file(Harm::EndFile) {
            report.size = at as u64;
        }
        if self.strike_on_file(Harm::RepeatTransfer).is_some() {
            let (stem, extension) = report.path.rsplit_once('.').unwrap();
            let copy = FileEntry { path: format!("{stem} copy.{extension}"), size: report.size };
            files.push(copy);
        }
        Ok(files)
    }

    fn read(&mut self, file: &FileEntry) -> Result<Vec<u8>, LinkError> {
        self.begin()?;
        let path = file.path.replace(" copy.", ".");
        let mut bytes = self.link.folder().unwrap().read(&FileEntry { path, ..file.clone() })?;
        if let Some(at) = self.strike_on_file(Harm::EndFile) {
            bytes.truncate(at);
        }
        let whole = bytes.clone();
        if self.strike_on_file(Harm::RepeatTransfer).is_some() {
            return Ok(whole);
        }
        match self.pass(Direction::FromMeter, bytes).pop() {
            Some(bytes) if self.from_meter.is_stalled => drop(bytes),
            Some(bytes) => return Ok(bytes),
            None => {}
        }
        let is_lost = self.strike_on_file(Harm::LoseTransfer).is_some();
        if is_lost || self.is_cut { Err(LinkError::Gone) } else { Err(LinkError::TimedOut) }
    }
}
