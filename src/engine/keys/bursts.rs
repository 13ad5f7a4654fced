//! Tells a barcode scanner from fingers, by time alone (clinic-safety ID-08): a scanner types a character in less than
//! 30 ms, and nobody types six so, one of them a digit. What may become a burst is held back for as long; what turns
//! out to be fingers goes on as it came.
//!
//! The digit is what a number has and a word that somebody types over a slow network, from where keys come in heaps,
//! seldom has. One character that repeats is a key that is held down.

use std::time::{Duration, Instant};

use crate::app::key::{Burst, BurstEnd, Key};
use crate::domain::scanned_code::GS1_SEPARATOR;

/// A scanner types faster than this.
const FASTER_THAN: Duration = Duration::from_millis(30);
/// Fewer characters are no code: no number of a patient or a meter is shorter.
const SHORTEST: usize = 6;
/// More are kept of none: what is longer is no label, and goes on as one burst that is too long.
const LONGEST: usize = 1024;

/// Characters that may become a burst.
#[derive(Debug, Default)]
pub struct Bursts {
    held: String,
    /// How many are held.
    count: usize,
    /// When the last one came.
    at: Option<Instant>,
    /// Whether more came than are kept.
    is_overlong: bool,
}

impl Bursts {
    /// Takes keys that came at this time; returns what is sure by now.
    pub fn feed(&mut self, keys: Vec<Key>, at: Instant) -> Vec<Key> {
        let mut sure = self.expire(at);
        for key in keys {
            match key {
                Key::Char(character) => self.hold(character, at, &mut sure),
                // The separator of GS1 labels, as a terminal sends it; at the beginning it is a key.
                Key::Control(']') if !self.held.is_empty() => self.hold(GS1_SEPARATOR, at, &mut sure),
                Key::Enter if self.is_burst() => self.end(BurstEnd::Enter, &mut sure),
                Key::Tab if self.is_burst() => self.end(BurstEnd::Tab, &mut sure),
                other => {
                    self.end(BurstEnd::Nothing, &mut sure);
                    sure.push(other);
                }
            }
        }
        sure
    }

    /// When it is sure what the held characters are, if no more come.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.at.map(|at| at + FASTER_THAN)
    }

    /// Time has passed: what is held is a burst, or was typed.
    pub fn expire(&mut self, at: Instant) -> Vec<Key> {
        let mut sure = Vec::new();
        if self.deadline().is_some_and(|deadline| deadline <= at) {
            self.end(BurstEnd::Nothing, &mut sure);
        }
        sure
    }

    fn hold(&mut self, character: char, at: Instant, sure: &mut Vec<Key>) {
        self.at = Some(at);
        if self.count < LONGEST {
            self.held.push(character);
            self.count += 1;
        } else {
            self.is_overlong = true;
        }
        // A key that is held down repeats for as long as somebody likes, and is to be seen meanwhile.
        if self.count >= SHORTEST && !self.is_varied() {
            self.end(BurstEnd::Nothing, sure);
        }
    }

    fn is_varied(&self) -> bool {
        let mut characters = self.held.chars();
        let first = characters.next();
        characters.any(|character| Some(character) != first)
    }

    fn is_burst(&self) -> bool {
        self.count >= SHORTEST && self.held.chars().any(|character| character.is_ascii_digit()) && self.is_varied()
    }

    /// What is held goes on.
    fn end(&mut self, end: BurstEnd, sure: &mut Vec<Key>) {
        self.at = None;
        let is_overlong = std::mem::take(&mut self.is_overlong);
        let is_scan = self.is_burst() || is_overlong;
        self.count = 0;
        let burst = Burst { text: std::mem::take(&mut self.held), end };
        if is_scan {
            sure.push(Key::Scan(burst));
        } else {
            sure.extend(burst.text_keys());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Keys with the milliseconds that passed before each, and what came of them at the end.
    fn heard(keys: impl IntoIterator<Item = (u64, Key)>) -> Vec<Key> {
        let (mut bursts, mut at, mut heard) = (Bursts::default(), Instant::now(), Vec::new());
        for (after, key) in keys {
            // As the engine does: it is woken when it is sure.
            let next = at + Duration::from_millis(after);
            if let Some(deadline) = bursts.deadline().filter(|deadline| *deadline <= next) {
                heard.extend(bursts.expire(deadline));
            }
            at = next;
            heard.extend(bursts.feed(vec![key], at));
        }
        if let Some(deadline) = bursts.deadline() {
            heard.extend(bursts.expire(deadline));
        }
        assert!(bursts.deadline().is_none());
        heard
    }

    fn typed(text: &str, after: u64) -> impl Iterator<Item = (u64, Key)> {
        text.chars().map(move |character| (after, Key::Char(character)))
    }

    fn scan(text: &str, end: BurstEnd) -> Key {
        Key::Scan(Burst { text: text.into(), end })
    }

    fn keys(text: &str) -> Vec<Key> {
        text.chars().map(Key::Char).collect()
    }

    #[test]
    fn a_scanner_is_told_from_fingers_by_its_speed() {
        for (end, key) in [(BurstEnd::Enter, Key::Enter), (BurstEnd::Tab, Key::Tab)] {
            assert_eq!(heard(typed("M10042", 29).chain([(29, key)])), [scan("M10042", end)]);
        }
        assert_eq!(heard(typed("M10042", 0)), [scan("M10042", BurstEnd::Nothing)]);
        assert_eq!(heard(typed("M10042", 30)), keys("M10042"));
        // The Enter of a person who takes the scanner away comes later, and is their own.
        assert_eq!(
            heard(typed("M10042", 5).chain([(30, Key::Enter)])),
            [scan("M10042", BurstEnd::Nothing), Key::Enter]
        );
    }

    #[test]
    fn too_short_a_word_or_a_key_held_down_is_no_scan() {
        for text in ["M1004", "okafor, chidi", "111111", "jjjjjjjjjjjj"] {
            assert_eq!(heard(typed(text, 1)), keys(text), "{text}");
        }
        let mut typed_with_enter = keys("M1004");
        typed_with_enter.push(Key::Enter);
        assert_eq!(heard(typed("M1004", 1).chain([(1, Key::Enter)])), typed_with_enter);
    }

    /// Each repeat is seen as it comes, and not when the key is let go.
    #[test]
    fn a_key_that_is_held_down_does_not_wait_for_its_end() {
        let (mut bursts, start) = (Bursts::default(), Instant::now());
        let seen: usize = (0..50_u64)
            .map(|repeat| bursts.feed(vec![Key::Char('j')], start + Duration::from_millis(20 * repeat)).len())
            .sum();
        assert!(seen >= 45, "{seen}");
    }

    #[test]
    fn two_scans_are_two_and_a_label_of_gs1_is_one() {
        let two = typed("M10042", 1).chain([(1, Key::Enter)]).chain(typed("M10043", 1)).chain([(1, Key::Enter)]);
        assert_eq!(heard(two), [scan("M10042", BurstEnd::Enter), scan("M10043", BurstEnd::Enter)]);
        let label = typed("]d210A", 1).chain([(1, Key::Control(']'))]).chain(typed("21B7", 1));
        assert_eq!(heard(label), [scan("]d210A\u{1d}21B7", BurstEnd::Nothing)]);
        assert_eq!(heard([(0, Key::Control(']'))]), [Key::Control(']')]);
    }

    #[test]
    fn a_megabyte_is_one_burst_of_which_little_is_kept() {
        let text = "0123456789".repeat(100_000);
        let heard = heard(typed(&text, 0));
        let [Key::Scan(burst)] = heard.as_slice() else { panic!("{} keys", heard.len()) };
        assert_eq!(burst.text.len(), LONGEST);
    }

    fn any_key() -> impl Strategy<Value = (u64, Key)> {
        let key = prop_oneof![
            8 => prop_oneof!["[a-z0-9]"].prop_map(|text| Key::Char(text.chars().next().unwrap_or('a'))),
            1 => Just(Key::Enter),
            1 => Just(Key::Tab),
            1 => Just(Key::Escape),
            1 => Just(Key::Control(']')),
        ];
        (prop_oneof![0_u64..30, 30..200_u64], key)
    }

    proptest! {
        /// Nothing is lost, added, or in another order, whatever is taken for a scan.
        #[test]
        fn every_key_goes_on_in_its_order(keys in proptest::collection::vec(any_key(), 0..60)) {
            let all: Vec<Key> = keys.iter().map(|(_, key)| key.clone()).collect();
            let heard: Vec<Key> = heard(keys)
                .into_iter()
                .flat_map(|key| match key {
                    Key::Scan(burst) => burst.keys().collect(),
                    other => vec![other],
                })
                .collect();
            prop_assert_eq!(heard, all);
        }

        /// Fingers are never a scanner.
        #[test]
        fn what_comes_slowly_goes_on_as_it_came(text in "[ -~]{0,40}", after in 30_u64..400) {
            prop_assert_eq!(heard(typed(&text, after)), keys(&text));
        }
    }
}
