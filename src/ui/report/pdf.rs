//! An export as pages to print (PDF, ISO 32000): the numbers and pictures of the dashboard, what recurs, and the days.
//!
//! One to two pages. It is tagged, so that a screen reader reads it in order and says what a picture shows; its fonts
//! are in it. A person whose name no font has is named by their number, and it is said so: nobody is to be taken for
//! another one by what is left of a name.

mod face;
mod figures;
mod sheet;

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Tag, TagGroup, TagKind, TagTree};
use krilla::text::TextDirection;

pub use self::face::draws_letter;
use self::face::{PageFace, PlacedRun};
use self::figures::StripWidths;
use self::sheet::{PartRole, Setter, Shade, SheetMark, SheetPart};
use crate::domain::font_file::FontFile;
use crate::domain::report::RecordReport;
use crate::domain::report_kind::Paper;
use crate::domain::words::key;
use crate::ui::linear::sentences;
use crate::ui::scene::{Block, TextRole};
use crate::ui::view::{self, SaidReport};
use crate::ui::words::Words;

/// The size of most text, in points: smaller is not read easily on paper.
const SIZE: f32 = 9.0;

/// The second page is the last: what is longer is no report but a list, for which there is a table.
const LAST_PAGE: usize = 1;

/// What stands beside the values of facts: their labels, so wide in points.
const LABELS: f32 = 78.0;

/// The columns of the patterns, in points.
const PATTERNS: [f32; 3] = [150.0, 90.0, 260.0];

/// A column of a table of numbers, in points: seven of them stand on either paper.
const NUMBERS: f32 = 72.0;

/// The pages could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the pages could not be made")]
pub struct ReportPdfError;

/// The letters of names in a report that the embedded font does not have: for each of them a font is wanted.
#[must_use]
pub fn letters_wanted(report: &RecordReport) -> BTreeSet<char> {
    let Some(face) = PageFace::with(&[]) else { return BTreeSet::new() };
    let texts = names(report);
    texts.iter().flat_map(|text| text.chars()).filter(|c| !face.draws(c.encode_utf8(&mut [0; 4]))).collect()
}

/// What people and other systems wrote of what stands on the pages: the name and the number, who made it and where.
fn names(report: &RecordReport) -> [String; 4] {
    let patient = &report.dashboard.patient;
    let made = &report.made;
    [patient.full_name(), patient.main_identifier(), made.user.to_string(), made.site.to_string()]
}

/// The report on this paper; what the embedded font does not have is drawn with these.
///
/// # Errors
/// [`ReportPdfError`]: the embedded font cannot be read, or the pages cannot be written down.
pub fn report_pdf(
    report: &RecordReport,
    words: &Words,
    paper: Paper,
    fonts: &[FontFile],
) -> Result<Vec<u8>, ReportPdfError> {
    let face = PageFace::with(fonts).ok_or(ReportPdfError)?;
    let said = said(report, words, &face);
    let parts = set(report, &said, words, &face, paper);
    drawn(report, &said, &parts, (paper, &face))
}

/// The same; where it cannot be made with these fonts, with the embedded one alone: a damaged font of a computer must
/// not keep a record from being printed, and who it is is said by their number then.
///
/// # Errors
/// [`ReportPdfError`].
pub fn report_pdf_anyway(
    report: &RecordReport,
    words: &Words,
    paper: Paper,
    fonts: &[FontFile],
) -> Result<Vec<u8>, ReportPdfError> {
    or_without(fonts, |fonts| report_pdf(report, words, paper, fonts))
}

/// What is made with these fonts, or without any.
fn or_without<T>(
    fonts: &[FontFile],
    make: impl Fn(&[FontFile]) -> Result<T, ReportPdfError>,
) -> Result<T, ReportPdfError> {
    make(fonts).or_else(|error| if fonts.is_empty() { Err(error) } else { make(&[]) })
}

/// What the pages say: a name that cannot be drawn is left out whole, and the person is named by their number, if they
/// have any.
fn said(report: &RecordReport, words: &Words, face: &PageFace<'_>) -> SaidReport {
    let mut said = view::said(report, words);
    if is_known_by_number(report, face)
        && let Some(person) = said.head.first_mut()
    {
        *person = view::known_by_number(report, words);
    }
    said
}

/// Whether their name cannot be drawn, and a number says who they are.
fn is_known_by_number(report: &RecordReport, face: &PageFace<'_>) -> bool {
    let patient = &report.dashboard.patient;
    !face.draws(&patient.full_name()) && !patient.main_identifier().is_empty()
}

/// All parts, each where it stands.
fn set(report: &RecordReport, said: &SaidReport, words: &Words, face: &PageFace<'_>, paper: Paper) -> Vec<SheetPart> {
    let training = report.made.purpose.is_training().then(|| words.text(key::STORE_TRAINING));
    let person = said.head.first().map(|block| sentences(block).concat()).unwrap_or_default();
    // On each further page: a sheet that is parted from the first still says whose it is, or that it is of no
    // patient.
    let running = training.iter().chain([&person]).map(String::as_str).collect::<Vec<_>>().join(" ");
    let mut setter = Setter::new(face, paper.size(), face.drawable(&running));
    let setter = &mut setter;
    if let Some(training) = &training {
        setter.paragraph(PartRole::Paragraph, training, SIZE, Shade::VeryLow);
    }
    setter.paragraph(PartRole::Title, &said.title, 15.0, Shade::Ink);
    for (place, block) in said.head.iter().enumerate() {
        let size = if place == 0 { 12.0 } else { SIZE };
        for line in sentences(block) {
            setter.paragraph(PartRole::Paragraph, &line, size, shade_of(block));
        }
    }
    if is_known_by_number(report, face) {
        setter.paragraph(PartRole::Paragraph, &words.text(key::REPORT_NAME_NOT_DRAWN), SIZE, Shade::VeryLow);
    }
    if !(face.draws(&person) && face.draws(&said.made)) {
        setter.paragraph(PartRole::Paragraph, &words.text(key::REPORT_NOT_DRAWN), SIZE, Shade::Ink);
    }
    setter.space(6.0);
    let of_marks = StripWidths::of_marks(setter, &said.overview);
    for (place, block) in said.overview.iter().enumerate() {
        block_set(setter, block, of_marks);
        // The picture of the whole stands behind the ranges, before the small charts.
        if place == 1 && matches!(block, Block::Shares { .. }) {
            setter.space(6.0);
            block_set(setter, &said.standard_day, of_marks);
            setter.space(6.0);
        }
    }
    setter.space(4.0);
    for block in &said.patterns {
        if !matches!(block, Block::Text { .. }) {
            block_set(setter, block, of_marks);
        }
    }
    setter.space(6.0);
    for block in &said.numbers {
        block_set(setter, block, of_marks);
    }
    days(setter, said, words);
    setter.feet(&said.made, |page, pages| {
        words.filled(key::REPORT_PAGE, &[("page", page.into()), ("pages", pages.into())])
    });
    std::mem::take(&mut setter.parts)
}

/// The days, as many as have room; how many have none is said.
fn days(setter: &mut Setter<'_>, said: &SaidReport, words: &Words) {
    if said.days.is_empty() {
        return;
    }
    setter.space(6.0);
    // No heading stands alone at the foot of a page: the beginning of what it is for goes with it.
    setter.need(3.0 * Setter::height(SIZE, 1));
    setter.paragraph(PartRole::Heading, &said.days_title, 11.0, Shade::Ink);
    let size = 8.0;
    // For the sentence that says how many days have no room.
    let reserved = Setter::height(size, 2);
    // The last come first: what has no room is furthest back.
    for (place, day) in said.days.iter().rev().enumerate() {
        let lines = setter.face.lines(&setter.face.drawable(&day.said), size, setter.width()).len();
        if setter.page >= LAST_PAGE && setter.left() < Setter::height(size, lines) + reserved {
            let left = said.days.len().saturating_sub(place);
            let text = words.filled(key::REPORT_DAYS_LEFT, &[("count", left.into())]);
            setter.paragraph(PartRole::Paragraph, &text, size, Shade::Ink);
            return;
        }
        setter.paragraph(PartRole::Paragraph, &day.said, size, Shade::Ink);
    }
}

const fn shade_of(block: &Block) -> Shade {
    match block {
        Block::Notice { role: TextRole::Problem | TextRole::Warning, .. } => Shade::VeryLow,
        _ => Shade::Ink,
    }
}

/// Where each column of a table begins, and how wide its text may be: the patterns say themselves what they are, and
/// have more to say in some than in others.
fn columns(head: &[String]) -> Vec<(f32, f32)> {
    let widths = if head.len() == PATTERNS.len() { PATTERNS.to_vec() } else { vec![NUMBERS; head.len()] };
    let mut x = 0.0;
    let placed = widths.into_iter().map(|width| {
        x += width;
        (x - width, width - 8.0)
    });
    placed.collect()
}

fn block_set(setter: &mut Setter<'_>, block: &Block, of_marks: StripWidths) {
    match block {
        Block::Facts { facts, .. } => {
            let columns = [(0.0, LABELS), (LABELS, setter.width() - LABELS)];
            for fact in facts {
                setter.row(&columns, &[(fact.label.clone(), Shade::Pale), (fact.value.clone(), Shade::Ink)], SIZE);
            }
            setter.space(4.0);
        }
        Block::Shares { shares } => figures::shares(setter, shares, sentences(block).join(". ")),
        Block::Strip(strip) => figures::strip(setter, strip, of_marks),
        Block::Curve(curve) => figures::curve(setter, curve),
        Block::Table(table) => {
            let columns = columns(&table.head);
            // As a whole: what goes on over a page is read as two.
            let lines = table.rows.iter().map(|(_, cells)| {
                let cells = cells.iter().zip(&columns);
                cells.map(|(cell, (_, width))| setter.face.lines(cell, SIZE, *width).len()).max().unwrap_or(1).max(1)
            });
            setter.need(Setter::height(SIZE, lines.sum::<usize>() + 1) + Setter::height(11.0, 1));
            setter.paragraph(PartRole::Heading, &table.title, 11.0, Shade::Ink);
            if table.head.len() > PATTERNS.len() {
                let head: Vec<(String, Shade)> = table.head.iter().map(|cell| (cell.clone(), Shade::Pale)).collect();
                setter.row(&columns, &head, SIZE);
            }
            for (_, cells) in &table.rows {
                let cells: Vec<(String, Shade)> = cells.iter().map(|cell| (cell.clone(), Shade::Ink)).collect();
                setter.row(&columns, &cells, SIZE);
            }
        }
        block => {
            for line in sentences(block) {
                setter.paragraph(PartRole::Paragraph, &line, SIZE, shade_of(block));
            }
        }
    }
}

fn drawn(
    report: &RecordReport,
    said: &SaidReport,
    parts: &[SheetPart],
    (paper, face): (Paper, &PageFace<'_>),
) -> Result<Vec<u8>, ReportPdfError> {
    let (width, height) = paper.size();
    let settings = PageSettings::from_wh(width, height).ok_or(ReportPdfError)?;
    let mut document = Document::new();
    let mut groups = Vec::new();
    let pages = parts.iter().map(|part| part.page).max().unwrap_or(0) + 1;
    for number in 0..pages {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        for part in parts.iter().filter(|part| part.page == number) {
            let tag: TagKind = match &part.role {
                PartRole::Title => Tag::Hn(NonZeroU16::MIN, None).into(),
                PartRole::Heading => Tag::Hn(NonZeroU16::MIN.saturating_add(1), None).into(),
                PartRole::Paragraph => Tag::P.into(),
                PartRole::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
                PartRole::EveryPage => {
                    let artifact = Artifact::with_kind(ArtifactType::PaginationOther);
                    surface.start_tagged(ContentTag::Artifact(artifact));
                    draw_all(&mut surface, &part.marks, face);
                    surface.end_tagged();
                    continue;
                }
            };
            let content = surface.start_tagged(ContentTag::Other);
            draw_all(&mut surface, &part.marks, face);
            surface.end_tagged();
            let mut group = TagGroup::new(tag);
            group.push(content);
            groups.push(group);
        }
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    for group in groups {
        tree.push(group);
    }
    document.set_tag_tree(tree);
    document.set_metadata(metadata(report, said));
    document.finish().map_err(|_| ReportPdfError)
}

/// The title says nothing of the person: it stands in the window's bar and in lists.
fn metadata(report: &RecordReport, said: &SaidReport) -> Metadata {
    let at = &report.made.at;
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let offset = at.offset().seconds() / 60;
    let made = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(i8::try_from(offset / 60).unwrap_or_default())
        .utc_offset_minute(u8::try_from((offset % 60).unsigned_abs()).unwrap_or_default());
    Metadata::new()
        .title(said.title.clone())
        .language("en".to_owned())
        .creator(format!("glucodock {}", report.made.version))
        .creation_date(made)
}

/// Red, green and blue of each shade, told apart also without colour by how dark they are.
fn colour(shade: Shade) -> rgb::Color {
    match shade {
        Shade::Ink => rgb::Color::new(20, 24, 32),
        Shade::Pale => rgb::Color::new(96, 104, 116),
        Shade::Rule => rgb::Color::new(190, 196, 204),
        Shade::VeryLow => rgb::Color::new(150, 20, 30),
        Shade::Low => rgb::Color::new(224, 110, 90),
        Shade::Target => rgb::Color::new(64, 150, 90),
        Shade::High => rgb::Color::new(240, 190, 80),
        Shade::VeryHigh => rgb::Color::new(176, 100, 10),
        Shade::TargetBand => rgb::Color::new(232, 244, 236),
        Shade::Tails => rgb::Color::new(196, 214, 236),
        Shade::Quartiles => rgb::Color::new(132, 168, 214),
        Shade::Median => rgb::Color::new(16, 60, 120),
    }
}

fn draw_all(surface: &mut Surface<'_>, marks: &[SheetMark], face: &PageFace<'_>) {
    for mark in marks {
        draw(surface, mark, face);
    }
}

fn draw(surface: &mut Surface<'_>, mark: &SheetMark, face: &PageFace<'_>) {
    let fill = |shade| Fill { paint: colour(shade).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero };
    match mark {
        SheetMark::Words { at: (x, y), size, shade, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*shade)));
            for PlacedRun { x, run, font } in face.placed(text, *x, *size) {
                let direction =
                    if run.is_right_to_left { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
                surface.draw_text(Point::from_xy(x, *y), font.clone(), *size, run.text, false, direction);
            }
        }
        SheetMark::Area { points, shade } => {
            if let Some(path) = path(points, true) {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(*shade)));
                surface.draw_path(&path);
            }
        }
        SheetMark::Line { points, shade, width } => {
            if let Some(path) = path(points, false) {
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke { paint: colour(*shade).into(), width: *width, ..Stroke::default() }));
                surface.draw_path(&path);
            }
        }
    }
}

fn path(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let (first, others) = points.split_first()?;
    builder.move_to(first.0, first.1);
    for (x, y) in others {
        builder.line_to(*x, *y);
    }
    if closed {
        builder.close();
    }
    builder.finish()
}

#[cfg(test)]
mod tests;
