//! Wires that do what no simulated meter does by itself.

use std::collections::VecDeque;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::meters::link::LinkError;
use crate::meters::simulator::SimulatedMeter as _;

/// Holds the first answer back until the second question, as a meter that wakes late; from `swap_at` on, counted in
/// questions, another meter is behind the cable.
struct CableLink {
    meter: SimulatedUltra2,
    another: Option<(usize, SimulatedUltra2)>,
    is_late: bool,
    questions: usize,
    held: Vec<Vec<u8>>,
    arrived: VecDeque<Vec<u8>>,
}

impl CableLink {
    fn new(is_late: bool, another: Option<(usize, SimulatedUltra2)>) -> Self {
        let meter = meter(5, Ultra2Faults::default(), None);
        Self { meter, another, is_late, questions: 0, held: Vec::new(), arrived: VecDeque::new() }
    }
}

impl Link for CableLink {
    fn send(&mut self, bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.questions += 1;
        if self.another.as_ref().is_some_and(|(at, _)| self.questions == *at) {
            self.meter = self.another.take().unwrap().1;
        }
        let answer = self.meter.hear(bytes);
        if self.is_late && self.questions == 1 {
            self.held = answer;
        } else {
            self.arrived.extend(self.held.drain(..));
            self.arrived.extend(answer);
        }
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.arrived.pop_front().ok_or(LinkError::TimedOut)
    }
}

#[test]
fn a_late_answer_is_not_taken_for_the_next_one() {
    let download = read_link(&mut CableLink::new(true, None), &mut |_| {}).unwrap();
    assert!(download.is_complete());
    assert_eq!(told(&download), expected(5));
    assert_eq!(download.meter.firmware, Some("P02.00.00".into()));
}

#[test]
fn readings_of_another_meter_are_never_taken() {
    // The fourth question asks for the memory.
    let clock = Box::new(|| date(2026, 7, 14).at(12, 0, 0, 0));
    let another = SimulatedUltra2::new("GMF601DCY", memory(5), clock, Ultra2Faults::default(), None).unwrap();
    let download = read_link(&mut CableLink::new(false, Some((4, another))), &mut |_| {}).unwrap();
    assert_eq!(partial(&download).code, ProblemCode::MeterAnswer);
    assert_eq!(download.readings, []);
}

/// Answers each question with the next of these texts.
struct ScriptLink(VecDeque<Vec<u8>>, VecDeque<Vec<u8>>);

impl Link for ScriptLink {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.1.extend(self.0.pop_front());
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.1.pop_front().ok_or(LinkError::TimedOut)
    }
}

proptest! {
    #[test]
    fn nonsense_is_never_a_complete_download(answers: Vec<Vec<u8>>, identified: bool) {
        let serial = identified.then(|| b"@ \"12345678Y\" 02A1\r\n".to_vec());
        let answers = serial.into_iter().chain(answers).collect();
        let result = read_link(&mut ScriptLink(answers, VecDeque::new()), &mut |_| {});
        prop_assert_eq!(result.is_ok(), identified);
        prop_assert!(!result.is_ok_and(|download| download.is_complete()));
    }
}
