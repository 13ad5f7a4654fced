//! Results whose scale nobody knows, counted.

use serde::Serialize;

use crate::domain::download::Download;
use crate::domain::glucose::Measured;
use crate::domain::reading::Kind;

/// How many results of a kind came as a number whose scale nobody knows.
#[derive(Debug, Serialize)]
pub(super) struct Unscaled {
    pub(super) kind: Kind,
    pub(super) count: usize,
}

/// Counts them, by what was measured.
pub(super) fn unscaled(download: &Download) -> Vec<Unscaled> {
    let mut counted: Vec<Unscaled> = Vec::new();
    for reading in download.readings.iter().filter(|reading| matches!(reading.measured, Measured::Unscaled(_))) {
        match counted.iter_mut().find(|counted| counted.kind == reading.kind) {
            Some(counted) => counted.count += 1,
            None => counted.push(Unscaled { kind: reading.kind, count: 1 }),
        }
    }
    counted
}
