//! Tables of settings, each value with its line; and what every table needs to complain.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::SettingsFault;

/// How many slips may lie between a key and the one that was meant.
const MOST_SLIPS: usize = 2;

/// What is found wrong while a file is read.
pub(super) struct Faults<'a> {
    text: &'a str,
    found: Vec<SettingsFault>,
}

impl<'a> Faults<'a> {
    /// None so far, of this file.
    pub(super) const fn of(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// All of them, in the order of the lines.
    pub(super) fn in_order(mut self) -> Vec<SettingsFault> {
        // A person mends a file from top to bottom. The sort is stable, so that two of one line
        // stay as they were found.
        self.found.sort_by_key(|fault| fault.line);
        self.found
    }

    /// Notes one, in the line where a value begins.
    pub(super) fn add(&mut self, at: Range<usize>, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        let line = 1 + self.text.bytes().take(at.start).filter(|byte| *byte == b'\n').count();
        self.found.push(SettingsFault { line, key: key.to_owned(), what: what.into(), remedy: remedy.into() });
    }

    /// Notes a key that none of these is.
    pub(super) fn unknown(&mut self, at: Range<usize>, key: &str, path: &str, known: &[&str]) {
        let nearest = known.iter().map(|known| (strsim::osa_distance(key, known), known)).min();
        let remedy = match nearest {
            Some((slips, meant)) if slips <= MOST_SLIPS => format!("Write {meant}."),
            Some(_) | None => format!("Take it out; there is: {}.", known.join(", ")),
        };
        self.add(at, path, format!("{path} is no setting"), remedy);
    }
}

/// A value of a table, with its name and place.
pub(super) struct FoundSetting<'t> {
    /// The name with its table: `platform.base`.
    pub(super) path: String,
    /// Where it stands.
    pub(super) at: Range<usize>,
    value: &'t DeValue<'t>,
}

impl<'t> FoundSetting<'t> {
    /// The value as text.
    pub(super) fn text(&self, faults: &mut Faults<'_>) -> Option<&'t str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.wrong_type(faults, "a text", &format!("{} = \"...\"", self.name()));
        }
        text
    }

    /// The value as yes or no.
    pub(super) fn truth(&self, faults: &mut Faults<'_>) -> Option<bool> {
        let truth = self.value.as_bool();
        if truth.is_none() {
            self.wrong_type(faults, "true or false", &format!("{} = true", self.name()));
        }
        truth
    }

    /// The value as one text, or as a list of texts.
    pub(super) fn texts(&self, faults: &mut Faults<'_>) -> Option<Vec<&'t str>> {
        let texts = match self.value {
            DeValue::Array(values) => values.iter().map(|value| value.get_ref().as_str()).collect(),
            one => one.as_str().map(|text| vec![text]),
        };
        if texts.is_none() {
            self.wrong_type(faults, "a text or a list of texts", &format!("{} = \"...\"", self.name()));
        }
        texts
    }

    /// The value as a table of its own: each key with its value.
    pub(super) fn entries(&self, faults: &mut Faults<'_>) -> Option<Vec<Self>> {
        let Some(table) = self.value.as_table() else {
            self.wrong_type(faults, "a table", &format!("{} = {{ ... }}", self.name()));
            return None;
        };
        let entry = |(key, value): (&'t Spanned<std::borrow::Cow<'t, str>>, &'t Spanned<DeValue<'t>>)| Self {
            path: format!("{}.{}", self.path, key.get_ref()),
            at: value.span(),
            value: value.get_ref(),
        };
        Some(table.iter().map(entry).collect())
    }

    /// The value as a whole number; `usual` is one that could be written.
    pub(super) fn number(&self, usual: u64, faults: &mut Faults<'_>) -> Option<u64> {
        let number =
            self.value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            self.wrong_type(faults, "a whole number from 0 on", &format!("{} = {usual}", self.name()));
        }
        number
    }

    /// The value as a list of words.
    pub(super) fn words(&self, faults: &mut Faults<'_>) -> Option<Vec<&'t str>> {
        let list = self.value.as_array();
        let words = list.and_then(|list| list.iter().map(|word| word.get_ref().as_str()).collect::<Option<Vec<_>>>());
        let words = words.filter(|words| !words.is_empty() && words.iter().all(|word| !word.is_empty()));
        if words.is_none() {
            self.wrong_type(faults, "a list of texts", &format!("{} = [\"...\"]", self.name()));
        }
        words
    }

    /// The value as a table.
    pub(super) fn table(&self, faults: &mut Faults<'_>) -> Option<SettingsTable<'t>> {
        let keys = self.value.as_table();
        if keys.is_none() {
            self.wrong_type(faults, "a table", &format!("{} = {{ ... }}", self.name()));
        }
        keys.map(|keys| SettingsTable { name: self.path.clone(), at: self.at.clone(), keys })
    }

    /// The name without its table.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    fn wrong_type(&self, faults: &mut Faults<'_>, wanted: &str, example: &str) {
        faults.add(self.at.clone(), &self.path, format!("{} must be {wanted}", self.path), format!("Write {example}."));
    }
}

/// One table.
pub(super) struct SettingsTable<'t> {
    name: String,
    at: Range<usize>,
    keys: &'t DeTable<'t>,
}

impl<'t> SettingsTable<'t> {
    /// The table of this name, if it is one.
    pub(super) fn of(name: &str, value: &'t Spanned<DeValue<'t>>) -> Option<Self> {
        value.get_ref().as_table().map(|keys| Self { name: name.to_owned(), at: value.span(), keys })
    }

    /// Where it begins.
    pub(super) fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// The value of this key.
    pub(super) fn get(&self, key: &str) -> Option<FoundSetting<'t>> {
        let value = self.keys.get(key)?;
        Some(FoundSetting { path: format!("{}.{key}", self.name), at: value.span(), value: value.get_ref() })
    }

    /// Complains of every key that is not among these.
    pub(super) fn refuse_others(&self, known: &[&str], faults: &mut Faults<'_>) {
        for key in self.keys.keys() {
            let name = key.get_ref().as_ref();
            // Refused and not passed over: a slip in a name would leave the default standing, and
            // nobody would know.
            if !known.contains(&name) {
                faults.unknown(key.span(), name, &format!("{}.{name}", self.name), known);
            }
        }
    }
}
