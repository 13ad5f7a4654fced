//! The configuration report: which objects a meter has, and in which unit it measures.

use super::DecodeError;
use super::attribute::Attributes;
use super::mder::{MderReader, Writer, list};
use super::nomenclature::{attribute, class, unit};
use crate::domain::glucose::Unit;

/// The information of a `MDC_NOTI_CONFIG` event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The number of the configuration; the answer repeats it.
    pub id: u16,
    /// The objects, in the order in which they came.
    pub objects: Vec<Object>,
}

/// One object of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What sort of object; see [`class`].
    pub class: u16,
    /// Its name in later messages.
    pub handle: u16,
    /// What it tells of itself.
    pub attributes: Attributes,
}

impl Configuration {
    /// Reads the information of the event.
    ///
    /// # Errors
    /// If counts and lengths do not agree.
    pub fn decode(info: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(info, "configuration report");
        let id = reader.u16()?;
        let objects = list(&mut reader, "object list", |item| {
            Ok(Object { class: item.u16()?, handle: item.u16()?, attributes: Attributes::read(item)? })
        })?;
        reader.finish()?;
        Ok(Self { id, objects })
    }

    /// The information of the event.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(self.id).list(&self.objects, |item, object| {
            object.attributes.write(item.u16(object.class).u16(object.handle));
        });
        writer.into_bytes()
    }

    /// The handle of the permanent store, if the meter has one.
    #[must_use]
    pub fn store(&self) -> Option<u16> {
        self.objects.iter().find(|object| object.class == class::PM_STORE).map(|object| object.handle)
    }

    /// The unit of the numbers of an object; `None` if the object is unknown or names no unit we know.
    #[must_use]
    pub fn unit(&self, handle: u16) -> Option<Unit> {
        self.objects.iter().find(|object| object.handle == handle)?.unit()
    }

    /// The unit of all objects that measure numbers; `None` if there is none, or they differ, or one names no unit we
    /// know.
    #[must_use]
    pub fn only_unit(&self) -> Option<Unit> {
        let mut units = self.objects.iter().filter(|object| object.class == class::NUMERIC).map(Object::unit);
        let first = units.next()??;
        units.all(|unit| unit == Some(first)).then_some(first)
    }
}

impl Object {
    fn unit(&self) -> Option<Unit> {
        match self.attributes.u16(attribute::UNIT_CODE) {
            Some(unit::MMOL_PER_L) => Some(Unit::MmolPerL),
            Some(unit::MG_PER_DL) => Some(Unit::MgPerDl),
            Some(_) | None => None,
        }
    }
}

/// The host's answer to a configuration report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigurationResponse {
    /// The number of the configuration.
    pub id: u16,
    /// 0 accepted, 1 unsupported, 2 standard configuration unknown.
    pub result: u16,
}

impl ConfigurationResponse {
    /// Reads the information of the answer.
    ///
    /// # Errors
    /// If it is not four bytes long.
    pub fn decode(info: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(info, "configuration response");
        let response = Self { id: reader.u16()?, result: reader.u16()? };
        reader.finish()?;
        Ok(response)
    }

    /// The information of the answer.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(self.id).u16(self.result);
        writer.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::codec::ieee11073::apdu::Apdu;
    use crate::meters::codec::ieee11073::data::{Data, Message};

    /// Section 10, message 3 of the protocol's specification.
    const REPORT: &str = "
        E7 00 00 EC 00 EA 00 A3 01 01 00 E4 00 00 FF FF FF FF 0D 1C 00 DA 40 00 00 05 00 D4 00 06 00 01
        00 04 00 28 09 2F 00 04 00 02 72 70 0A 46 00 02 C0 40 09 96 00 02 08 52 0A 55 00 10 00 03 00 0C
        0A 4C 00 02 09 90 00 08 09 47 00 02 00 06 00 02 00 04 00 28 09 2F 00 04 00 02 71 D0 0A 46 00 02
        C0 40 09 96 00 02 08 52 0A 55 00 10 00 03 00 0C 0A 4C 00 02 09 90 00 08 09 47 00 02 00 05 00 03
        00 03 00 1E 09 2F 00 04 00 80 71 D8 0A 46 00 02 C0 40 0A 55 00 0C 00 02 00 08 0A 66 00 02 09 90
        00 08 00 05 00 04 00 03 00 1E 09 2F 00 04 00 80 72 48 0A 46 00 02 C0 48 0A 55 00 0C 00 02 00 08
        0A 49 00 02 09 90 00 08 00 3D 00 05 00 05 00 20 0A 4D 00 02 80 00 09 43 00 02 00 00 09 53 00 02
        00 00 09 51 00 02 00 04 0A 63 00 04 00 00 00 00";

    #[test]
    fn a_guide_tells_its_objects() {
        let bytes = crate::meters::transcript::hex(REPORT).unwrap();
        let Ok(Apdu::Data(Data { invoke_id: 0xA3, message: Message::Event { info, event, .. } })) =
            Apdu::decode(&bytes)
        else {
            panic!("no event")
        };
        let configuration = Configuration::decode(&info).unwrap();
        let objects: Vec<_> = configuration.objects.iter().map(|object| (object.class, object.handle)).collect();
        assert_eq!((event, configuration.id), (0x0D1C, 0x4000));
        assert_eq!(objects, [(6, 1), (6, 2), (5, 3), (5, 4), (61, 5)]);
        assert_eq!(configuration.store(), Some(5));
        assert_eq!(configuration.unit(1), Some(Unit::MgPerDl));
        assert_eq!(configuration.encode(), info);
    }

    #[test]
    fn a_unit_belongs_to_its_object() {
        let object = |handle, code: u16| Object {
            class: class::NUMERIC,
            handle,
            attributes: Attributes::default().with(attribute::UNIT_CODE, code.to_be_bytes()),
        };
        let configuration = Configuration {
            id: 1,
            objects: vec![object(1, unit::MMOL_PER_L), object(2, unit::MG_PER_DL), object(3, 7)],
        };
        let units = [1, 2, 3, 4].map(|handle| configuration.unit(handle));
        assert_eq!(units, [Some(Unit::MmolPerL), Some(Unit::MgPerDl), None, None]);
        assert_eq!(configuration.store(), None);
    }
}
