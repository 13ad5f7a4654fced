//! How far something long has come: one line that is written over on a terminal, a line for each tenth elsewhere. On
//! standard error, because the result goes to standard output. No clock: told by what is done.

use std::io::{self, IsTerminal as _, Write};

/// So many signs stand for the whole.
const BAR: u64 = 20;

/// Tells how far something has come.
pub(super) struct ProgressLine<W> {
    what: &'static str,
    of: u64,
    /// Parts of the whole that were told, of as many as are told.
    told: u64,
    /// A terminal, on which it is told a hundred times.
    is_watched: bool,
    out: W,
}

impl ProgressLine<io::Stderr> {
    /// Of `of` things of this sort: `patients`.
    pub(super) fn on_stderr(what: &'static str, of: u64) -> Self {
        Self { what, of, told: 0, is_watched: io::stderr().is_terminal(), out: io::stderr() }
    }
}

impl<W: Write> ProgressLine<W> {
    /// So many are done.
    pub(super) fn at(&mut self, done: u64) {
        let steps = if self.is_watched { 100 } else { 10 };
        let step = done.saturating_mul(steps).checked_div(self.of).unwrap_or(0).min(steps);
        if step <= self.told {
            return;
        }
        self.told = step;
        let Self { what, of, .. } = *self;
        // It is a comfort: that it cannot be shown must not end the work.
        let _ = if self.is_watched {
            let full = usize::try_from(step * BAR / steps).unwrap_or(0);
            let bar = format!("{:-<1$}", "#".repeat(full), usize::try_from(BAR).unwrap_or(0));
            let end = if step == steps { "\n" } else { "" };
            write!(self.out, "\r[{bar}] {step:>3} %  {done} of {of} {what} {end}")
        } else {
            writeln!(self.out, "{done} of {of} {what}")
        };
        let _ = self.out.flush();
    }
}

impl<W> Drop for ProgressLine<W> {
    /// What comes next begins a line, also where the work ended early.
    fn drop(&mut self) {
        if self.is_watched && (1..100).contains(&self.told) {
            let _ = writeln!(io::stderr());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(is_watched: bool, of: u64, steps: &[u64]) -> String {
        let mut out = Vec::new();
        let mut line = ProgressLine { what: "patients", of, told: 0, is_watched, out: &mut out };
        for done in steps {
            line.at(*done);
        }
        drop(line);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_script_reads_a_line_for_each_tenth() {
        let said = told(false, 50, &[1, 4, 5, 6, 9, 10, 50, 50]);
        assert_eq!(said, "5 of 50 patients\n10 of 50 patients\n50 of 50 patients\n");
    }

    #[test]
    fn a_terminal_shows_a_bar() {
        let said = told(true, 200, &[1, 2, 100, 200]);
        let shown: Vec<&str> = said.split('\r').skip(1).collect();
        assert_eq!(
            shown,
            [
                "[--------------------]   1 %  2 of 200 patients ",
                "[##########----------]  50 %  100 of 200 patients ",
                "[####################] 100 %  200 of 200 patients \n",
            ]
        );
    }

    #[test]
    fn nothing_of_nothing_is_told() {
        assert_eq!(told(false, 0, &[0, 1]), "");
    }
}
