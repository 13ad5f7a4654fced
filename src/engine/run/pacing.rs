//! When the screen is looked at again. Pure: the time is given from outside.

use std::time::{Duration, Instant};

/// A window that is being dragged sends many sizes; the screen is painted when this much quiet has passed.
const RESIZE_QUIET: Duration = Duration::from_millis(30);

/// When to draw, and when to paint everything.
#[derive(Debug)]
pub(super) struct Pacing {
    /// Least time between two frames that show nothing but progress.
    gap: Duration,
    /// Draw at once.
    now: bool,
    /// Draw then: progress came too soon after a frame.
    later: Option<Instant>,
    /// The last time progress was drawn.
    progressed: Option<Instant>,
    /// Paint everything then.
    repaint: Option<Instant>,
}

impl Pacing {
    /// Draws at once, then as asked.
    pub(super) const fn new(gap: Duration) -> Self {
        Self { gap, now: true, later: None, progressed: None, repaint: None }
    }

    /// Something happened that the person waits to see: a key, an answer, a meter.
    pub(super) const fn now(&mut self) {
        self.now = true;
    }

    /// A read has come further.
    pub(super) fn progress(&mut self, at: Instant) {
        match self.progressed.map(|last| last + self.gap) {
            Some(next) if next > at => self.later = Some(next),
            Some(_) | None => {
                self.progressed = Some(at);
                self.now = true;
            }
        }
    }

    /// The window has another size.
    pub(super) fn resized(&mut self, at: Instant) {
        self.repaint = Some(at + RESIZE_QUIET);
    }

    /// The app asked for a whole frame.
    pub(super) fn repaint(&mut self) {
        self.repaint = Some(Instant::now());
    }

    /// Whether everything is to be painted by now. Asked once: then it is done.
    pub(super) fn repaints(&mut self, at: Instant) -> bool {
        let due = self.repaint.is_some_and(|due| due <= at);
        if due {
            self.repaint = None;
            self.now = true;
        }
        due
    }

    /// Whether to draw by now. Asked once: then it is done.
    pub(super) fn draws(&mut self, at: Instant) -> bool {
        let late = self.later.is_some_and(|later| later <= at);
        if late {
            self.progressed = Some(at);
        }
        let draws = self.now || late;
        if draws {
            // Any frame shows the progress that was waiting.
            self.later = None;
        }
        self.now = false;
        draws
    }

    /// When to look again, if nothing happens.
    pub(super) fn wake(&self) -> Option<Instant> {
        [self.later, self.repaint].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_millis(250);

    #[test]
    fn progress_draws_four_times_a_second_and_never_misses_the_last() {
        let start = Instant::now();
        let mut pacing = Pacing::new(GAP);
        assert!(pacing.draws(start));
        let mut frames = 0;
        for milliseconds in 0..1000 {
            let at = start + Duration::from_millis(milliseconds);
            pacing.progress(at);
            frames += u32::from(pacing.draws(at));
        }
        assert_eq!(frames, 4);
        assert_eq!(pacing.wake(), Some(start + Duration::from_secs(1)));
        assert!(pacing.draws(start + Duration::from_secs(1)));
        assert_eq!(pacing.wake(), None);
    }

    #[test]
    fn a_key_is_drawn_at_once_even_right_after_progress() {
        let start = Instant::now();
        let mut pacing = Pacing::new(GAP);
        pacing.progress(start);
        assert!(pacing.draws(start));
        pacing.progress(start);
        assert!(!pacing.draws(start));
        pacing.now();
        assert!(pacing.draws(start));
    }

    #[test]
    fn a_storm_of_sizes_ends_in_one_repaint() {
        let start = Instant::now();
        let mut pacing = Pacing::new(GAP);
        let mut repaints = 0;
        for milliseconds in 0..100 {
            let at = start + Duration::from_millis(milliseconds);
            pacing.resized(at);
            repaints += u32::from(pacing.repaints(at));
        }
        assert_eq!(repaints, 0);
        assert!(pacing.repaints(start + Duration::from_millis(99) + RESIZE_QUIET));
        assert!(!pacing.repaints(start + Duration::from_secs(9)));
    }
}
