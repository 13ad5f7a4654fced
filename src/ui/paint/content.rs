//! The blocks of a step or an overlay, one below the other.

use super::columns::Columns;
use super::grid::GridPlan;
use super::rows::{Pen, Row, Sheet};
use super::{buttons, choices, curve, extras, facts, field, gauge, notice, qr_code, shares, strip, table, tabs};
use crate::ui::layout::share;
use crate::ui::scene::{Block, Choices, Curve, Grid, InputField, Strip, StripKind, Table};

/// A column is no narrower than a step on the usual terminal.
const COLUMN: usize = 78;

/// How the lists and tables among some blocks stand at a width: found once, however many heights are tried.
pub(crate) struct Arranged(Vec<Option<Standing>>);

enum Standing {
    List(choices::ListPlan),
    Table(Columns),
    Grid(GridPlan),
    Picture(Vec<Row>),
    Strip(SmallChart),
}

/// A strip as rows.
struct SmallChart {
    /// What it shows, for where there is room for it.
    caption: Vec<Row>,
    /// Whether a large chart shows the same where there is room for one.
    has_bars: bool,
    rows: Vec<Row>,
}

/// Finds it. The pen's width alone counts.
pub(crate) fn arrange(pen: &Pen<'_>, blocks: &[Block]) -> Arranged {
    let labels = strip::labels_of_marks(pen, blocks);
    let small = |block: &Strip| {
        let (caption, has_bars) = (strip::caption(pen, block), strip::has_bars(block));
        Some(Standing::Strip(SmallChart { caption, has_bars, rows: strip::rows(pen, block, labels)? }))
    };
    let standing = |block: &Block| match block {
        block if extras::is_extra(block) => None,
        Block::Choices(list) => Some(Standing::List(choices::plan(pen, list))),
        Block::Table(block) => Some(Standing::Table(table::arrange(pen, block))),
        Block::Grid(block) => Some(Standing::Grid(GridPlan::new(pen, block))),
        Block::QrCode { caption, text } => qr_code::rows(pen, caption, text).map(Standing::Picture),
        Block::Strip(block) => small(block),
        _ => None,
    };
    Arranged(blocks.iter().map(standing).collect())
}

/// What stands beside nothing else.
enum Part<'a> {
    /// A block that is as tall as it is.
    One(&'a Block),
    /// A list, in as many rows as it gets.
    List(&'a Choices, &'a choices::ListPlan),
    /// The same for a table.
    Table(&'a Table, &'a Columns),
    /// The same for days in rows.
    Grid(&'a Grid, &'a GridPlan),
    /// The same for curves.
    Curve(&'a Curve),
    /// A picture.
    Picture(&'a [Row]),
    /// A strip.
    Strip(&'a SmallChart),
    /// Two fields side by side, where rows are short.
    Pair(&'a InputField, &'a InputField),
}

/// What is to be put below the rest.
enum Ready<'a> {
    Drawn(Sheet),
    List(&'a Choices, &'a choices::ListPlan),
    Table(&'a Table, &'a Columns),
    Grid(&'a Grid, &'a GridPlan),
    Curve(&'a Curve),
}

/// The blocks as rows, as they were arranged for this width. Lists and tables share what is left of `height`; if even
/// the least of all is more than that, there are more rows than `height`. A picture is there as a whole, or left out,
/// the last before the others. Where all have room, what is drawn only then is below them, and what a picture shows
/// stands above it.
pub(crate) fn rows(pen: &Pen<'_>, blocks: &[Block], arranged: &Arranged, height: usize) -> Sheet {
    let (main, more) = blocks.split_at(extras::begin(blocks));
    let laid = |captions, more| laid(pen, (main, more), arranged, Sought { captions, height });
    let least = laid(Captions::None, &[]);
    let without_more = |sheet: Sheet| Sheet { unseen: sheet.unseen + more.len(), ..sheet };
    let has_charts = main.iter().any(|block| matches!(block, Block::Strip(strip) if strip.kind == StripKind::Chart));
    if extras::stand_beside(pen, more) {
        let columns =
            [Captions::WithoutBars, Captions::None].into_iter().filter(|_| pen.width / 2 >= COLUMN && !pen.tight);
        let is_all = |sheet: &Sheet| sheet.rows.len() <= height && sheet.unseen == 0 && sheet.leaves_out == 0;
        if let Some(sheet) = columns.map(|captions| laid(captions, more)).find(is_all) {
            return sheet;
        }
        let sought = Sought { captions: Captions::None, height };
        let with_charts =
            (extras::need(pen, more, height) > 0).then(|| above_more(pen, (main, more), arranged, sought));
        // Numbers that are told elsewhere may give way to them, nothing else.
        let is_number = |block: &&Block| matches!(block, Block::Strip(strip) if strip.kind == StripKind::Numbers);
        let numbers = main.iter().filter(is_number).count();
        let have_room = with_charts.filter(|sheet| sheet.rows.len() <= height && sheet.leaves_out <= numbers);
        // Without them more is left out than with them: a screen with less air may have room.
        let without_charts = |sheet: Sheet| Sheet { leaves_out: sheet.leaves_out + numbers + more.len(), ..sheet };
        return have_room.unwrap_or_else(|| without_charts(without_more(least)));
    }
    // What is too wide for this window is no reason to leave out what has room.
    if least.leaves_out > 0 || least.rows.len() >= height || (!has_charts && more.is_empty()) {
        return without_more(least);
    }
    // Where no row is free between blocks there is none for what says nothing new.
    let with_more = [Captions::WithoutBars, Captions::None].into_iter().filter(|_| !pen.tight && !more.is_empty());
    let without = [Captions::All, Captions::WithoutBars].into_iter().map(|captions| without_more(laid(captions, &[])));
    let tried = with_more.map(|captions| laid(captions, more)).chain(without);
    // As much as can be; of two with as much the first.
    let fitting = tried.filter(|sheet| sheet.rows.len() <= height && sheet.leaves_out == 0);
    fitting.min_by_key(|sheet| sheet.unseen).unwrap_or_else(|| without_more(least))
}

/// Above which pictures it stands what they show.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Captions {
    None,
    All,
    /// Those of bars have it below the large chart.
    WithoutBars,
}

/// How the blocks are to be laid out.
#[derive(Clone, Copy)]
struct Sought {
    /// Which pictures have above them what they show.
    captions: Captions,
    /// The rows that there are.
    height: usize,
}

/// Some blocks, and those that are drawn only where there is room for them too.
fn laid(pen: &Pen<'_>, (main, more): (&[Block], &[Block]), arranged: &Arranged, sought: Sought) -> Sheet {
    if let Some(sheet) = in_two_columns(pen, (main, more), sought) {
        return sheet;
    }
    above_more(pen, (main, more), arranged, sought)
}

/// Some blocks in one column, and those that are drawn only where there is room for them too below.
fn above_more(pen: &Pen<'_>, (main, more): (&[Block], &[Block]), arranged: &Arranged, sought: Sought) -> Sheet {
    let kept = extras::need(pen, more, sought.height);
    let mut sheet = in_one_column(pen, main, arranged, Sought { height: sought.height - kept, ..sought });
    let left = if kept > 0 { sought.height.saturating_sub(sheet.rows.len()) } else { 0 };
    sheet.append(extras::rows(pen, more, left));
    sheet
}

/// Numbers and pictures on the left and the numbers behind them on the right, where the step is as wide as two usual
/// terminals: who looks at it sees more at once, and not the same with half of the screen empty. Of two large charts
/// the first stands on the right.
fn in_two_columns(pen: &Pen<'_>, (blocks, more): (&[Block], &[Block]), sought: Sought) -> Option<Sheet> {
    let half = pen.width / 2;
    let begin = blocks.iter().position(|block| matches!(block, Block::Facts { .. } | Block::Shares { .. }))?;
    let is_numbers = |block: &Block| matches!(block, Block::Strip(strip) if strip.kind == StripKind::Numbers);
    let split = blocks.iter().position(is_numbers)?;
    let right = blocks.get(split..).filter(|right| right.iter().all(|block| matches!(block, Block::Strip(_))))?;
    if half < COLUMN || split < begin {
        return None;
    }
    let (above, left) = blocks.get(..split)?.split_at(begin);
    let column = |pen: &Pen<'_>, blocks: &[Block], more: &[Block], height: usize| {
        above_more(pen, (blocks, more), &arrange(pen, blocks), Sought { height, ..sought })
    };
    let mut all = column(pen, above, &[], sought.height);
    if !pen.tight && !above.is_empty() {
        all.rows.push(Row::default());
    }
    let (pen, rest) = (Pen { width: half, ..*pen }, sought.height.saturating_sub(all.rows.len()));
    let (first, others) = more.split_at(more.len().min(1));
    let (left, right) = (column(&pen, left, others, rest), column(&pen, right, first, rest));
    let (leaves_out, unseen) = (left.leaves_out + right.leaves_out, left.unseen + right.unseen);
    all.append(Sheet { leaves_out, unseen, ..left.beside(right, half) });
    Some(all)
}

fn in_one_column(pen: &Pen<'_>, blocks: &[Block], arranged: &Arranged, sought: Sought) -> Sheet {
    let is_picture = |one: &&Option<Standing>| matches!(one, Some(Standing::Picture(_) | Standing::Strip(_)));
    let pictures = arranged.0.iter().take(blocks.len()).filter(is_picture).count();
    let strips = blocks.iter().filter(|block| matches!(block, Block::Strip(_))).count();
    let drawn = arranged.0.iter().take(blocks.len()).filter(|one| matches!(one, Some(Standing::Strip(_)))).count();
    let mut leaves_out = 0;
    loop {
        let sheet = laid_out(pen, blocks, arranged, sought, pictures - leaves_out);
        if sheet.rows.len() <= sought.height || leaves_out == pictures {
            // A code for a camera says nothing that is missed.
            return Sheet { leaves_out, unseen: strips - drawn + leaves_out.min(drawn), ..sheet };
        }
        leaves_out += 1;
    }
}

fn laid_out(
    pen: &Pen<'_>,
    blocks: &[Block],
    arranged: &Arranged,
    Sought { captions, height }: Sought,
    pictures: usize,
) -> Sheet {
    let fields = blocks.iter().filter_map(|block| if let Block::Field(field) = block { Some(field) } else { None });
    let labels = field::label_width(fields);
    let mut parts = parts(pen, blocks, arranged);
    let mut left = pictures;
    parts.retain(|part| {
        let is_picture = matches!(part, Part::Picture(_) | Part::Strip(_));
        let stays = !is_picture || left > 0;
        left -= usize::from(is_picture && stays);
        stays
    });
    let gaps = gaps(pen, &parts);
    let room = height.saturating_sub(gaps.iter().sum());
    let (wants, ready): (Vec<_>, Vec<_>) = parts.iter().map(|part| ready(pen, part, labels, captions)).unzip();
    let mut all = Sheet::default();
    for ((part, gap), height) in ready.into_iter().zip(gaps).zip(share(room, &wants)) {
        all.append(Sheet::from(vec![Row::default(); gap]));
        all.append(match part {
            Ready::Drawn(sheet) => sheet,
            Ready::List(list, plan) => choices::rows(pen, list, plan, height),
            Ready::Table(table, columns) => table::rows(pen, table, columns, height),
            Ready::Grid(grid, plan) => plan.rows(pen, grid, height),
            Ready::Curve(curve) => curve::rows(pen, curve, height).into(),
        });
    }
    all
}

/// The fewest rows a part needs and as many as it can fill, and what is to be drawn in them.
fn ready<'a>(pen: &Pen<'_>, part: &Part<'a>, labels: usize, captions: Captions) -> ((usize, usize), Ready<'a>) {
    let sheet = match *part {
        Part::List(list, plan) => return (choices::need(pen, list, plan), Ready::List(list, plan)),
        Part::Table(table, columns) => return (table::need(pen, table, columns), Ready::Table(table, columns)),
        Part::Grid(grid, plan) => return (plan.need(pen, grid), Ready::Grid(grid, plan)),
        Part::Curve(curve) => return (curve::need(pen, curve), Ready::Curve(curve)),
        Part::Picture(picture) => Sheet::from(picture.to_vec()),
        Part::Strip(SmallChart { caption, has_bars, rows }) => {
            let is_said = captions == Captions::All || (captions == Captions::WithoutBars && !has_bars);
            let caption: &[Row] = if is_said { caption } else { &[] };
            Sheet::from([caption, rows].concat())
        }
        Part::One(block) => one(pen, block, labels),
        Part::Pair(left, right) => field::pair(pen, left, right),
    };
    let rows = sheet.rows.len();
    ((rows, rows), Ready::Drawn(sheet))
}

fn parts<'a>(pen: &Pen<'_>, blocks: &'a [Block], arranged: &'a Arranged) -> Vec<Part<'a>> {
    let beside = pen.tight && pen.room() >= field::ROOM_FOR_TWO;
    let mut parts = Vec::new();
    let mut standing = arranged.0.iter();
    let mut rest = blocks;
    while let [first, below @ ..] = rest {
        let stands = standing.next().and_then(Option::as_ref);
        if let (true, [Block::Field(left), Block::Field(right), after @ ..]) = (beside, rest) {
            parts.push(Part::Pair(left, right));
            // The second of the pair has its place among them too.
            standing.next();
            rest = after;
            continue;
        }
        parts.push(match (first, stands) {
            (Block::Choices(list), Some(Standing::List(plan))) => Part::List(list, plan),
            (Block::Table(table), Some(Standing::Table(columns))) => Part::Table(table, columns),
            (Block::Grid(grid), Some(Standing::Grid(plan))) => Part::Grid(grid, plan),
            (Block::Curve(curve), _) => Part::Curve(curve),
            (Block::QrCode { .. }, Some(Standing::Picture(picture))) => Part::Picture(picture),
            (Block::Strip(_), Some(Standing::Strip(chart))) => Part::Strip(chart),
            // It cannot be drawn here.
            (Block::QrCode { .. } | Block::Strip(_), _) => {
                rest = below;
                continue;
            }
            _ => Part::One(first),
        });
        rest = below;
    }
    parts
}

/// Free rows above each part: none above the first and between things of a kind that belong together.
fn gaps(pen: &Pen<'_>, parts: &[Part<'_>]) -> Vec<usize> {
    let between = |above: &Part<'_>, below: &Part<'_>| {
        let together = matches!(
            (above, below),
            (Part::One(Block::Field(_)), Part::One(Block::Field(_)))
                | (Part::One(Block::Notice { .. }), Part::One(Block::Notice { .. }))
                // Where rows are spared and where not, what is below the tabs stands at one place.
                | (Part::One(Block::Tabs(_)), _)
        );
        usize::from(!together && !pen.tight)
    };
    let pairs = parts.iter().zip(parts.iter().skip(1));
    std::iter::once(0).chain(pairs.map(|(above, below)| between(above, below))).collect()
}

fn one(pen: &Pen<'_>, block: &Block, labels: usize) -> Sheet {
    match block {
        Block::Text { role, text } | Block::Notice { role, text } => notice::rows(pen, *role, text).into(),
        Block::Facts { title, facts } => facts::rows(pen, title, facts).into(),
        Block::Field(field) => field::rows(pen, field, labels),
        Block::Buttons { buttons } => buttons::rows(pen, buttons),
        Block::Gauge { label, done, of } => gauge::rows(pen, label, *done, *of).into(),
        Block::Problem { what, remedy, code } => notice::problem(pen, what, remedy, code).into(),
        Block::Shares { shares } => shares::rows(pen, shares).into(),
        Block::Tabs(block) => tabs::rows(pen, block).into(),
        // These are arranged before.
        Block::Choices(_)
        | Block::Table(_)
        | Block::Grid(_)
        | Block::Curve(_)
        | Block::Strip(_)
        | Block::QrCode { .. } => Sheet::default(),
    }
}
