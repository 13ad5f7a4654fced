//! Which rows of a long list are seen: whole ones, as many as have room, of the last page as of any other.

/// Which rows are drawn.
pub(crate) struct Turned {
    /// The first, by its place among those that are made.
    pub(crate) top: usize,
    /// How many.
    pub(crate) shown: usize,
    /// How many the page before has.
    pub(crate) above: usize,
}

/// Where a list stands.
pub(crate) struct Stand<'a> {
    /// The lines of each row that is made.
    pub(crate) heights: &'a [usize],
    /// The number of the first of them among all.
    pub(crate) first: usize,
    /// How many rows there are in all.
    pub(crate) total: usize,
    /// The first row that is to be seen, by its number among all.
    pub(crate) offset: usize,
    /// The row that must be seen, by its number among all.
    pub(crate) selected: Option<usize>,
}

/// The rows from the offset on that have room in so many lines; of the last page as many as have room. With a row that
/// must be seen, the nearest page that has it.
pub(crate) fn turned(stand: &Stand<'_>, room: usize) -> Turned {
    let heights = stand.heights;
    let down_from = |top: usize| fitting(heights.iter().skip(top), room);
    let up_to = |end: usize| fitting(heights.iter().take(end).rev(), room);
    let has_end = stand.first + heights.len() >= stand.total;
    // Where the end of the list was not made, nobody knows how tall its rows are. It is far below
    // then, and the offset holds.
    let of_last_page = if has_end { up_to(heights.len()) } else { 1 };
    let mut top = stand.offset.saturating_sub(stand.first).min(heights.len().saturating_sub(of_last_page));
    if let Some(selected) = stand.selected.map(|selected| selected.saturating_sub(stand.first)) {
        top = top.min(selected);
        if top + down_from(top) <= selected {
            top = (selected + 1).saturating_sub(up_to(selected + 1));
        }
    }
    Turned { top, shown: down_from(top), above: up_to(top) }
}

/// How many rows of these heights have room in so many lines, at least one.
fn fitting<'a>(heights: impl Iterator<Item = &'a usize>, room: usize) -> usize {
    let mut left = room;
    heights.take_while(|height| left.checked_sub(**height).inspect(|less| left = *less).is_some()).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(offset: usize, selected: Option<usize>) -> (usize, usize) {
        let heights = [1, 2, 1, 1, 3, 1];
        let turned = turned(&Stand { heights: &heights, first: 0, total: 6, offset, selected }, 4);
        (turned.top, turned.shown)
    }

    #[test]
    fn the_row_under_the_cursor_is_seen_and_the_last_page_is_full() {
        assert_eq!(seen(0, None), (0, 3));
        assert_eq!(seen(5, None), (4, 2));
        assert_eq!(seen(0, Some(2)), (0, 3));
        assert_eq!(seen(0, Some(3)), (1, 3), "moved as little as can be");
        assert_eq!(seen(3, Some(1)), (1, 3));
        assert_eq!(seen(0, Some(5)), (4, 2));
    }
}
