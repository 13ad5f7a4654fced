//! The controls of a page, which follow one another in a ring.

/// The control so many places behind another. Where that one is not among them any more, it is taken for the first.
pub(super) fn control_behind<T: Copy + PartialEq>(controls: &[T], here: T, places: usize) -> T {
    let place = controls.iter().position(|control| *control == here).unwrap_or(0);
    controls.iter().cycle().nth(place + places).copied().unwrap_or(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_follow_one_another_in_a_ring() {
        let at = |here, places| control_behind(&['a', 'b', 'c'], here, places);
        assert_eq!((at('a', 1), at('c', 1), at('a', 2), at('b', 2)), ('b', 'a', 'c', 'a'));
        assert_eq!((at('x', 1), control_behind(&['a'], 'a', 1), control_behind(&[], 'x', 1)), ('b', 'a', 'x'));
    }
}
