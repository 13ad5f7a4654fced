//! Pages as parts that stand somewhere: what is drawn, before anybody draws it.

use super::face::PageFace;

/// What a mark on a page is coloured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shade {
    /// Text.
    Ink,
    /// Labels and lesser text.
    Pale,
    /// Lines and frames.
    Rule,
    /// Below 54 mg/dL, and whatever else is urgent.
    VeryLow,
    /// 54 to 69 mg/dL.
    Low,
    /// 70 to 180 mg/dL.
    Target,
    /// 181 to 250 mg/dL.
    High,
    /// Above 250 mg/dL.
    VeryHigh,
    /// The target behind curves.
    TargetBand,
    /// 5 to 95 %.
    Tails,
    /// 25 to 75 %.
    Quartiles,
    /// The median.
    Median,
}

/// Something drawn. Points are counted from the upper left corner of the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SheetMark {
    /// A line of text on its base line.
    Words { at: (f32, f32), size: f32, shade: Shade, text: String },
    /// A filled area.
    Area { points: Vec<(f32, f32)>, shade: Shade },
    /// A line through points.
    Line { points: Vec<(f32, f32)>, shade: Shade, width: f32 },
}

/// What a part is to whoever listens to the document (ISO 32000-1, 14.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartRole {
    /// The title of the document.
    Title,
    /// A heading within it.
    Heading,
    /// A paragraph.
    Paragraph,
    /// A picture, with what it shows in words.
    Figure(String),
    /// What stands on every page and is not said again.
    EveryPage,
}

/// What belongs together on one page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SheetPart {
    pub(super) role: PartRole,
    pub(super) page: usize,
    pub(super) marks: Vec<SheetMark>,
}

/// From the edge of the paper to what is printed, in points: printers leave out less than half of it.
pub(super) const MARGIN: f32 = 42.0;

/// What stands at the foot of a page needs so much above the margin, and its further lines are in it.
const FOOT: f32 = 20.0;

/// How much higher a line of text is than its letters.
const LEADING: f32 = 1.35;

/// Sets parts one below the other, on as many pages as they need.
pub(super) struct Setter<'a> {
    pub(super) face: &'a PageFace<'a>,
    /// Width and height of the paper, in points.
    pub(super) paper: (f32, f32),
    /// What stands on top of each page but the first.
    running: String,
    pub(super) parts: Vec<SheetPart>,
    pub(super) page: usize,
    /// How far down the page is filled.
    pub(super) y: f32,
}

impl<'a> Setter<'a> {
    pub(super) fn new(face: &'a PageFace<'a>, paper: (f32, f32), running: String) -> Self {
        Self { face, paper, running, parts: Vec::new(), page: 0, y: MARGIN }
    }

    /// The width between the margins.
    pub(super) fn width(&self) -> f32 {
        self.paper.0 - 2.0 * MARGIN
    }

    /// How much of the page is left.
    pub(super) fn left(&self) -> f32 {
        self.paper.1 - MARGIN - FOOT - self.y
    }

    /// The height of so many lines.
    pub(super) fn height(size: f32, lines: usize) -> f32 {
        size * LEADING * f32::from(u16::try_from(lines).unwrap_or(u16::MAX))
    }

    /// Begins a new page unless so much is left.
    pub(super) fn need(&mut self, height: f32) {
        if self.left() >= height {
            return;
        }
        self.page += 1;
        self.y = MARGIN;
        let (text, size) = (self.running.clone(), 8.0);
        let lines = self.face.lines(&text, size, self.width());
        let mut marks = Vec::new();
        self.set(&lines, MARGIN, size, Shade::Pale, &mut marks);
        self.parts.push(SheetPart { role: PartRole::EveryPage, page: self.page, marks });
        self.space(6.0);
    }

    /// Leaves room.
    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// Sets lines one below the other.
    pub(super) fn set(&mut self, lines: &[String], x: f32, size: f32, shade: Shade, marks: &mut Vec<SheetMark>) {
        for line in lines {
            self.y += size * LEADING;
            let at = (x, self.y - size * (LEADING - 1.0));
            marks.push(SheetMark::Words { at, size, shade, text: line.clone() });
        }
    }

    /// Sets a paragraph over the whole width.
    pub(super) fn paragraph(&mut self, role: PartRole, text: &str, size: f32, shade: Shade) {
        let lines = self.face.lines(&self.face.drawable(text), size, self.width());
        self.need(Self::height(size, lines.len()));
        let mut marks = Vec::new();
        self.set(&lines, MARGIN, size, shade, &mut marks);
        self.parts.push(SheetPart { role, page: self.page, marks });
    }

    /// Sets cells side by side, each in its column; gives the lines of the highest.
    pub(super) fn row(&mut self, columns: &[(f32, f32)], cells: &[(String, Shade)], size: f32) {
        let wrapped: Vec<Vec<String>> = cells
            .iter()
            .zip(columns)
            .map(|((text, _), (_, width))| self.face.lines(&self.face.drawable(text), size, *width))
            .collect();
        let highest = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        self.need(Self::height(size, highest));
        let (top, mut marks) = (self.y, Vec::new());
        for ((lines, (x, _)), (_, shade)) in wrapped.iter().zip(columns).zip(cells) {
            self.y = top;
            self.set(lines, MARGIN + x, size, *shade, &mut marks);
        }
        self.y = top + Self::height(size, highest);
        self.parts.push(SheetPart { role: PartRole::Paragraph, page: self.page, marks });
    }

    /// Sets what stands at the foot of every page: on the left, and on the right the page of how many.
    pub(super) fn feet(&mut self, left: &str, right: impl Fn(usize, usize) -> String) {
        let (size, pages) = (7.5, self.page + 1);
        let y = self.paper.1 - MARGIN;
        for page in 0..pages {
            let number = right(page + 1, pages);
            let x = self.paper.0 - MARGIN - self.face.width(&number, size);
            let words = |at, text| SheetMark::Words { at, size, shade: Shade::Pale, text };
            let mut marks = vec![words((x, y), number)];
            // The names of a user and a clinic may be long: they go on below, in the lower half of the margin never.
            let lines = self.face.lines(&self.face.drawable(left), size, x - MARGIN - 2.0 * size);
            let at = |line: usize| (MARGIN, y + Self::height(size, line));
            marks.extend(lines.into_iter().enumerate().map(|(line, text)| words(at(line), text)));
            self.parts.push(SheetPart { role: PartRole::EveryPage, page, marks });
        }
    }
}
