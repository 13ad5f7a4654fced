//! Every screen at every size of the window, from 1x1 to the largest that is tried: either all that must be seen is
//! drawn in full, or no key acts ([`super::seen`] has what a key does then).
//!
//! Two shortcuts spare most of the drawing. Below the least size every screen is the same sentence. And where there is
//! room for everything, more rows stay empty: such a width is looked at there and at its tallest, and the rows between
//! are looked at for some widths of every screen.

use glucodock::ui::layout::LEAST;
use glucodock::ui::paint::{Sight, drawn, fits};
use glucodock::ui::scene::Scene;
use ratatui::buffer::Buffer;

use super::seen::{LARGEST, NAMES, clinics, missing, needed, renamed, scene, theme};
use super::variants;

/// Widths at which no row is spared: where the panel changes its place, and at both ends.
const EVERY_ROW: [u16; 5] = [LEAST.0, 80, 99, 100, LARGEST.0];

fn scenes() -> Vec<(String, Scene)> {
    clinics().map(scene).collect()
}

/// Does this with every scene, on two threads.
fn for_each(scenes: &[(String, Scene)], act: impl Fn(&str, &Scene) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while let Some((case, scene)) = scenes.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    act(case, scene);
                }
            });
        }
    });
}

/// All letters and digits on a screen.
fn letters(buffer: &Buffer) -> String {
    buffer.content().iter().flat_map(|cell| cell.symbol().chars()).filter(|c| c.is_alphanumeric()).collect()
}

/// What was seen, once it was made sure that what is said to be whole stands there.
fn look(case: &str, scene: &Scene, (columns, rows): (u16, u16)) -> (Sight, Buffer) {
    let (buffer, sight) = drawn(scene, &theme(), columns, rows);
    if sight.is_whole {
        let missing = missing(&needed(scene), &letters(&buffer));
        assert!(missing.is_empty(), "{case} at {columns}x{rows} hides {missing:?}:\n{buffer:?}");
    }
    (sight, buffer)
}

/// The same as below for the least size alone, which is quickly seen.
#[test]
fn every_step_is_whole_at_the_least_size() {
    for (case, scene) in clinics().map(scene) {
        let (sight, buffer) = look(&case, &scene, LEAST);
        assert!(sight.is_whole || scene.overlay.is_some(), "{case}:\n{buffer:?}");
    }
}

#[test]
fn at_every_size_all_is_seen_or_no_key_acts() {
    for_each(&scenes(), |case, scene| {
        for columns in LEAST.0..=LARGEST.0 {
            let mut whole = None;
            let mut rows = LEAST.1;
            while rows <= LARGEST.1 {
                let (sight, _) = look(case, scene, (columns, rows));
                assert!(
                    whole.is_none() || sight.is_whole,
                    "{case}: {columns} wide, whole in {whole:?} rows, not in {rows}"
                );
                whole = whole.or(sight.is_whole.then_some(rows));
                let spared = sight.has_room && rows < LARGEST.1 && !EVERY_ROW.contains(&columns);
                rows = if spared { LARGEST.1 } else { rows + 1 };
            }
            // From the least size on every step is whole. A box may need more.
            assert!(whole == Some(LEAST.1) || scene.overlay.is_some(), "{case}: {columns} wide, whole in {whole:?}");
        }
    });
}

#[test]
fn below_the_least_size_every_screen_is_one_sentence_and_nothing_is_seen() {
    let scenes = scenes();
    for columns in 1..=LARGEST.0 {
        for rows in 1..=LARGEST.1 {
            if columns >= LEAST.0 && rows >= LEAST.1 {
                continue;
            }
            // One screen everywhere, the others in turn.
            let place = usize::from(columns) * usize::from(LARGEST.1) + usize::from(rows);
            let (_, one) = scenes.first().unwrap();
            let (case, other) = scenes.get(place % scenes.len()).unwrap();
            let (first, second) = (drawn(one, &theme(), columns, rows), drawn(other, &theme(), columns, rows));
            assert_eq!(first, second, "{case} at {columns}x{rows}");
            assert_eq!(first.1, Sight::NOTHING);
        }
    }
}

/// Whatever went wrong, it is said in full at the least size and at the usual ones.
#[test]
fn every_problem_is_whole_wherever_it_is_said() {
    let scenes: Vec<_> = variants::all_problems().into_iter().map(scene).collect();
    for_each(&scenes, |case, scene| {
        for size in [LEAST, (80, 24), (100, LEAST.1), (120, 40)] {
            let (sight, _) = look(case, scene, size);
            assert!(sight.is_whole, "{case} at {size:?}");
        }
    });
}

/// From the least size on every step is whole, as above; with a column or a row less, one is not.
#[test]
fn the_least_size_is_the_smallest_at_which_every_step_is_whole() {
    let all: Vec<_> = clinics().chain(variants::all_problems()).map(scene).collect();
    for (columns, rows) in [(LEAST.0 - 1, LEAST.1), (LEAST.0, LEAST.1 - 1)] {
        let cut = all.iter().find(|(_, scene)| scene.overlay.is_none() && !fits(scene, &theme(), columns, rows));
        assert!(cut.is_some(), "{columns}x{rows} does too");
    }
}

/// A name that is too long for the smallest windows: either it is there in full or no key acts.
#[test]
fn a_long_name_is_seen_in_full_or_no_key_acts() {
    for_each(&scenes(), |case, scene| {
        let long = renamed(scene, NAMES[0]);
        if long == *scene {
            return;
        }
        for columns in LEAST.0..=LARGEST.0 {
            for rows in [LEAST.1, 24, 30] {
                look(case, &long, (columns, rows));
            }
        }
    });
}
