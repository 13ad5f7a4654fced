//! The medical device encoding rules (11073-20601 annex F): big-endian numbers and blocks with their length in front.

use super::DecodeError;

/// Takes a message apart from its beginning. Every step is checked.
#[derive(Debug, Clone)]
pub struct MderReader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> MderReader<'a> {
    /// Reads `bytes`; errors will name them `what`.
    #[must_use]
    pub const fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::Truncated { what: self.what })?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(DecodeError::Truncated { what: self.what })?;
        self.rest = rest;
        Ok(*taken)
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if nothing is left.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// The next two bytes as a number.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if fewer are left.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    /// The next four bytes as a number.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if fewer are left.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// A block: its length in two bytes, then its content, which errors will name `what`.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if the content is shorter than said.
    pub fn block(&mut self, what: &'static str) -> Result<Self, DecodeError> {
        let length = self.u16()?;
        Ok(Self { rest: self.take(usize::from(length))?, what })
    }

    /// Everything that is left.
    pub fn remainder(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`DecodeError::Excess`] if something is left.
    pub const fn finish(self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::Excess { what: self.what, excess: self.rest.len() })
        }
    }
}

/// Puts a message together.
///
/// A block can say a length of 65535 at most; what is longer than that is cut, so that the message stays well formed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty message.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Adds a byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes.push(value);
        self
    }

    /// Adds two bytes.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// Adds four bytes.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// Adds bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Adds a block: the length of what `content` writes, then that.
    pub fn block(&mut self, content: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::new();
        content(&mut inner);
        inner.bytes.truncate(usize::from(u16::MAX));
        self.u16(length(&inner.bytes)).raw(&inner.bytes)
    }

    /// Adds a list: the number of items, then a block with them.
    pub fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) -> &mut Self {
        self.u16(length(items)).block(|block| {
            for item in items {
                write(block, item);
            }
        })
    }

    /// The message.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A list: the number of items, the length of all, then the items.
///
/// # Errors
/// If an item cannot be read, or the number or the length does not agree with the items.
pub fn list<'a, T>(
    reader: &mut MderReader<'a>,
    what: &'static str,
    mut read: impl FnMut(&mut MderReader<'a>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let count = usize::from(reader.u16()?);
    let mut block = reader.block(what)?;
    // No room is taken by `count`: a damaged one could say 65,535 in front of an empty block.
    let mut items = Vec::new();
    while !block.is_empty() && items.len() < count {
        items.push(read(&mut block)?);
    }
    if items.len() < count {
        return Err(DecodeError::Mismatch { what, said: count, found: items.len() });
    }
    block.finish()?;
    Ok(items)
}

fn length<T>(items: &[T]) -> u16 {
    u16::try_from(items.len()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_must_agree_with_its_numbers() {
        let read = |bytes: &[u8]| {
            let mut reader = MderReader::new(bytes, "message");
            list(&mut reader, "list", MderReader::u16)
        };
        assert_eq!(read(&[0, 2, 0, 4, 1, 2, 3, 4]), Ok(vec![0x0102, 0x0304]));
        assert_eq!(read(&[0, 0, 0, 0]), Ok(vec![]));
        assert_eq!(read(&[0, 3, 0, 4, 1, 2, 3, 4]), Err(DecodeError::Mismatch { what: "list", said: 3, found: 2 }));
        assert_eq!(read(&[0, 1, 0, 4, 1, 2, 3, 4]), Err(DecodeError::Excess { what: "list", excess: 2 }));
        assert_eq!(read(&[0, 1, 0, 3, 1, 2, 3]), Err(DecodeError::Excess { what: "list", excess: 1 }));
        assert_eq!(read(&[0, 1, 0, 4, 1, 2]), Err(DecodeError::Truncated { what: "message" }));
    }

    #[test]
    fn a_block_too_long_for_its_length_is_cut() {
        let mut writer = Writer::new();
        writer.block(|block| {
            block.raw(&vec![7; 70_000]);
        });
        let bytes = writer.into_bytes();
        assert_eq!((bytes.len(), &bytes[..2]), (65_537, &[0xFF, 0xFF][..]));
    }
}
