//! Questions on which no reading depends (the clock, the software's version, the display's unit): a meter that never
//! gives them a sound answer gives all its readings all the same, and the download is complete.

use std::time::Duration;

use glucodock::domain::download::Download;
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::codec::glucocard_expression as glucocard;
use glucodock::meters::codec::isens::command as isens;
use glucodock::meters::codec::taidoc::command as taidoc;
use glucodock::meters::drivers;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::{DriveFile, SimulatedMeter, shelf};
use rstest::rstest;

use super::bench::{memory, read_link, told, wanted, warned};

/// What comes of the question, each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Nothing: the meter did not hear it.
    None,
    /// What the meter says to it, with a bit of each part changed. A register is never silent, so for it this is both.
    Damaged,
}

/// A meter that has trouble with the questions that hold these bytes.
struct Unsound {
    meter: Box<dyn SimulatedMeter>,
    question: Vec<u8>,
    answer: Answer,
    /// Whether a register was asked last that answers this question.
    answers_from_it: bool,
}

impl Unsound {
    fn is_question(&self, bytes: &[u8]) -> bool {
        bytes.windows(self.question.len()).any(|part| part == self.question)
    }
}

/// The lowest bit of a byte in the middle of what is said.
fn damage(mut said: Vec<u8>) -> Vec<u8> {
    let used = said.iter().rposition(|byte| *byte != 0).unwrap_or(0);
    if let Some(byte) = said.get_mut(used / 2) {
        *byte ^= 1;
    }
    said
}

impl SimulatedMeter for Unsound {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.meter.plugged()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        if !self.is_question(bytes) {
            return self.meter.hear(bytes);
        }
        match self.answer {
            Answer::None => Vec::new(),
            Answer::Damaged => self.meter.hear(bytes).into_iter().map(damage).collect(),
        }
    }

    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        self.meter.hear_feature(report)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        let said = self.meter.command(cdb, data_out, expected)?;
        if !data_out.is_empty() {
            self.answers_from_it = self.is_question(data_out);
        }
        Some(if self.answers_from_it { damage(said) } else { said })
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        self.meter.drive()
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        self.meter.wait(silence)
    }

    fn baud(&self) -> Option<u32> {
        self.meter.baud()
    }
}

/// One row for each question of each driver that asks by itself for a clock, a version or a unit. The others are told
/// the clock within an answer that they need for the readings (Accu-Chek, Contour, FreeStyle Lite, Optium, the report
/// files), or have none (areo, AGM-4000, SD CodeFree).
#[rstest]
#[case::caresens("caresens-n", &isens::CLOCK, "clock-unreadable")]
#[case::insulinx_date("freestyle-insulinx", b"$date?", "clock-unreadable")]
#[case::insulinx_version("freestyle-insulinx", b"$swver?", "version-unreadable")]
#[case::libre_date("freestyle-libre", b"$date?", "clock-unreadable")]
#[case::libre_time("freestyle-libre", b"$time?", "clock-unreadable")]
#[case::libre_version("freestyle-libre", b"$swver?", "version-unreadable")]
#[case::neo_time("freestyle-neo", b"$time?", "clock-unreadable")]
#[case::neo_version("freestyle-neo", b"$swver?", "version-unreadable")]
#[case::glucocard("glucocard-expression", &[glucocard::Sender::Host.start(), glucocard::CLOCK], "clock-unreadable")]
#[case::ultra_easy_clock("onetouch-ultra-easy", &[5, 0x20, 2, 0, 0, 0, 0], "clock-unreadable")]
#[case::ultra_easy_version("onetouch-ultra-easy", &[5, 0x0D, 2], "version-unreadable")]
#[case::ultra_easy_unit("onetouch-ultra-easy", &[5, 9, 2, 9, 0, 0, 0, 0], "unit-unknown")]
#[case::ultra2_clock("onetouch-ultra2", b"DMF", "clock-unreadable")]
#[case::ultra2_version("onetouch-ultra2", b"DM?", "version-unreadable")]
#[case::verio_clock("onetouch-verio", &[3, 0x20, 2, 3], "clock-unreadable")]
#[case::verio_version("onetouch-verio", &[3, 0xE6, 2, 2], "version-unreadable")]
#[case::verio_unit("onetouch-verio", &[3, 4, 0], "unit-unknown")]
#[case::verio_iq_clock("onetouch-verio-iq", &[3, 0x20, 2], "clock-unreadable")]
#[case::verio_iq_version("onetouch-verio-iq", &[3, 0x0D, 1], "version-unreadable")]
#[case::verio_iq_unit("onetouch-verio-iq", &[3, 9, 2, 2], "unit-unknown")]
#[case::taidoc("taidoc-serial", &[0x51, taidoc::CLOCK], "clock-unreadable")]
#[case::true_metrix_clock("true-metrix", b"(T)", "clock-unreadable")]
#[case::true_metrix_version("true-metrix", b"(V)", "")]
fn a_question_without_a_sound_answer_costs_no_reading(
    #[case] slug: &str,
    #[case] question: &[u8],
    #[case] remark: &str,
    #[values(Answer::None, Answer::Damaged)] answer: Answer,
) {
    let (whole, download) = read_unsound(slug, question, answer);
    assert!(download.is_complete(), "{:?}", download.completeness);
    assert_eq!(told(&download), told(&whole));
    // How a True Metrix tells its version is not published, so that it does not is nothing to remark.
    let told_so = download.warnings.iter().filter(|warning| warning.code.as_str() == remark).count();
    assert_eq!(told_so, usize::from(!remark.is_empty()), "{:?}", download.warnings);
    assert_eq!(download.clock.is_some(), remark != "clock-unreadable");
    let asks_version = question == b"(V)" || remark == "version-unreadable";
    assert_eq!(download.meter.firmware.is_some(), !asks_version && whole.meter.firmware.is_some());
}

/// A `ReliOn` Prime sends its clock without a check value: it is asked twice, and damage that comes
/// twice alike is not seen.
#[rstest]
#[case(b"T|")]
#[case(b"D|")]
fn a_clock_that_does_not_answer_costs_no_reading(#[case] question: &[u8]) {
    let (whole, download) = read_unsound("relion-prime", question, Answer::None);
    assert!(download.is_complete() && download.clock.is_none());
    assert_eq!(told(&download), told(&whole));
    assert_eq!(warned(&download), ["clock-unreadable"]);
}

/// A sound read of this meter, and one that has trouble with these questions.
fn read_unsound(slug: &str, question: &[u8], answer: Answer) -> (Download, Download) {
    let meter = Catalogue::embedded().by_slug(slug).unwrap();
    let driver = drivers::by_name(&meter.driver).unwrap();
    let make = || shelf::make(&meter.driver, wanted(slug, memory(10))).unwrap();
    let read = |meter| read_link(driver, &mut MemoryLink::new(meter, None), slug).unwrap();
    let question = question.to_vec();
    let unsound = Unsound { meter: make(), question, answer, answers_from_it: false };
    (read(make()), read(Box::new(unsound)))
}
