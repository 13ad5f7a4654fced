//! Attribute lists: the one form in which every object tells what it is.

use super::DecodeError;
use super::mder::{MderReader, Writer, list};

/// An attribute: a number from [`super::nomenclature::attribute`] and its value, still encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What it says.
    pub id: u16,
    /// Its value as on the wire.
    pub value: Vec<u8>,
}

/// The attributes of one object, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(pub Vec<Attribute>);

impl Attributes {
    /// Reads `count, length, { id, length, value }*`.
    ///
    /// # Errors
    /// If counts and lengths do not agree.
    pub fn read(reader: &mut MderReader<'_>) -> Result<Self, DecodeError> {
        list(reader, "attribute list", |item| {
            Ok(Attribute { id: item.u16()?, value: item.block("attribute")?.remainder().to_vec() })
        })
        .map(Self)
    }

    /// Writes what [`Attributes::read`] reads.
    pub fn write(&self, writer: &mut Writer) {
        writer.list(&self.0, |item, attribute| {
            item.u16(attribute.id).block(|value| {
                value.raw(&attribute.value);
            });
        });
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, id: u16, value: impl Into<Vec<u8>>) -> Self {
        self.0.push(Attribute { id, value: value.into() });
        self
    }

    /// The value of the first attribute with this number.
    #[must_use]
    pub fn get(&self, id: u16) -> Option<&[u8]> {
        self.0.iter().find(|attribute| attribute.id == id).map(|attribute| attribute.value.as_slice())
    }

    /// The value as a number of two bytes, if there is such an attribute of that length.
    #[must_use]
    pub fn u16(&self, id: u16) -> Option<u16> {
        self.get(id)?.try_into().ok().map(u16::from_be_bytes)
    }

    /// The value as a number of four bytes, if there is such an attribute of that length.
    #[must_use]
    pub fn u32(&self, id: u16) -> Option<u32> {
        self.get(id)?.try_into().ok().map(u32::from_be_bytes)
    }
}

/// The content of a length-prefixed text without its padding of zeros. Not yet harmless: callers make it
/// [`crate::domain::text::Clean`].
///
/// # Errors
/// If the length does not fit.
pub fn text(reader: &mut MderReader<'_>) -> Result<String, DecodeError> {
    let bytes = reader.block("text")?.remainder();
    // Lossy, because no reading depends on a text: a strange letter in a name costs nothing but
    // itself.
    Ok(String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned())
}

/// Writes a text as [`text`] reads it, padded with zeros to an even length.
pub fn write_text(writer: &mut Writer, content: &str) {
    writer.block(|block| {
        block.raw(content.as_bytes());
        if content.len() % 2 == 1 {
            block.u8(0);
        }
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn attributes_are_read_as_they_were_written(
            items in prop::collection::vec((any::<u16>(), prop::collection::vec(any::<u8>(), 0..30)), 0..10),
        ) {
            let attributes = Attributes(items.into_iter().map(|(id, value)| Attribute { id, value }).collect());
            let mut writer = Writer::new();
            attributes.write(&mut writer);
            let bytes = writer.into_bytes();
            let mut reader = MderReader::new(&bytes, "test");
            prop_assert_eq!(Attributes::read(&mut reader), Ok(attributes));
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn any_bytes_are_attributes_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Attributes::read(&mut MderReader::new(&bytes, "test"));
        }
    }

    #[test]
    fn a_text_loses_only_its_padding() {
        let mut writer = Writer::new();
        write_text(&mut writer, "925");
        let bytes = writer.into_bytes();
        assert_eq!(bytes, [0, 4, b'9', b'2', b'5', 0]);
        assert_eq!(text(&mut MderReader::new(&bytes, "test")), Ok("925".to_owned()));
    }
}
