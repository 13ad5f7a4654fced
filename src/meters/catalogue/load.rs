//! From the text of the catalogue to its types; every complaint names file and line.

use std::collections::HashSet;
use std::ops::Range;
use std::str::FromStr as _;

use serde::Deserialize;
use toml::Spanned;

use super::{Cable, Catalogue, Evidence, LinkKind, Meter, Tells, Unreadable, UsbId};
use crate::domain::cause::Cause;
use crate::domain::meter::Family;
use crate::domain::text::{Clean, NAME_CELLS};

/// The longest sentence of an instruction, in terminal cells: two rows of the smallest screen.
pub(super) const SENTENCE_CELLS: usize = 140;

/// Years in which a model may have come to be sold.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2050;

/// A mistake in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct CatalogueError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    #[source]
    pub reason: Cause,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    cable: Vec<CableEntry>,
    #[serde(default)]
    meter: Vec<MeterEntry>,
    #[serde(default)]
    unreadable: Vec<UnreadableEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CableEntry {
    slug: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    link: CableLinkWord,
    ids: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeterEntry {
    slug: Spanned<String>,
    names: Spanned<Vec<Spanned<String>>>,
    manufacturer: Spanned<String>,
    family: Family,
    driver: Spanned<String>,
    link: LinkWord,
    #[serde(default)]
    ids: Vec<Spanned<String>>,
    #[serde(default)]
    cables: Vec<Spanned<String>>,
    cable_hint: Spanned<String>,
    instructions: Spanned<Vec<Spanned<String>>>,
    tells: Vec<TellsWord>,
    memory: Option<Spanned<u32>>,
    sold_since: Option<Spanned<i16>>,
    range: Spanned<[u32; 2]>,
    evidence: EvidenceWord,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnreadableEntry {
    slug: Spanned<String>,
    names: Spanned<Vec<Spanned<String>>>,
    manufacturer: Spanned<String>,
    family: Family,
    ids: Spanned<Vec<Spanned<String>>>,
    reason: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LinkWord {
    UsbBulk,
    UsbHid,
    Scsi,
    Folder,
    Serial,
}

/// What a generic cable or chip gives access to.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
enum CableLinkWord {
    #[default]
    Serial,
    UsbHid,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EvidenceWord {
    Captured,
    TwoSources,
    OneSource,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum TellsWord {
    Clock,
    Unit,
    Meal,
    Control,
}

pub(super) fn parse(file: &str, text: &str) -> Result<Catalogue, CatalogueError> {
    let mut reader = Reader { file, text, slugs: HashSet::new(), ids: HashSet::new() };
    let entries: File = toml::from_str(text)
        .map_err(|error| reader.complaint(&error.span().unwrap_or(0..0), error.message().trim().to_owned()))?;
    let cables = entries.cable.into_iter().map(|entry| reader.cable(entry)).collect::<Result<Vec<_>, _>>()?;
    let meters = entries.meter.into_iter().map(|entry| reader.meter(entry, &cables)).collect::<Result<_, _>>()?;
    let unreadable = entries.unreadable.into_iter().map(|entry| reader.unreadable(entry)).collect::<Result<_, _>>()?;
    Ok(Catalogue { meters, cables, unreadable })
}

/// What has been read so far, so that no slug and no id stands twice.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    slugs: HashSet<String>,
    ids: HashSet<UsbId>,
}

impl Reader<'_> {
    fn cable(&mut self, entry: CableEntry) -> Result<Cable, CatalogueError> {
        let slug = self.slug(entry.slug)?;
        let name = self.sentence(&entry.name, NAME_CELLS)?;
        let link = match entry.link {
            CableLinkWord::Serial => LinkKind::Serial,
            CableLinkWord::UsbHid => LinkKind::UsbHid,
        };
        let ids = self.some_ids(&entry.ids)?;
        Ok(Cable { slug, name, link, ids })
    }

    fn meter(&mut self, entry: MeterEntry, cables: &[Cable]) -> Result<Meter, CatalogueError> {
        let at = entry.slug.span();
        let slug = self.slug(entry.slug)?;
        let names = self.sentences(&entry.names, NAME_CELLS)?;
        let manufacturer = self.sentence(&entry.manufacturer, NAME_CELLS)?;
        let driver = self.word(entry.driver)?;
        let ids = self.ids(&entry.ids)?;
        let link = match entry.link {
            LinkWord::UsbBulk => LinkKind::UsbBulk,
            LinkWord::UsbHid => LinkKind::UsbHid,
            LinkWord::Scsi => LinkKind::Scsi,
            LinkWord::Folder => LinkKind::Folder,
            LinkWord::Serial => LinkKind::Serial,
        };
        for cable in &entry.cables {
            let known = cables.iter().find(|known| known.slug == *cable.get_ref());
            let known = known
                .ok_or_else(|| self.complaint(&cable.span(), format!("there is no cable {:?}", cable.get_ref())))?;
            if known.link != link {
                let reason = format!("a meter behind the cable {} has the link {}", known.slug, known.link.name());
                return Err(self.complaint(&cable.span(), reason));
            }
        }
        // A drive is known by its files, whatever its USB id.
        let is_found = ids.is_empty() != entry.cables.is_empty();
        if !is_found && (link != LinkKind::Folder || !ids.is_empty()) {
            return Err(self.complaint(&at, "a meter has either ids of its own or generic cables".to_owned()));
        }
        let [low, high] = *entry.range.get_ref();
        if low == 0 || low >= high {
            return Err(self.complaint(&entry.range.span(), "the range goes from low to high".to_owned()));
        }
        if let Some(memory) = entry.memory.as_ref().filter(|memory| *memory.get_ref() == 0) {
            return Err(self.complaint(&memory.span(), "a memory holds at least one reading".to_owned()));
        }
        if let Some(year) = entry.sold_since.as_ref().filter(|year| !YEARS.contains(year.get_ref())) {
            return Err(self.complaint(&year.span(), "a model is sold since a year from 1990 to 2050".to_owned()));
        }
        Ok(Meter {
            slug,
            names,
            manufacturer,
            family: entry.family,
            driver,
            link,
            ids,
            cables: entry.cables.into_iter().map(Spanned::into_inner).collect(),
            cable_hint: self.sentence(&entry.cable_hint, SENTENCE_CELLS)?,
            instructions: self.sentences(&entry.instructions, SENTENCE_CELLS)?,
            tells: Tells {
                clock: entry.tells.contains(&TellsWord::Clock),
                unit: entry.tells.contains(&TellsWord::Unit),
                meal: entry.tells.contains(&TellsWord::Meal),
                control: entry.tells.contains(&TellsWord::Control),
            },
            memory: entry.memory.map(Spanned::into_inner),
            sold_since: entry.sold_since.map(Spanned::into_inner),
            range: (low, high),
            evidence: match entry.evidence {
                EvidenceWord::Captured => Evidence::Captured,
                EvidenceWord::TwoSources => Evidence::TwoSources,
                EvidenceWord::OneSource => Evidence::OneSource,
            },
        })
    }

    fn unreadable(&mut self, entry: UnreadableEntry) -> Result<Unreadable, CatalogueError> {
        let slug = self.slug(entry.slug)?;
        let names = self.sentences(&entry.names, NAME_CELLS)?;
        let manufacturer = self.sentence(&entry.manufacturer, NAME_CELLS)?;
        let ids = self.some_ids(&entry.ids)?;
        let reason = self.sentence(&entry.reason, SENTENCE_CELLS)?;
        let name = names.into_iter().next().unwrap_or_default();
        Ok(Unreadable { slug, name, manufacturer, family: entry.family, ids, reason })
    }

    /// A slug that no other entry has.
    fn slug(&mut self, text: Spanned<String>) -> Result<String, CatalogueError> {
        let span = text.span();
        let slug = self.word(text)?;
        if self.slugs.insert(slug.clone()) {
            Ok(slug)
        } else {
            Err(self.complaint(&span, format!("the slug {slug:?} is used twice")))
        }
    }

    /// Lower case letters, digits and hyphens.
    fn word(&self, text: Spanned<String>) -> Result<String, CatalogueError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.get_ref().is_empty() || !text.get_ref().chars().all(allowed) {
            let reason = format!("{:?} is not a name of lower case letters, digits and hyphens", text.get_ref());
            return Err(self.complaint(&text.span(), reason));
        }
        Ok(text.into_inner())
    }

    /// Text for people: not empty, unchanged by cleaning, short enough.
    fn sentence(&self, text: &Spanned<String>, cells: usize) -> Result<Clean, CatalogueError> {
        let clean = Clean::new(text.get_ref(), cells);
        // What cleaning changes would be shown to people otherwise than it was written.
        if clean.is_empty() || clean.as_str() != text.get_ref() {
            let reason = format!("a text here has 1 to {cells} cells, single spaces and no control characters");
            return Err(self.complaint(&text.span(), reason));
        }
        Ok(clean)
    }

    fn sentences(&self, list: &Spanned<Vec<Spanned<String>>>, cells: usize) -> Result<Vec<Clean>, CatalogueError> {
        self.not_empty(list)?;
        list.get_ref().iter().map(|text| self.sentence(text, cells)).collect()
    }

    fn some_ids(&mut self, list: &Spanned<Vec<Spanned<String>>>) -> Result<Vec<UsbId>, CatalogueError> {
        self.not_empty(list)?;
        self.ids(list.get_ref())
    }

    fn not_empty<T>(&self, list: &Spanned<Vec<T>>) -> Result<(), CatalogueError> {
        if list.get_ref().is_empty() {
            return Err(self.complaint(&list.span(), "this list may not be empty".to_owned()));
        }
        Ok(())
    }

    /// USB ids that no other entry has.
    fn ids(&mut self, list: &[Spanned<String>]) -> Result<Vec<UsbId>, CatalogueError> {
        let mut ids = Vec::with_capacity(list.len());
        for text in list {
            let id = UsbId::from_str(text.get_ref()).map_err(|error| self.complaint(&text.span(), Cause::of(error)))?;
            // Over all meters, cables and those that cannot be read: the first one found would hide
            // the other.
            if !self.ids.insert(id) {
                return Err(self.complaint(&text.span(), format!("the USB id {id} is used twice")));
            }
            ids.push(id);
        }
        Ok(ids)
    }

    fn complaint(&self, span: &Range<usize>, reason: impl Into<Cause>) -> CatalogueError {
        let before = self.text.as_bytes().iter().take(span.start);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        CatalogueError { file: self.file.to_owned(), line, reason: reason.into() }
    }
}
