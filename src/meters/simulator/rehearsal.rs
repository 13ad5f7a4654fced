//! Where in what a meter says a reading ends. The meter is read in memory, with its cable pulled at this byte and at
//! that, until it is known behind which byte so many readings have come. So nobody needs to know the meter's language,
//! and what comes before the readings, an average of them among it, is not taken for one.

use jiff::Zoned;

use super::SimulatedMeter;
use super::fault::{Fault, FaultKind};
use super::memory_link::MemoryLink;
use super::readings::ReadingSet;
use crate::domain::cause::Cause;
use crate::meters::catalogue::Meter;
use crate::meters::conversation::{Cancel, Conversation};
use crate::meters::drivers::{self, Driver};

/// The byte, counted from 0 among all that the meter says while it is read, before which exactly `number` readings have
/// come: counted from 1 in the order in which the meter sends them. `make` makes the meter with the readings that it is
/// given, and with a clock that stands still.
///
/// # Errors
/// Says in words why there is no such place, or no such meter.
pub fn place_behind_reading(
    model: &Meter,
    memory: &ReadingSet,
    number: u64,
    make: &dyn Fn(ReadingSet) -> Result<Box<dyn SimulatedMeter>, Cause>,
) -> Result<u64, Cause> {
    let driver = drivers::by_name(&model.driver).ok_or_else(|| format!("{} cannot be read", model.slug))?;
    let read = |fault| Ok::<_, Cause>(read(driver, model, make(memory.clone())?, fault));
    let pulled_at = |at| Ok::<_, Cause>(read(Some(Fault { kind: FaultKind::Unplug, at }))?.readings);
    let whole = read(None)?;
    if number == 0 || number > whole.readings {
        return Err(format!("the meter sends no reading {number}").into());
    }
    // The first byte before which at least so many have come; the end if that many never come.
    let first_with = |wanted: u64| {
        let (mut too_early, mut place) = (0, whole.said);
        // By halves: a whole memory has tens of thousands of bytes, and each try reads the meter.
        while too_early < place {
            let between = too_early.midpoint(place);
            if pulled_at(between)? < wanted { too_early = between + 1 } else { place = between }
        }
        Ok::<_, Cause>(place)
    };
    let place = first_with(number)?;
    let there = pulled_at(place)?;
    if there > number {
        let first = place.checked_sub(1).map(pulled_at).transpose()?.unwrap_or(0) + 1;
        Err(format!(
            "the meter sends readings {first} to {there} as one: the cable can be pulled behind reading {there}"
        )
        .into())
    } else if place == whole.said {
        Err(format!("behind reading {number} the meter has nothing more to say").into())
    } else {
        // Halfway through what follows: what is on its way when a line is cut may be lost with it, and
        // the reading must not.
        let next = first_with(number + 1)?;
        Ok(place.midpoint(next.saturating_sub(1).max(place)))
    }
}

/// What came of a meter until its cable was pulled.
struct Came {
    readings: u64,
    /// Bytes that the meter said.
    said: u64,
}

fn read(driver: &dyn Driver, model: &Meter, meter: Box<dyn SimulatedMeter>, fault: Option<Fault>) -> Came {
    let mut link = MemoryLink::new(meter, fault);
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &Zoned::now);
    let download = driver.read(&mut conversation, &model.name());
    // Of a memory that is proved as a whole nothing is kept when it is cut, and still so many readings have come.
    let come = u64::from(conversation.progress().done);
    let kept = download.map_or(0, |download| download.readings.len() as u64);
    Came { readings: come.max(kept), said: link.said() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::*;
    use crate::meters::catalogue::Catalogue;
    use crate::meters::simulator::shelf;
    use crate::meters::simulator::wanted::Wanted;

    fn last() -> DateTime {
        date(2026, 7, 14).at(8, 30, 12, 0)
    }

    fn ultra2(memory: ReadingSet) -> Result<Box<dyn SimulatedMeter>, Cause> {
        let wanted = Wanted::new("onetouch-ultra2", memory, last);
        shelf::make("onetouch-ultra2", wanted)
    }

    /// A record of the Ultra 2 is 61 bytes long, and its value stands at byte 33: `P
    /// "SAT","03/21/15","16:42:11   ","  105 "`.
    #[test]
    fn the_readings_lie_one_behind_the_other() {
        let model = Catalogue::embedded().by_slug("onetouch-ultra2").unwrap();
        let memory = ReadingSet::seeded(5, 1, last());
        let places: Vec<u64> =
            (1..=4).map(|number| place_behind_reading(model, &memory, number, &ultra2).unwrap()).collect();
        for pair in places.windows(2) {
            assert!((59..=63).contains(&(pair[1] - pair[0])), "{places:?}");
        }
        for number in [0, 6] {
            let error = place_behind_reading(model, &memory, number, &ultra2).unwrap_err();
            assert_eq!(error.to_string(), format!("the meter sends no reading {number}"));
        }
    }
}
