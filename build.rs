//! Turns `assets/meters.toml` into tables of Rust, so that no start of the program has to read it, and the messages of
//! `assets/words/en.ftl` into one key each, so that a text that is not there does not compile.
//!
//! Only the form of the catalogue is looked at here: a word that is no variant and a field that is missing are no Rust.
//! What it says is checked by the tests of `meters::catalogue`, which also hold the tables equal to the file.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

use fluent_syntax::ast::Entry;
use toml::{Table, Value};

/// The source of the catalogue.
const SOURCE: &str = "assets/meters.toml";

/// The source of the keys of the texts.
const WORDS: &str = "assets/words/en.ftl";

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    write("catalogue.rs", &catalogue(&read(SOURCE)?)?)?;
    write("words.rs", &keys(&read(WORDS)?)?)
}

/// The text of a file of the package, which is built anew when the file changes.
fn read(file: &str) -> Result<String, Failure> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?);
    // The fuzz targets compile the same rooms in a package of their own, one folder further down.
    let [own, above] = [root.join(file), root.join("..").join(file)];
    let source = if own.exists() { own } else { above };
    writeln!(io::stdout(), "cargo::rerun-if-changed={}", source.display())?;
    Ok(fs::read_to_string(source)?)
}

fn write(name: &str, code: &str) -> Result<(), Failure> {
    Ok(fs::write(PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join(name), code)?)
}

/// A constant for each message: `hint-next-field` is `HINT_NEXT_FIELD`.
fn keys(text: &str) -> Result<String, Failure> {
    let resource = fluent_syntax::parser::parse(text).map_err(|(_, errors)| format!("{WORDS}: {errors:?}"))?;
    let (mut code, mut all) = (String::new(), Vec::new());
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        let key = message.id.name;
        let name = key.replace('-', "_").to_ascii_uppercase();
        writeln!(code, "/// `{key}`.\npub const {name}: TextKey = TextKey({key:?});")?;
        all.push(name);
    }
    writeln!(code, "pub(super) const ALL: &[TextKey] = &[{}];", all.join(", "))?;
    Ok(code)
}

fn catalogue(text: &str) -> Result<String, Failure> {
    let file: Table = text.parse().map_err(|error| format!("{SOURCE}: {error}"))?;
    let mut code = String::new();
    for (kind, name, row) in [
        ("cable", "CABLES: &[CableRow]", cable as fn(&Table) -> Result<String, Failure>),
        ("meter", "METERS: &[MeterRow]", meter),
        ("unreadable", "UNREADABLE: &[UnreadableRow]", unreadable),
    ] {
        writeln!(code, "static {name} = &[")?;
        for entry in list(&file, kind)? {
            let entry = entry.as_table().ok_or_else(|| format!("{SOURCE}: a {kind} that is no table"))?;
            let slug = entry.get("slug").and_then(Value::as_str).unwrap_or("without a slug");
            let row = row(entry).map_err(|error| format!("{SOURCE}: the {kind} {slug}: {error}"))?;
            writeln!(code, "    {row},")?;
        }
        code.push_str("];\n");
    }
    Ok(code)
}

fn cable(entry: &Table) -> Result<String, Failure> {
    let link = if entry.contains_key("link") { variant(entry, "link", "LinkKind")? } else { "LinkKind::Serial".into() };
    let (slug, name, ids) = (text(entry, "slug")?, text(entry, "name")?, ids(entry)?);
    Ok(format!("CableRow {{ slug: {slug}, name: {name}, link: {link}, ids: {ids} }}"))
}

fn meter(entry: &Table) -> Result<String, Failure> {
    let fields = [
        ("slug", text(entry, "slug")?),
        ("names", texts(entry, "names")?),
        ("manufacturer", text(entry, "manufacturer")?),
        ("family", variant(entry, "family", "Family")?),
        ("driver", text(entry, "driver")?),
        ("link", variant(entry, "link", "LinkKind")?),
        ("ids", ids(entry)?),
        ("cables", texts(entry, "cables")?),
        ("cable_hint", text(entry, "cable_hint")?),
        ("instructions", texts(entry, "instructions")?),
        ("tells", tells(entry)?),
        ("memory", number(entry, "memory")),
        ("sold_since", number(entry, "sold_since")),
        ("range", range(entry)?),
        ("evidence", variant(entry, "evidence", "Evidence")?),
    ];
    let fields: Vec<String> = fields.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    Ok(format!("MeterRow {{ {} }}", fields.join(", ")))
}

fn unreadable(entry: &Table) -> Result<String, Failure> {
    let (slug, names, ids) = (text(entry, "slug")?, texts(entry, "names")?, ids(entry)?);
    let (manufacturer, family) = (text(entry, "manufacturer")?, variant(entry, "family", "Family")?);
    let reason = text(entry, "reason")?;
    Ok(format!(
        "UnreadableRow {{ slug: {slug}, names: {names}, manufacturer: {manufacturer}, family: {family}, ids: {ids}, \
         reason: {reason} }}"
    ))
}

/// A list, empty where there is none.
fn list<'a>(entry: &'a Table, field: &str) -> Result<&'a [Value], Failure> {
    match entry.get(field) {
        None => Ok(&[]),
        Some(list) => Ok(list.as_array().ok_or_else(|| format!("{field} is no list"))?),
    }
}

fn word<'a>(value: Option<&'a Value>, field: &str) -> Result<&'a str, Failure> {
    Ok(value.and_then(Value::as_str).ok_or_else(|| format!("{field} is no text"))?)
}

fn text(entry: &Table, field: &str) -> Result<String, Failure> {
    Ok(format!("{:?}", word(entry.get(field), field)?))
}

fn texts(entry: &Table, field: &str) -> Result<String, Failure> {
    let texts: Vec<&str> = list(entry, field)?.iter().map(|text| word(Some(text), field)).collect::<Result<_, _>>()?;
    Ok(format!("&{texts:?}"))
}

fn ids(entry: &Table) -> Result<String, Failure> {
    let mut ids = Vec::new();
    for id in list(entry, "ids")? {
        let (vendor, product) = word(Some(id), "ids")?.split_once(':').ok_or("a USB id has a colon")?;
        let (vendor, product) = (u16::from_str_radix(vendor, 16)?, u16::from_str_radix(product, 16)?);
        ids.push(format!("UsbId {{ vendor: {vendor:#06x}, product: {product:#06x} }}"));
    }
    Ok(format!("&[{}]", ids.join(", ")))
}

/// `two-sources` as `Evidence::TwoSources`.
fn variant(entry: &Table, field: &str, of: &str) -> Result<String, Failure> {
    let capital =
        |part: &str| part.chars().take(1).map(|c| c.to_ascii_uppercase()).chain(part.chars().skip(1)).collect();
    let parts: Vec<String> = word(entry.get(field), field)?.split('-').map(capital).collect();
    Ok(format!("{of}::{}", parts.concat()))
}

/// What a meter tells, and what it does not.
fn tells(entry: &Table) -> Result<String, Failure> {
    const ALL: [&str; 4] = ["clock", "unit", "meal", "control"];
    let told = list(entry, "tells")?.iter().map(|what| word(Some(what), "tells")).collect::<Result<Vec<_>, _>>()?;
    if let Some(unknown) = told.iter().find(|what| !ALL.contains(what)) {
        return Err(format!("no meter tells {unknown:?}").into());
    }
    let all = ALL.map(|what| format!("{what}: {}", told.contains(&what)));
    Ok(format!("Tells {{ {} }}", all.join(", ")))
}

fn number(entry: &Table, field: &str) -> String {
    entry.get(field).map_or_else(|| "None".to_owned(), |number| format!("Some({number})"))
}

fn range(entry: &Table) -> Result<String, Failure> {
    match list(entry, "range")? {
        [low, high] => Ok(format!("({low}, {high})")),
        _ => Err("a range goes from low to high".into()),
    }
}
