//! Where the parts of a screen stand: header, step, device panel, remark and hints.

use ratatui::layout::Rect;

/// Columns and rows of the smallest screen: the smallest on which every step shows all that must be seen. Measured by
/// `tests/app/wizard_screens/seen.rs`.
pub const LEAST: (u16, u16) = (71, 23);

/// From this width on, the device panel stands beside the step.
const COLUMNS_FOR_SIDE: u16 = 100;
/// The same of a step that has something for every column: beside the panel it still has two columns of its own, each
/// as wide as a step on the usual terminal.
const COLUMNS_FOR_SIDE_OF_WIDE: u16 = 196;
/// Columns kept free at the right edge.
const MARGIN: u16 = 2;
/// Rows of the header: site and user, then the trail.
const HEADER: u16 = 2;

/// How much of the empty space is kept. Steps with much to say spare it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Air {
    /// Lines between the parts, a free row below the instruction and between blocks.
    Full,
    /// No free row below the instruction.
    NoGapAboveContent,
    /// No free rows between blocks either.
    NoGaps,
    /// No lines between the parts and no unused line in the device panel either.
    None,
    /// The same, of a table that can be scrolled a single row, and of the device panel one line.
    OneRow,
    /// The same without a row for a remark that is not there: for a picture, which may go when one comes.
    NoFreeRemark,
    /// The same without the device panel, and with a row for the remark only if there is one: a step that does not fit
    /// leads nowhere, and what is plugged in is told again by the next.
    StepAlone,
}

impl Air {
    /// From the most to the least.
    pub(crate) const ALL: [Self; 7] = [
        Self::Full,
        Self::NoGapAboveContent,
        Self::NoGaps,
        Self::None,
        Self::OneRow,
        Self::NoFreeRemark,
        Self::StepAlone,
    ];

    /// Whether there are lines between the parts.
    const fn has_lines(self) -> bool {
        !matches!(self, Self::None | Self::OneRow | Self::NoFreeRemark | Self::StepAlone)
    }

    /// Whether a table that can be scrolled is content with a single row.
    pub(crate) const fn is_sparing(self) -> bool {
        matches!(self, Self::OneRow | Self::NoFreeRemark | Self::StepAlone)
    }

    /// Whether blocks have a free row between them.
    pub(crate) const fn between_blocks(self) -> bool {
        matches!(self, Self::Full | Self::NoGapAboveContent)
    }
}

/// Where the parts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Areas {
    /// Site and user, then the trail.
    pub(crate) header: Rect,
    /// The line below the header.
    pub(crate) rule: Rect,
    /// Heading and instruction.
    pub(crate) heading: Rect,
    /// The blocks.
    pub(crate) content: Rect,
    /// The line between step and device panel: upright beside it, level above it.
    pub(crate) divider: Rect,
    /// The device panel.
    pub(crate) panel: Rect,
    /// The remark.
    pub(crate) remark: Rect,
    /// The keys.
    pub(crate) hints: Rect,
}

/// Rows that the parts around the blocks need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    /// Whether the trail and the lines about it give way, and the device panel does not stand beside the step before
    /// there is much room.
    pub(crate) is_wide: bool,
    /// Heading and instruction.
    pub(crate) heading: u16,
    /// The keys.
    pub(crate) hints: u16,
    /// The remark; a row is kept free for one while there is room.
    pub(crate) remark: u16,
    /// The device panel below the step: where there is room, where free rows are spared, where lines are, and at least.
    pub(crate) strip: [u16; 4],
}

/// Whether the device panel stands beside the step, or below it.
pub(crate) const fn has_side(area: Rect, is_wide: bool) -> bool {
    area.width >= if is_wide { COLUMNS_FOR_SIDE_OF_WIDE } else { COLUMNS_FOR_SIDE }
}

/// Columns of the step, with its gutter.
pub(crate) fn step_width(area: Rect, is_wide: bool) -> u16 {
    let side = if has_side(area, is_wide) { side_width(area) + 1 } else { 0 };
    area.width.saturating_sub(side + MARGIN)
}

fn side_width(area: Rect) -> u16 {
    // The step keeps its 67 columns while the panel grows to 36; what is more is for the step.
    area.width.saturating_sub(70).clamp(30, 36)
}

/// The areas for parts of so many rows.
pub(crate) fn areas(area: Rect, parts: Parts, air: Air) -> Areas {
    let [roomy, usual, little, least] = parts.strip;
    let strip = match air {
        Air::Full | Air::NoGapAboveContent => roomy,
        Air::NoGaps => usual,
        Air::None => little,
        Air::OneRow | Air::NoFreeRemark => least,
        Air::StepAlone => 0,
    };
    // Kept free while nothing is said, so that a remark that comes moves nothing.
    let remark_height = match air {
        Air::NoFreeRemark | Air::StepAlone => parts.remark,
        Air::Full | Air::NoGapAboveContent | Air::NoGaps | Air::None | Air::OneRow => parts.remark.max(1),
    };
    let lines = u16::from(air.has_lines());
    let gap = u16::from(air == Air::Full && !parts.is_wide);
    let mut top = area.y;
    let mut take = |height: u16, width: u16| {
        let height = height.min(area.bottom().saturating_sub(top));
        let taken = Rect { x: area.x, y: top, width, height };
        top += height;
        taken
    };
    let side = has_side(area, parts.is_wide);
    let below = parts.hints + remark_height + if side { 0 } else { strip + lines };
    let (full, step) = (area.width.saturating_sub(MARGIN), step_width(area, parts.is_wide));
    // Always where it gives way at all: what stands below must not move from one page to the next.
    let header = take(if parts.is_wide { HEADER - 1 } else { HEADER }, full);
    let rule = take(if parts.is_wide { 0 } else { lines }, area.width);
    let middle_top = rule.bottom();
    let heading = take(parts.heading, step);
    take(gap, step);
    let content_height = area.bottom().saturating_sub(heading.bottom() + gap + below);
    let content = take(content_height, step);
    let (divider, panel) = if side {
        let x = area.x + step + MARGIN;
        let height = content.bottom().saturating_sub(middle_top);
        let divider = Rect { x, y: middle_top, width: 1, height };
        (divider, Rect { x: x + 1, width: side_width(area).saturating_sub(1), ..divider })
    } else {
        (take(lines, area.width), take(strip, full))
    };
    let remark = take(remark_height, full);
    let hints = take(parts.hints, full);
    Areas { header, rule, heading, content, divider, panel, remark, hints }
}

/// Shares out `room` rows among parts that want between a least and a most: each gets its least, the rest goes to
/// those that want more, in their order, a row at a time.
pub(crate) fn share(room: usize, wants: &[(usize, usize)]) -> Vec<usize> {
    let mut shares: Vec<usize> = wants.iter().map(|(least, _)| *least).collect();
    let mut left = room.saturating_sub(shares.iter().sum());
    while left > 0 {
        let before = left;
        for (share, (_, most)) in shares.iter_mut().zip(wants) {
            if *share < *most && left > 0 {
                *share += 1;
                left -= 1;
            }
        }
        // All have the most that they want: the rows that are left would be given out for ever.
        if left == before {
            break;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_shared_out() {
        assert_eq!(share(20, &[(3, 3), (4, 40)]), [3, 17]);
        assert_eq!(share(20, &[(2, 10), (2, 5)]), [10, 5]);
        assert_eq!(share(4, &[(3, 9), (3, 9)]), [3, 3]);
    }

    #[test]
    fn the_parts_fill_the_screen_without_overlap() {
        for (columns, rows) in [LEAST, (80, 24), (99, 30), (100, 24), (120, 40), (196, 50)] {
            for (air, is_wide) in Air::ALL.into_iter().flat_map(|air| [(air, false), (air, true)]) {
                let screen = Rect::new(0, 0, columns, rows);
                let areas = areas(screen, Parts { is_wide, heading: 2, hints: 1, remark: 1, strip: [3, 2, 2, 1] }, air);
                assert_eq!(areas.hints.bottom(), rows);
                assert_eq!(areas.remark.bottom(), areas.hints.y);
                assert!(areas.content.bottom() <= areas.remark.y);
                assert!(areas.panel.right() <= columns);
                assert!(!areas.content.intersects(areas.panel) && !areas.content.intersects(areas.divider));
            }
        }
    }
}
