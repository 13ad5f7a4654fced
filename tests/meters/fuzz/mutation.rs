//! Mutations of bytes, the same on every machine. Blind: nobody looks at what code they reach.

/// What is often the end of a range.
const ODD_BYTES: [u8; 12] = [0x00, 0x01, 0x03, 0x06, 0x0A, 0x0D, 0x20, 0x2C, 0x7F, 0x80, 0xFE, 0xFF];

/// Makes mutations, and crosses them with other parts of a corpus.
pub(crate) struct Mutations<'a> {
    corpus: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutations<'a> {
    pub(crate) fn new(corpus: &'a [Vec<u8>]) -> Self {
        Self { corpus, state: 0x5EED }
    }

    /// `SplitMix64` (Steele, Lea, Flood 2014), from 0 to `limit` - 1.
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    /// These bytes with one to four changes.
    pub(crate) fn of(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut mutated = bytes.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut mutated);
        }
        mutated
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let some = (at + 1 + self.below(8)).min(bytes.len());
        let odd = ODD_BYTES[self.below(ODD_BYTES.len())];
        match self.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = odd,
            2 if at < bytes.len() => bytes[at] = bytes[at].wrapping_add(u8::try_from(self.below(256)).unwrap()),
            3 if at < some => drop(bytes.drain(at..some)),
            4 => bytes.insert(at, odd),
            5 if at < some => {
                let again = bytes[at..some].to_vec();
                bytes.splice(at..at, again);
            }
            6 => bytes.truncate(at),
            _ => {
                let other = &self.corpus[self.below(self.corpus.len())];
                let from = self.below(other.len());
                let until = (from + 1 + self.below(64)).min(other.len());
                bytes.splice(at.min(bytes.len())..at.min(bytes.len()), other[from.min(until)..until].iter().copied());
            }
        }
    }
}
