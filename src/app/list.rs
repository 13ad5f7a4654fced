//! What is selected in a list: a thing, held by its id, never a place in the list.
//!
//! Rows come, go and move while a list is open: meters are plugged, answers arrive, another station assigns. Whatever
//! they do, what was selected stays selected, and what is gone is selected no longer; no other row takes its place
//! (clinic-safety ID-06). Nothing is selected until somebody moves there (ID-07).

use std::borrow::Borrow;

use super::action::Action;

/// How many rows a page has until the screen says how many it shows: as many as are read aloud at a time.
pub const USUAL_PAGE: usize = 8;

/// What is selected in a list whose rows are told apart by an `Id`. Rows may be borrowed ids, so
/// that a key copies none.
#[derive(Debug, Clone)]
pub struct Selection<Id> {
    state: SelectionState<Id>,
    /// The place where it stood when it was last looked for: looked at first, so that a key does
    /// not search a long list.
    near: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum SelectionState<Id> {
    /// Nobody has moved into the list.
    Untouched,
    /// This one.
    On(Id),
    /// What was selected is gone.
    Gone,
}

impl<Id> Default for Selection<Id> {
    fn default() -> Self {
        Self { state: SelectionState::Untouched, near: 0 }
    }
}

/// Where it was last seen is no part of what is selected.
impl<Id: PartialEq> PartialEq for Selection<Id> {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl<Id: Eq> Eq for Selection<Id> {}

impl<Id: Clone + PartialEq> Selection<Id> {
    /// This one is selected.
    #[must_use]
    pub const fn on(id: Id) -> Self {
        Self { state: SelectionState::On(id), near: 0 }
    }

    /// What was selected is gone.
    #[must_use]
    pub const fn gone() -> Self {
        Self { state: SelectionState::Gone, near: 0 }
    }

    /// The first of these rows is selected, if there is one. For lists in which a wrong row does no harm.
    #[must_use]
    pub fn first_of<Row: Borrow<Id>>(rows: &[Row]) -> Self {
        rows.first().map_or_else(Self::default, |id| Self::on(id.borrow().clone()))
    }

    /// The same; if nobody has moved into the list and there is one row only, that one: there is nothing to choose.
    /// Never for a list of patients (clinic-safety ID-07).
    #[must_use]
    pub fn or_the_only<Row: Borrow<Id>>(&self, rows: &[Row]) -> Self {
        match rows {
            [only] if self.is_untouched() => Self::on(only.borrow().clone()),
            _ => self.clone(),
        }
    }

    /// What is selected.
    #[must_use]
    pub const fn id(&self) -> Option<&Id> {
        match &self.state {
            SelectionState::On(id) => Some(id),
            SelectionState::Untouched | SelectionState::Gone => None,
        }
    }

    /// Whether nobody has moved into the list, or has left it again. Not so once what was selected is gone: then
    /// nothing may be proposed in its place.
    #[must_use]
    pub const fn is_untouched(&self) -> bool {
        matches!(self.state, SelectionState::Untouched)
    }

    /// Whether what was selected is gone, and nobody has moved since.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self.state, SelectionState::Gone)
    }

    /// The place of what is selected among these rows.
    #[must_use]
    pub fn place<Row: Borrow<Id>>(&self, rows: &[Row]) -> Option<usize> {
        self.place_among(rows, |row, id| row.borrow() == id)
    }

    /// The same among things of which `is` tells whether one is the thing with this id.
    #[must_use]
    pub fn place_among<Thing>(&self, things: &[Thing], is: impl Fn(&Thing, &Id) -> bool) -> Option<usize> {
        let selected = self.id()?;
        let is_near = things.get(self.near).is_some_and(|thing| is(thing, selected));
        if is_near { Some(self.near) } else { things.iter().position(|thing| is(thing, selected)) }
    }

    /// Forgets what is selected if it is none of these rows any more.
    pub fn keep<Row: Borrow<Id>>(&mut self, rows: &[Row]) {
        self.keep_among(rows, |row, id| row.borrow() == id);
    }

    /// The same among things.
    pub fn keep_among<Thing>(&mut self, things: &[Thing], is: impl Fn(&Thing, &Id) -> bool) {
        if self.id().is_none() {
            return;
        }
        match self.place_among(things, is) {
            Some(place) => self.near = place,
            None => self.state = SelectionState::Gone,
        }
    }

    /// Moves within these rows, Tab as the arrows do, of which `page` are seen at once. Returns whether the action was
    /// one that moves.
    pub fn act<Row: Borrow<Id>>(&mut self, action: Action, rows: &[Row], page: usize) -> bool {
        let place = self.place(rows);
        self.act_from(action, place, rows.len(), page, |moved| rows.get(moved).map(|row| row.borrow().clone()))
    }

    /// The same from the place of what is selected, among so many things; `id_at` tells the id of one by its place.
    pub fn act_from(
        &mut self,
        action: Action,
        place: Option<usize>,
        count: usize,
        page: usize,
        id_at: impl Fn(usize) -> Option<Id>,
    ) -> bool {
        let Some(last) = count.checked_sub(1) else {
            self.leave();
            let moves = [Action::Up, Action::Down, Action::PageUp, Action::PageDown];
            return moves.contains(&action) || matches!(action, Action::NextControl | Action::PreviousControl);
        };
        let action = match action {
            Action::NextControl => Action::Down,
            Action::PreviousControl => Action::Up,
            other => other,
        };
        let moved = match (action, place) {
            (Action::Down | Action::First | Action::PageUp, None) | (Action::First, Some(_)) => 0,
            // The first page is the one that is seen while nothing is selected.
            (Action::PageDown, None) => page.min(last),
            (Action::Down, Some(row)) => row.saturating_add(1).min(last),
            (Action::Up, Some(row)) => row.saturating_sub(1),
            (Action::Up, None) | (Action::Last, _) => last,
            (Action::PageDown, Some(row)) => row.saturating_add(page).min(last),
            (Action::PageUp, Some(row)) => row.saturating_sub(page),
            _ => return false,
        };
        self.state = id_at(moved).map_or(SelectionState::Gone, SelectionState::On);
        self.near = moved;
        true
    }

    /// Whether the first of these rows is selected, or none.
    #[must_use]
    pub fn is_at_top<Row: Borrow<Id>>(&self, rows: &[Row]) -> bool {
        self.place(rows).is_none_or(|row| row == 0)
    }

    /// Takes the cursor out of the list.
    pub fn leave(&mut self) {
        self.state = SelectionState::Untouched;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROWS: [char; 4] = ['a', 'b', 'c', 'd'];

    #[test]
    fn every_move_from_nowhere_and_from_a_row() {
        for (action, from_nowhere, from_b) in [
            (Action::Down, Some('a'), 'c'),
            (Action::Up, Some('d'), 'a'),
            (Action::First, Some('a'), 'a'),
            (Action::Last, Some('d'), 'd'),
            (Action::PageDown, Some('c'), 'd'),
            (Action::PageUp, Some('a'), 'a'),
            (Action::NextControl, Some('a'), 'c'),
            (Action::PreviousControl, Some('d'), 'a'),
            (Action::GoOn, None, 'b'),
        ] {
            let mut nowhere = Selection::default();
            assert_eq!(nowhere.act(action, &ROWS, 2), from_nowhere.is_some(), "{action:?}");
            assert_eq!(nowhere.id().copied(), from_nowhere, "{action:?}");
            let mut on_b = Selection::on('b');
            on_b.act(action, &ROWS, 2);
            assert_eq!(on_b.id(), Some(&from_b), "{action:?}");
        }
    }

    #[test]
    fn what_is_gone_is_selected_no_longer_and_nothing_stands_in_for_it() {
        let mut selection = Selection::on('b');
        selection.keep(&['x', 'b']);
        assert_eq!(selection.place(&['x', 'b']), Some(1), "it moved with its thing");
        selection.keep(&['x', 'c']);
        assert_eq!((selection.id(), selection.is_untouched()), (None, false));
        selection.keep(&ROWS);
        assert_eq!(selection.id(), None, "nor does it come back by itself");
        selection.leave();
        assert!(selection.is_untouched());
    }

    #[test]
    fn the_only_row_is_selected_until_something_else_was() {
        let untouched = Selection::default();
        assert_eq!(untouched.or_the_only(&['b']).id(), Some(&'b'));
        assert_eq!(untouched.or_the_only(&ROWS).id(), None);
        assert_eq!(untouched.or_the_only::<char>(&[]).id(), None);
        assert_eq!(Selection::on('x').or_the_only(&['b']).id(), Some(&'x'));
        let mut gone = Selection::on('x');
        gone.keep(&['b']);
        assert_eq!(gone.or_the_only(&['b']).id(), None, "what is gone is not replaced by another");
        assert_eq!(
            (Selection::first_of(&ROWS).id(), Selection::<char>::first_of::<char>(&[]).id()),
            (Some(&'a'), None)
        );
    }

    #[test]
    fn nothing_is_selected_in_an_empty_list() {
        let mut selection = Selection::on('b');
        assert!(selection.act::<char>(Action::Down, &[], 2));
        assert_eq!(selection.id(), None);
    }

    proptest! {
        /// However the rows are mixed, the same thing is selected as long as it is among them.
        #[test]
        fn mixing_the_rows_changes_nothing(rows in Just(ROWS.to_vec()).prop_shuffle(), there in 0_usize..5) {
            let rows = rows.get(..there.min(rows.len())).unwrap();
            let mut selection = Selection::on('c');
            selection.keep(rows);
            prop_assert_eq!(selection.id().copied(), rows.contains(&'c').then_some('c'));
            prop_assert_eq!(selection.place(rows), rows.iter().position(|row| *row == 'c'));
            // Where it was last seen says nothing of where it is.
            for turned in 0..rows.len() {
                let rows = [rows.get(turned..).unwrap(), rows.get(..turned).unwrap()].concat();
                prop_assert_eq!(selection.place(&rows), rows.iter().position(|row| *row == 'c'));
                selection.keep(&rows);
                prop_assert_eq!(selection.place(&rows), rows.iter().position(|row| *row == 'c'));
            }
        }
    }
}
